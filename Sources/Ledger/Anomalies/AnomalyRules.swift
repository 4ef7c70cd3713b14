/// What the policy says of anomalies.
public struct AnomalyRules: Hashable, Sendable {
    public enum Action: String, CaseIterable, Sendable {
        /// Tells of it.
        case alert
        /// Tells of it and suspends the agent.
        case suspend
        /// Does not look for it.
        case off
    }

    /// How much more than before is too much.
    public enum Sensitivity: String, CaseIterable, Sendable {
        case low, normal, high
    }

    /// What a day must cost more, in nano-units, before anything is told.
    public let minimumCost: Money
    public let sensitivity: Sensitivity
    /// By kind; others alert.
    public let actions: [AnomalyKind: Action]
    public let planned: [PlannedChange]

    /// One unit of the currency a day.
    public static let usualMinimum = Money(nanos: 1_000_000_000)
    public static let standard = AnomalyRules()

    public init(
        minimumCost: Money = usualMinimum, sensitivity: Sensitivity = .normal, actions: [AnomalyKind: Action] = [:], planned: [PlannedChange] = []
    ) {
        self.minimumCost = minimumCost
        self.sensitivity = sensitivity
        self.actions = actions
        self.planned = planned
    }

    public func action(for kind: AnomalyKind) -> Action { actions[kind] ?? .alert }

    /// The plan that covers calls with these tags; nil: none.
    public func plan(for tags: Tags, at time: Timestamp) -> PlannedChange? { planned.first { $0.covers(tags, at: time) } }

    /// A threshold in thousandths, as far above 1,000 as the sensitivity says.
    func threshold(_ thousandths: Int64) -> Int64 {
        switch sensitivity {
        case .low: 1_000 + (thousandths - 1_000) * 2
        case .normal: thousandths
        case .high: 1_000 + (thousandths - 1_000) * 7 / 10
        }
    }
}
