import Ledger

/// A record that tests write, and what a policy makes of it.
struct Tape {
    static let start = Timestamp(seconds: 1_795_000_000)
    static let organisation = Identifier(high: 1, low: 1)

    /// `big` costs 3 nano-units a token, `small` 1.
    static let prices: PriceBook = {
        var prices = PriceBook()
        for (model, price) in [("big", Int64(3_000_000)), ("small", 1_000_000)] {
            prices.add(.init(effectiveFrom: Timestamp(seconds: 0), price: ModelPrice(input: price, output: price)), model: model)
        }
        return prices
    }()

    static let routes = Routes(
        tiers: ["premium", "economy"],
        models: ["big": Routes.Model(tier: "premium", downgradeTo: "small"), "small": Routes.Model(tier: "economy")])

    /// So many operations that were decided by one epoch of the guards, which what they suspended raised.
    struct Batch {
        let operations: Int
        let epoch: Int64
        let raised: Int64?

        init(_ operations: Int, epoch: Int64 = 0, raised: Int64? = nil) {
            self.operations = operations
            self.epoch = epoch
            self.raised = raised
        }
    }

    private(set) var operations: [RecordedOperation] = []
    var now = Tape.start
    private var facts: UInt64 = 0

    private mutating func nextFact() -> Identifier {
        facts += 1
        return .version7(at: now, sequence: 0, random: facts)
    }

    /// A call of so many tokens that the record admitted with the model that it asked for.
    mutating func admitted(_ tokens: Int64, _ model: String = "big", _ tags: KeyValuePairs<String, String> = [:]) -> Identifier {
        let id = nextFact()
        let cost = tokens * (model == "big" ? 3 : 1)
        operations.append(
            .call(
                call(id, tokens, model, tags, .admitted(model: model, cost: cost, tokens: tokens, isDowngraded: false))))
        return id
    }

    mutating func refused(_ tokens: Int64, as problem: String?, _ tags: KeyValuePairs<String, String> = [:]) {
        operations.append(.call(call(nextFact(), tokens, "big", tags, problem.map { .refused(problem: $0) } ?? .barred)))
    }

    /// A call that the record admitted and that cost just what was held for it.
    mutating func done(_ tokens: Int64, _ model: String = "big", _ tags: KeyValuePairs<String, String> = [:]) {
        let hold = admitted(tokens, model, tags)
        committed(hold, cost: tokens * (model == "big" ? 3 : 1), tokens: tokens)
    }

    mutating func committed(_ hold: Identifier, cost: Int64, tokens: Int64?, late: Bool = false, changes: [RecordedEnd.Change] = []) {
        operations.append(
            .end(
                RecordedEnd(
                    hold: hold, at: now, state: .committed, isLate: late, charged: Amounts(cost: cost, tokens: tokens ?? 0, modelCalls: 1),
                    usage: tokens.map { TokenUsage(input: $0) }, changes: changes)))
    }

    mutating func released(_ hold: Identifier) {
        operations.append(
            .end(RecordedEnd(hold: hold, at: now, state: .released, isLate: false, charged: .zero, usage: nil, changes: [])))
    }

    mutating func charged(_ cost: Int64, _ tags: KeyValuePairs<String, String> = [:]) {
        operations.append(
            .charge(
                RecordedCharge(
                    id: nextFact(), at: now, tags: Self.tags(tags), model: "big", tool: nil, charged: Amounts(cost: cost, modelCalls: 1))))
    }

    mutating func lifted(_ agent: String) {
        operations.append(.lift(RecordedLift(at: now, subject: Subject(kind: .agent, id: agent), allowSteps: nil)))
    }

    mutating func adjusted(_ balance: Identifier, _ adjustment: Adjustment) -> Identifier {
        let id = nextFact()
        operations.append(.adjustment(RecordedAdjustment(id: id, at: now, balance: balance, adjustment: adjustment)))
        return id
    }

    private func call(
        _ id: Identifier, _ tokens: Int64, _ model: String, _ tags: KeyValuePairs<String, String>, _ outcome: RecordedCall.Outcome
    ) -> RecordedCall {
        RecordedCall(
            id: id, at: now, tags: Self.tags(tags), model: model, tool: nil, usage: TokenUsage(input: tokens), statedCost: nil, key: "key",
            outcome: outcome)
    }

    static func tags(_ pairs: KeyValuePairs<String, String>) -> Tags { Tags(pairs.map { Tags.Tag(name: $0.key, value: $0.value) }) }

    // MARK: - Replay

    /// What a policy of these envelopes makes of the record.
    ///
    /// - Parameters:
    ///   - starts: the balances that the record names.
    ///   - batches: nil: each operation was a batch of its own, and suspended nobody.
    func replay(_ envelopes: [Envelope], starts: [StartingBalance] = [], batches: [Batch]? = nil) -> ReplayReport {
        var simulation = Simulation(
            policy: Policy(version: 1, envelopes: envelopes, routes: Self.routes), prices: Self.prices, organisation: Self.organisation,
            start: Self.start, hash: { Self.hash($0) })
        let prepared = operations.map { simulation.prepare($0) }
        var missing: Set<Identifier> = []
        for one in prepared { simulation.missing(for: one, into: &missing) }
        simulation.add(starts.filter { missing.contains($0.identity.id) })
        var rest = prepared[...]
        for batch in batches ?? prepared.map({ _ in Batch(1) }) {
            simulation.run(rest.prefix(batch.operations), epoch: batch.epoch, raised: batch.raised)
            rest = rest.dropFirst(batch.operations)
        }
        return simulation.report
    }

    /// What the balance of an envelope is the balance of.
    static func identity(_ envelope: Envelope, _ values: String..., at time: Timestamp = Tape.start) -> BalanceIdentity {
        let claim = Claim(envelope: envelope, values: values, window: envelope.windowRule.window(containing: time), amount: 0)
        return BalanceIdentity(id: hash(BalanceIdentity.canonicalBytes(organisation: organisation, claim: claim)), claim: claim)
    }

    /// FNV-1a, twice.
    static func hash(_ bytes: [UInt8]) -> Identifier {
        func half(_ seed: UInt64) -> UInt64 { bytes.reduce(seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 } }
        return Identifier(high: half(0xCBF2_9CE4_8422_2325), low: half(0x9AE1_6A3B_2F90_404F))
    }
}
