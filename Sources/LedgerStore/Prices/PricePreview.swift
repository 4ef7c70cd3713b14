public import Ledger

/// What an import would do, found out without doing it.
public struct PricePreview: Hashable, Sendable {
    /// The most changes that are listed.
    public static let maximumChanges = 1_000

    /// `outcome.imported` is how many models would change.
    public let outcome: PriceImport
    /// By model, the first `maximumChanges` of them.
    public let changes: [PriceChange]
}
