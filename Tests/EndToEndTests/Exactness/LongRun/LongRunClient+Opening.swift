extension LongRunClient {
    mutating func reserve() async throws {
        let (call, key) = (nextCall(), nextKey())
        let answer = try await client.reserve(call, key: key)
        journal.expect(!answer.isReplayed, "a new key was replayed: \(answer)")
        take(answer, call, key)
    }

    /// The same call at two replicas at once.
    mutating func reserveTwice() async throws {
        let (call, key) = (nextCall(), nextKey())
        async let left = clients[0].reserve(call, key: key)
        async let right = clients[clients.count - 1].reserve(call, key: key)
        let (one, other) = try await (left, right)
        journal.count("reserved twice")
        switch (one.status, other.status) {
        case (201, 201):
            journal.expect(one.body == other.body, "one key, two answers: \(one) \(other)")
            journal.expect(one.isReplayed != other.isReplayed, "neither or both of two answers were a replay")
            take(one, call, key)
        case (201, _):
            // A refusal binds nothing: the other may have come when there was no money yet, or none any more.
            take(one, call, key)
            take(other, call, key)
        default:
            take(one, call, key)
            take(other, call, key)
        }
    }

    /// A key that was answered before, after who knows what happened to the hold.
    mutating func repeatReserve() async throws {
        guard let last else { return try await reserve() }
        let answer = try await client.reserve(last.call, key: last.key)
        journal.count("repeated")
        journal.expect(answer.status == 201 && answer.isReplayed, "a known key is no replay: \(answer)")
        journal.expect(answer.body == last.body, "a replay has other bytes: \(answer.body) for \(last.body)")
    }

    mutating func charge() async throws {
        let (call, key) = (nextCall(), nextKey())
        let answer = try await client.charge(call.usageBody, key: key)
        let charge: SettlementAnswer = try answer.decoded(201)
        let amounts = Tariff.amounts(of: call)
        journal.expect(charge.charged == amounts, "charged \(String(describing: charge.charged)) instead of \(amounts)")
        journal.expect(Set(charge.envelopes.map(\.name)) == Tariff.envelopes(of: call), "booked in \(charge.envelopes.map(\.name))")
        expectOverrun(charge)
        journal.change { state in
            if state.directCharges.updateValue(charge, forKey: charge.id) != nil { state.faults.append("two charges are \(charge.id)") }
        }
        journal.count("charged")
        if random.percent(10) {
            let again = try await client.charge(call.usageBody, key: key)
            journal.expect(again.isReplayed && again.body == answer.body, "a charge was repeated as \(again)")
        }
    }

    /// Notes what a reserve was answered.
    private mutating func take(_ answer: Answer, _ call: Call, _ key: String) {
        do {
            switch answer.status {
            case 201: try admit(try answer.decoded(201), answer, call, key)
            case 402, 429: refuse(try answer.decoded(answer.status), call)
            default: journal.fault("unexpected: \(answer)")
            }
        } catch {
            journal.fault("\(error)")
        }
    }

    private mutating func admit(_ hold: HoldAnswer, _ answer: Answer, _ call: Call, _ key: String) throws {
        let amounts = Tariff.amounts(of: call)
        journal.expect(hold.state == "held" && hold.held == amounts, "held \(hold.held) instead of \(amounts)")
        journal.expect(Set(hold.envelopes.map(\.name)) == Tariff.envelopes(of: call), "held in \(hold.envelopes.map(\.name))")
        for view in hold.envelopes {
            let rest = view.limit.value - view.held.value - view.spent.value
            journal.expect(rest >= 0, "admitted beyond the limit: \(answer)")
            journal.expect(view.remaining.value == rest, "what remains is another amount: \(answer)")
        }
        guard let expiresAt = Moment(hold.expiresAt) else { throw Failure("no time: \(hold.expiresAt)") }
        let promise = Promise(
            call: call, key: key, admitted: hold, openedAt: expiresAt.adding(seconds: -Int64(call.ttlSeconds)), expiresAt: expiresAt)
        journal.change { state in
            if state.promises.updateValue(promise, forKey: hold.id) != nil { state.faults.append("two holds are \(hold.id)") }
        }
        journal.count("admitted")
        holds.append(OpenHold(id: hold.id, call: call, held: amounts, isReleased: false))
        last = (call, key, answer.body)
    }

    private func refuse(_ problem: ProblemAnswer, _ call: Call) {
        let violations = problem.violations ?? []
        journal.expect(!violations.isEmpty, "a refusal names no envelope")
        let amounts = Tariff.amounts(of: call)
        for violation in violations {
            journal.expect(violation.requested.value == amounts[violation.meter], "a refusal asks for another amount than the call")
            let wanted = violation.held.value + violation.spent.value + violation.requested.value
            journal.expect(wanted > violation.limit.value, "refused within the limit: \(violation)")
        }
        journal.expect((problem.status == 429) == violations.allSatisfy { $0.envelope == "tool-rate" }, "a refusal of the wrong status: \(problem)")
        journal.change { state in
            state.refusals += 1
            state.violations += violations
        }
        journal.count("refused \(problem.status)")
    }
}
