public import Ledger

/// One time that an envelope was frozen, or unfrozen.
public struct StoredFreeze: Sendable {
    public let freeze: Freeze
    public let isFrozen: Bool
}
