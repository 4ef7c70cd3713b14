import Ledger

/// Calls that are watched by breakers, one after another, as a batch does it: judged, then counted where nothing stops them.
struct BreakerBench {
    let policy: Policy
    var guards = Guards()
    var book = CounterBook()
    var now = Timestamp(seconds: 1_790_000_000)
    private(set) var events: [Event] = []
    private var ids: UInt64 = 0
    private let key = Identifier(high: 7, low: 7)

    init(_ breakers: Breaker...) { policy = Policy(version: 1, envelopes: [], breakers: breakers) }

    /// What is known of a call that was admitted.
    struct Step {
        let isToolCall: Bool
        let hasState: Bool
        let waiting: [Identifier]
        let openedAt: Timestamp
    }

    private static func hash(_ bytes: [UInt8]) -> Identifier {
        Identifier(high: StateCounts.hash(bytes.map { String($0) }.joined(separator: " ")), low: UInt64(bytes.count))
    }

    private mutating func claims(_ tags: [String: String], tool: String?, model: String) -> [CounterClaim] {
        let call = Call(tags: Tags(tags), model: tool == nil ? model : nil, tool: tool, amounts: .zero)
        let claims = policy.counters(of: call, key: key, organisation: Identifier(high: 1, low: 1)) { bytes in
            Self.hash(bytes)
        }
        for claim in claims where book.slot(of: claim.identity.id) == nil { book.add(Counter(claim.identity, changedAt: now)) }
        return claims
    }

    /// Asks for a call; nil: it is refused.
    mutating func call(_ tags: [String: String] = ["run_id": "r"], tool: String? = nil, model: String = "m", state: String? = nil) -> Step? {
        let claims = claims(tags, tool: tool, model: model)
        now = book.moment(for: claims, at: now)
        note(BreakerWatch.judge(claims, stateHash: state, guards: guards, book: &book, at: now))
        guard guards.suspensions(covering: Tags(tags), key: key.description).isEmpty else { return nil }
        BreakerWatch.count(claims, stateHash: state, toolCalls: 1, book: &book, at: now)
        return Step(
            isToolCall: tool != nil, hasState: state != nil, waiting: claims.awaitingEnd(isToolCall: tool != nil, hasState: state != nil, in: book),
            openedAt: now)
    }

    /// How many of so many calls are admitted.
    mutating func admitted(
        of count: Int, _ tags: [String: String] = ["run_id": "r"], tool: String? = nil, model: String = "m", state: String? = nil
    ) -> Int {
        (0..<count).count { _ in call(tags, tool: tool, model: model, state: state) != nil }
    }

    mutating func commit(_ step: Step?, cost: Int64 = 0, failed: Bool? = nil, state: String? = nil, toolCalls: Int64 = 1) {
        guard let step else { return }
        release(step)
        let report = BreakerWatch.Report(
            cost: cost, isFailure: step.isToolCall ? failed : nil, stateHash: step.hasState ? nil : state,
            moreToolCalls: step.isToolCall ? toolCalls - 1 : 0)
        note(BreakerWatch.settle(step.waiting, openedAt: step.openedAt, report, policy: policy, guards: guards, book: &book, at: now))
    }

    /// Ends a call without its being made.
    mutating func release(_ step: Step?) {
        guard let step else { return }
        BreakerWatch.end(step.waiting, openedAt: step.openedAt, book: &book, at: now)
    }

    /// Lifts a suspension as a person does.
    mutating func lift(_ subject: Subject, allowSteps: Int64? = nil) {
        let base = CounterIdentity(subject, of: Identifier(high: 1, low: 1), hash: Self.hash)
        if allowSteps != nil, book.slot(of: base.id) == nil { book.add(Counter(base, changedAt: now)) }
        book.reset(subject, allowSteps: allowSteps, at: now)
        guards = Guards()
    }

    mutating func pass(seconds: Int64) { now = now.adding(seconds: seconds) }

    /// That of the only subject there is.
    var probation: Probation? { book.counters.compactMap(\.probation).first }

    /// Reports a call that was made without asking.
    mutating func charge(tool: String? = nil, failed: Bool? = nil, state: String? = nil, toolCalls: Int64 = 1) {
        let claims = claims(["run_id": "r"], tool: tool, model: "m")
        BreakerWatch.count(claims, stateHash: state, toolCalls: toolCalls, isMade: true, book: &book, at: now)
        let waiting = claims.awaitingEnd(isToolCall: tool != nil, hasState: true, in: book)
        BreakerWatch.end(waiting, openedAt: now, book: &book, at: now)
        let report = BreakerWatch.Report(cost: 0, isFailure: tool == nil ? nil : failed, stateHash: nil)
        note(BreakerWatch.settle(waiting, openedAt: now, report, policy: policy, guards: guards, book: &book, at: now))
        note(BreakerWatch.judge(claims, stateHash: nil, guards: guards, book: &book, at: now))
    }

    /// `suspension.opened rule subject`, one for each event so far.
    var lines: [String] { events.map { "\($0.kind.rawValue) \($0.rule ?? "-") \($0.subject?.id ?? "-")" } }

    private mutating func note(_ events: [Event]) {
        for event in events {
            if event.kind == .suspensionOpened, let subject = event.subject {
                ids += 1
                guards.add(Suspension(id: Identifier(high: 0, low: ids), subject: subject, rule: event.rule, reason: event.reason, openedAt: now))
            }
            self.events.append(event)
        }
    }
}

extension Breaker {
    init(_ name: String, on: Subject.Kind = .run, match: [Ledger.Condition] = [], _ when: Condition, _ action: Action = .suspend) {
        self.init(name: name, on: on, match: match, when: when, action: action)
    }
}
