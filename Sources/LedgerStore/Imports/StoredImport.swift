public import Ledger

/// An import and how far it is.
public struct StoredImport: Sendable {
    public enum State: String, CaseIterable, Sendable {
        /// Somebody sends it at this moment.
        case reading
        case done
        /// The log cannot be read on; `failure` says why.
        case failed
        /// Whoever sent it, or the replica that read it, went away. Sent again, it goes on.
        case interrupted
    }

    /// An import that did nothing for so long is interrupted.
    static let staleSeconds: Int64 = 60

    /// Nil: nothing was written.
    public let id: Identifier?
    public let name: String
    public let format: LogFormat
    public let author: String
    public let state: State
    public let counts: ImportCounts
    /// Names of columns or members that meant nothing, the first of them.
    public let ignored: [String]
    public let failure: String?
    /// When it was begun the last time.
    public let beganAt: Timestamp
    public let touchedAt: Timestamp
    public let finishedAt: Timestamp?
    /// The first lines that were refused.
    public internal(set) var refusals: [RefusedLine] = []
}
