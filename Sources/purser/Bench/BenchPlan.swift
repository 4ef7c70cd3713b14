/// What a run of `purser bench` does.
struct BenchPlan: Sendable {
    enum Work: String, CaseIterable, Sendable {
        /// Reserve only.
        case reserve
        /// Reserve, then commit, as one unit of work.
        case pair
    }

    var host: String
    var port: Int
    var key: String
    var work: Work
    var connections: Int
    var warmupSeconds: Double
    var seconds: Double
    /// Units of work per second, sent on schedule whether answers come or not; nil: each connection sends when it was
    /// answered.
    var rate: Double?
    /// How many values of `user_id` the calls carry.
    var users: Int
    /// How many calls a run has, each in a state of its own; 0: all calls are of one run, and tell no state.
    var steps: Int
    /// Tells this run's idempotency keys from those of any other.
    var runID: String
}
