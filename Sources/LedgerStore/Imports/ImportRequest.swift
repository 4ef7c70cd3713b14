public import Ledger

/// A log that somebody wants to have imported.
public struct ImportRequest: Sendable {
    /// The longest name, in Unicode scalars.
    public static let maximumNameLength = 256

    public let format: LogFormat
    /// For people; it tells imports apart in lists, and nothing else.
    public let name: String
    /// What names the import: whoever sends a log again under the same identity goes on with it.
    public let identity: String
    /// Every call carries these, whose key may send no others.
    public let bound: Tags
    public let author: String
    /// What a unit of the log's currency is worth in the organisation's.
    public let rate: ExchangeRate
    /// Calls of models without a price are taken at no cost instead of being refused.
    public let takesUnpriced: Bool
    /// Nothing is written.
    public let isDryRun: Bool

    public init(
        format: LogFormat, name: String, identity: String, bound: Tags = Tags(), author: String, rate: ExchangeRate = .one,
        takesUnpriced: Bool = false, isDryRun: Bool = false
    ) {
        self.format = format
        self.name = name
        self.identity = identity
        self.bound = bound
        self.author = author
        self.rate = rate
        self.takesUnpriced = takesUnpriced
        self.isDryRun = isDryRun
    }

    /// Imports of keys that are bound to different tags never meet.
    var key: Identifier {
        var bytes = CanonicalBytes()
        bytes.append("import")
        bytes.append(identity)
        bytes.append(bound)
        return Digest.identifier(bytes.bytes)
    }
}
