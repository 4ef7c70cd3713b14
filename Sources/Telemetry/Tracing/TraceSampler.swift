/// Which traces are recorded, by the names of `OTEL_TRACES_SAMPLER`.
public struct TraceSampler: Sendable {
    /// What is recorded of traces that begin here, and of all where the parent is not asked: 0 … 1.
    let ratio: Double
    /// Whether a trace that began elsewhere is recorded where it began, and only there.
    let followsParent: Bool

    public static let names = [
        "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
    ]

    /// - Parameter argument: the share of traces, 0 … 1, where the name asks for one; nil: all.
    /// - Returns: nil where the name is unknown or the argument is no such share.
    public init?(name: String, argument: String?) {
        guard Self.names.contains(name) else { return nil }
        followsParent = name.hasPrefix("parentbased_")
        switch name {
        case "always_on", "parentbased_always_on": ratio = 1
        case "always_off", "parentbased_always_off": ratio = 0
        default:
            guard let share = argument.map({ Double($0) }) ?? 1, (0...1).contains(share) else { return nil }
            ratio = share
        }
    }

    func samples(_ trace: TraceID, parent: TraceContext?) -> Bool {
        if followsParent, let parent { return parent.isSampled }
        if ratio >= 1 { return true }
        // The same bits everywhere, so that every service that asks for this share records the same traces.
        return Double(trace.low >> 11) < ratio * Double(UInt64(1) << 53)
    }
}
