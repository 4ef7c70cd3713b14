/// What a report is grouped by.
public enum ReportDimension: Hashable, Sendable {
    /// `run_id` and `session_id` are none: sums are not kept by these.
    case tag(String)
    case model
    case tool
    /// Every envelope whose `match` selects a call under the policy in force; a call counts in each of them.
    case envelope

    /// The most that one report is grouped by.
    public static let maximumCount = 5
    /// Tags that sums leave out.
    public static let leftOut: Set<String> = ["run_id", "session_id"]

    /// Nil where there are no sums by such a name.
    public init?(_ name: String) {
        switch name {
        case "model": self = .model
        case "tool": self = .tool
        case "envelope": self = .envelope
        default:
            guard Tags.isValid(name: name), !Self.leftOut.contains(name), !Call.reservedLabels.contains(name) else { return nil }
            self = .tag(name)
        }
    }

    /// The name of a tag; nil where it is none.
    public var tag: String? {
        if case .tag(let name) = self { name } else { nil }
    }

    public var name: String {
        switch self {
        case .tag(let name): name
        case .model: "model"
        case .tool: "tool"
        case .envelope: "envelope"
        }
    }
}
