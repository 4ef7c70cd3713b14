/// One text of a policy: YAML, or the same in JSON.
public struct PolicyFile: Sendable {
    /// Nil where it came without one.
    public let name: String?
    public let text: String

    public init(name: String? = nil, text: String) {
        self.name = name
        self.text = text
    }

    /// Several files as the one text that a version keeps: each is a document of its own, headed by its name.
    public static func joined(_ files: [PolicyFile]) -> String {
        files.map { file in (file.name.map { "# \($0)\n" } ?? "") + file.text }.joined(separator: "\n---\n")
    }
}
