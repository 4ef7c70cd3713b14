/// A change that may have moved what a result costs, with the economics on both sides of it.
public struct WorkflowChange: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// Another model makes most of the calls.
        case model
        /// A version of the policy came into force.
        case policy
        /// A cheaper route was tried, or the trial ended.
        case trial
    }

    public let kind: Kind
    public let at: Timestamp
    public let what: String
    /// From the change before, or the first day, to this one; and from this one to the next, or the last day. The days on
    /// which something changed belong to neither side, except that a new model's first day is after it.
    public let before: UnitEconomics
    public let after: UnitEconomics

    /// A change without its sides.
    public struct Mark: Hashable, Sendable {
        public let kind: Kind
        public let at: Timestamp
        public let what: String

        public init(_ kind: Kind, at: Timestamp, what: String) {
            self.kind = kind
            self.at = at
            self.what = what
        }
    }

    /// The changes within some days, oldest first: the given ones of the policy and of trials, and those of the model.
    ///
    /// - Parameter days: in order, without gaps.
    public static func list(_ days: [WorkflowDay], policy: [Mark], workflow: Workflow?) -> [WorkflowChange] {
        let marks = (takeovers(in: days) + policy).sorted { ($0.at, $0.what) < ($1.at, $1.what) }
        return marks.map { mark in
            let others = marks.filter { $0 != mark }
            let from = others.last { $0.at <= mark.at && !mark.isOn($0.day) }.map(\.day)
            let to = others.first { $0.at >= mark.at && !mark.isOn($0.day) }.map(\.day)
            let before = days.filter { $0.start < mark.day && $0.start >= from?.next ?? $0.start }
            let firstAfter = mark.kind == .model ? mark.day : mark.day.next
            let after = days.filter { $0.start >= firstAfter && $0.start < to ?? $0.start.next }
            return WorkflowChange(
                kind: mark.kind, at: mark.at, what: mark.what, before: economics(before, workflow), after: economics(after, workflow))
        }
    }

    private static func economics(_ days: [WorkflowDay], _ workflow: Workflow?) -> UnitEconomics {
        var sums = WorkflowSums()
        for day in days { sums.add(day.sums) }
        return UnitEconomics(sums, workflow: workflow, seconds: Int64(days.count) * WorkflowDay.seconds)
    }

    private static func takeovers(in days: [WorkflowDay]) -> [Mark] {
        var marks: [Mark] = []
        var leader: String?
        for day in days {
            guard let model = day.leadingModel else { continue }
            if let leader, leader != model { marks.append(Mark(.model, at: day.start, what: "\(leader) → \(model)")) }
            leader = model
        }
        return marks
    }
}

extension WorkflowChange.Mark {
    /// The beginning of the day of the change, in UTC.
    fileprivate var day: Timestamp {
        let length = WorkflowDay.seconds * 1_000_000
        let past = at.microseconds % length
        return Timestamp(microseconds: at.microseconds - (past < 0 ? past + length : past))
    }

    fileprivate func isOn(_ other: Timestamp) -> Bool { day == other }
}

extension Timestamp {
    fileprivate var next: Timestamp { adding(seconds: WorkflowDay.seconds) }
}
