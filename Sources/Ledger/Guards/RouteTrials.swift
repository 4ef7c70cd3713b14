/// The trials that are on, at most one a workflow.
public struct RouteTrials: Hashable, Sendable {
    public static let none = RouteTrials()

    private var byWorkflow: [String: RouteTrial] = [:]

    public init(_ trials: some Sequence<RouteTrial> = []) {
        for trial in trials { byWorkflow[trial.workflow] = trial }
    }

    /// That a call with these tags is routed by; nil: none.
    public func trial(of tags: Tags) -> RouteTrial? {
        byWorkflow.isEmpty ? nil : tags["workflow_name"].flatMap { byWorkflow[$0] }
    }

    public mutating func begin(_ trial: RouteTrial) { byWorkflow[trial.workflow] = trial }

    /// Ends a trial; nothing happens where another one is on.
    public mutating func end(_ trial: RouteTrial) {
        if byWorkflow[trial.workflow]?.id == trial.id { byWorkflow[trial.workflow] = nil }
    }
}
