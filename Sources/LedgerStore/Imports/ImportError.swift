public import Ledger

/// Why an import does not go on.
public enum ImportError: Error, Sendable {
    /// The log, or the rest of it, cannot be read. What was taken before stays, in the import with the id.
    case unreadable(LogFault, Identifier?)
    /// Somebody began to send the same log anew; that import goes on, this one does not.
    case superseded
    /// The identity is that of a log in another format.
    case otherFormat(LogFormat)
}
