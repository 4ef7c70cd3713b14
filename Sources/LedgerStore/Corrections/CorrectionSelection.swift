public import Ledger

/// Which calls a correction is for.
public enum CorrectionSelection: Hashable, Sendable {
    /// The most calls that are named.
    public static let maximumCalls = 1_000

    /// These, by the ids of their holds or direct charges.
    case calls([Identifier])
    /// Those whose tags, as corrected until then, look like this, and that were settled in [from, to).
    case matching(TagPattern, from: Timestamp, to: Timestamp)
}
