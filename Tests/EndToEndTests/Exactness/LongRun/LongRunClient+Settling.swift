extension LongRunClient {
    /// Charges less, as much or more than was held.
    mutating func commit(_ hold: OpenHold) async throws {
        let (body, charge) = report(of: hold)
        let answer = try await client.commit(hold.id, body)
        take(commit: answer, hold, charge)
        if random.percent(10) {
            let again = try await client.commit(hold.id, body)
            journal.expect(again.isReplayed && again.body == answer.body, "a commit was repeated as \(again)")
            let other = try await client.commit(hold.id, "{\"cost\":\"9.999\"}")
            journal.expect(other.problem == "already-settled", "another commit was answered \(other)")
        }
    }

    mutating func release(_ hold: OpenHold) async throws {
        // A second release is a replay; the first is kept for a late charge now and then.
        take(release: try await client.release(hold.id), hold)
        if !hold.isReleased, random.percent(30) { holds.append(OpenHold(id: hold.id, call: hold.call, held: hold.held, isReleased: true)) }
    }

    mutating func extend() async throws {
        let hold = holds[Int.random(in: 0..<holds.count, using: &random)]
        let answer = try await client.extend(hold.id, seconds: .random(in: 1...300, using: &random))
        if answer.status == 200 {
            let until = try Moment(answer.decoded(200, as: ExtensionAnswer.self).expiresAt) ?? Moment(microseconds: 0)
            journal.change { state in
                guard let before = state.promises[hold.id] else { return }
                if until < before.expiresAt || before.end != nil { state.faults.append("extended wrongly: \(answer)") }
                state.promises[hold.id]?.expiresAt = until
            }
            journal.count("extended")
        } else if answer.problem == "invalid-request" {
            journal.change { state in
                guard let promise = state.promises[hold.id] else { return }
                if promise.openedAt.adding(seconds: 86_400) >= state.clock.adding(seconds: 300) { state.faults.append("not extended: \(answer)") }
            }
        } else {
            expectEnded(hold.id, answer)
        }
    }

    /// Both at once, at two replicas: one ends the hold, and the money is charged either way.
    mutating func commitAndRelease(_ hold: OpenHold) async throws {
        let (body, charge) = report(of: hold)
        async let release = clients[0].release(hold.id)
        async let commit = clients[clients.count - 1].commit(hold.id, body)
        let (released, committed) = try await (release, commit)
        journal.count("committed and released at once")
        let isLate = try committed.decoded(200, as: SettlementAnswer.self).late == true
        journal.expect(isLate || released.status == 409, "committed in time and released too: \(released)")
        // In the order in which they were booked.
        if isLate, released.status == 200 { take(release: released, hold) }
        take(commit: committed, hold, charge)
        if !isLate || released.status != 200 {
            journal.expect(released.problem == "already-settled", "a settled hold was released: \(released)")
        }
    }

    private mutating func report(of hold: OpenHold) -> (body: String, charge: Amounts) {
        guard let model = hold.call.model else {
            let calls = Int64.random(in: 0...3, using: &random)
            return ("{\"usage\":{\"tool_calls\":\(calls)}}", Amounts(cost: hold.held.cost, toolCalls: calls))
        }
        if hold.call.inputTokens != nil, random.percent(70) {
            let input = Int64.random(in: 0...4_000, using: &random)
            let output = Int64.random(in: 0...3_000, using: &random)
            let cost = Tariff.cost(model: model, input: input, output: output)
            return (
                "{\"usage\":{\"input_tokens\":\(input),\"output_tokens\":\(output)}}", Amounts(cost: cost, tokens: input + output, modelCalls: 1)
            )
        }
        let cost = random.percent(20) ? hold.held.cost : Int64.random(in: 0...max(1, 2 * hold.held.cost), using: &random)
        return ("{\"cost\":\"\(Quantity.money(cost))\"}", Amounts(cost: cost, tokens: hold.held.tokens, modelCalls: 1))
    }

    private func take(commit answer: Answer, _ hold: OpenHold, _ charge: Amounts) {
        guard let settlement = try? answer.decoded(200, as: SettlementAnswer.self) else { return journal.fault("a commit was answered \(answer)") }
        let isLate = settlement.late == true
        journal.expect(settlement.charged == charge, "charged \(String(describing: settlement.charged)) instead of \(charge)")
        let returned = isLate ? Amounts() : hold.held.combined(charge) { max(0, $0 - $1) }
        journal.expect(settlement.returned == returned, "returned \(String(describing: settlement.returned)) instead of \(returned)")
        expectOverrun(settlement)
        journal.change { state in
            guard let promise = state.promises[hold.id] else { return }
            let isReleased = promise.end?.state == "released"
            if isLate {
                if !isReleased, promise.expiresAt > state.clock { state.faults.append("late without an end before: \(answer)") }
                state.promises[hold.id]?.late = settlement
            } else {
                if promise.end != nil { state.faults.append("ended twice: \(answer)") }
                state.promises[hold.id]?.end = settlement
            }
        }
        journal.count(isLate ? "committed late" : "committed")
    }

    private func take(release answer: Answer, _ hold: OpenHold) {
        guard answer.status == 200 else { return expectEnded(hold.id, answer) }
        guard let settlement = try? answer.decoded(200, as: SettlementAnswer.self) else { return journal.fault("a release was answered \(answer)") }
        journal.expect(settlement.state == "released" && settlement.returned == hold.held, "returned another amount than was held: \(answer)")
        journal.expect(answer.isReplayed == hold.isReleased, "a release is a replay and the first, or neither: \(answer)")
        journal.change { state in
            guard state.promises[hold.id]?.end == nil else { return }
            state.promises[hold.id]?.end = settlement
        }
        journal.count("released")
    }

    /// A hold may be said to have ended only if it was ended, or if its time was over.
    private func expectEnded(_ id: String, _ answer: Answer) {
        journal.expect(answer.problem == "already-settled", "unexpected: \(answer)")
        journal.change { state in
            guard let promise = state.promises[id] else { return }
            if promise.end == nil, promise.expiresAt > state.clock { state.faults.append("said to have ended before its time: \(answer)") }
        }
        journal.count("found ended")
    }

    /// The largest excess among the balances of a meter, at most the charge.
    func expectOverrun(_ settlement: SettlementAnswer) {
        guard let charged = settlement.charged, let overrun = settlement.overrun else { return journal.fault("no charge: \(settlement)") }
        for meter in ["cost", "tokens", "model_calls", "tool_calls"] {
            let excess = settlement.envelopes.filter { $0.meter == meter }.map { min(max(0, -$0.remaining.value), charged[meter]) }.max() ?? 0
            journal.expect(overrun[meter] == excess, "an overrun of \(overrun[meter]) \(meter) instead of \(excess)")
        }
    }
}
