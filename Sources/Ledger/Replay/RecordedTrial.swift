/// The beginning or the end of a route trial, as its fact tells.
public struct RecordedTrial: Sendable {
    public let at: Timestamp
    public let trial: RouteTrial
    public let begins: Bool

    public init(at: Timestamp, trial: RouteTrial, begins: Bool) {
        self.at = at
        self.trial = trial
        self.begins = begins
    }

    func apply(to trials: inout RouteTrials) {
        if begins { trials.begin(trial) } else { trials.end(trial) }
    }
}
