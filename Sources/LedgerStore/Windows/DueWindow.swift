internal import Ledger

/// A window of an envelope that has begun and is not recorded yet.
struct DueWindow {
    let envelope: Envelope
    let window: Window
    /// The start of the window that was recorded last; nil: none was, by this rule.
    let lastOpened: Timestamp?

    /// The windows of a policy that are to be opened now: of a day or longer, since shorter ones are over before it would
    /// help anybody, and of envelopes that have balances.
    static func candidates(_ policy: Policy, at now: Timestamp) -> [(envelope: Envelope, window: Window)] {
        policy.envelopes.filter { $0.limit != nil && $0.windowRule.period.opensEarly }.map { ($0, $0.windowRule.window(containing: now)) }
    }

    /// How many windows lie between one that began at `start` and this one.
    func missed(since start: Timestamp) -> Int64 {
        var missed: Int64 = 0
        var next = envelope.windowRule.window(containing: start).end
        while let begin = next, let target = window.start, begin < target {
            missed += 1
            next = envelope.windowRule.window(containing: begin).end
        }
        return missed
    }
}

extension WindowRule.Period {
    fileprivate var opensEarly: Bool {
        switch self {
        case .day, .week, .month: true
        case .minute, .hour, .run, .forever: false
        }
    }
}
