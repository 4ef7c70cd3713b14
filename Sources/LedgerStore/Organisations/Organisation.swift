public import Ledger

/// A tenant. Every row of the ledger belongs to one.
public struct Organisation: Hashable, Sendable {
    public enum State: String, Sendable {
        case active
        /// Its keys no longer work; nothing is deleted.
        case closed
    }

    /// The organisation that every installation has, whose operators look after the others.
    public static let defaultName = "default"

    public let id: Identifier
    public let name: String
    /// ISO 4217.
    public let currency: String
    public let state: State
    public let createdAt: Timestamp

    public init(id: Identifier, name: String, currency: String, state: State, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.currency = currency
        self.state = state
        self.createdAt = createdAt
    }

    /// `^[a-z0-9][a-z0-9-]{0,38}$`, so that a key `pk_<org>_<secret>` can be read in one way only.
    public static func isValid(name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, first != UInt8(ascii: "-"), bytes.count <= 39 else { return false }
        return bytes.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "-")
        }
    }

    /// Three capital letters, as in ISO 4217.
    public static func isValid(currency: String) -> Bool {
        let bytes = Array(currency.utf8)
        return bytes.count == 3 && bytes.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }
}
