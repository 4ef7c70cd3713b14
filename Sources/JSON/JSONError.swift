/// Why a JSON text was not taken.
public struct JSONError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Not JSON (RFC 8259) at all.
        case malformed
        /// JSON, but not what is expected in this place.
        case unexpected
    }

    public let kind: Kind
    /// The byte at which it was noticed; `JSONPointer.locate` turns it into a pointer.
    public let offset: Int
    /// What to send instead.
    public let detail: String

    public init(_ kind: Kind, offset: Int, detail: String) {
        self.kind = kind
        self.offset = offset
        self.detail = detail
    }
}
