/// Which tags some calls should have had: some are set, some removed, all others stay.
public struct TagCorrection: Hashable, Sendable {
    /// Tags that nobody corrects: sums and limits of runs and sessions rest on them.
    public static let fixed: Set<String> = ["run_id", "session_id"]
    /// The longest reason, in Unicode scalars.
    public static let maximumReasonLength = 1_024

    public let set: Tags
    /// Sorted, each once.
    public let removed: [String]

    /// - Parameter removed: of a tag that is set too, `set` wins.
    public init(set: Tags, removed: [String] = []) {
        self.set = set
        self.removed = Set(removed).filter { set[$0] == nil }.sorted()
    }

    /// The tags that it speaks of, sorted.
    public var names: [String] { (set.entries.map(\.name) + removed).sorted() }

    /// The tags of a call after it.
    public func applied(to tags: Tags) -> Tags {
        var corrected = tags
        for name in removed { corrected[name] = nil }
        for tag in set.entries { corrected[tag.name] = tag.value }
        return corrected
    }

    /// The tags of a call after several corrections in the order of their numbers: the later wins, tag by tag.
    public static func applied(_ corrections: some Sequence<TagCorrection>, to tags: Tags) -> Tags {
        corrections.reduce(tags) { $1.applied(to: $0) }
    }
}
