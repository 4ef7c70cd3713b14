internal import Ledger

/// Something in the ledger that contradicts itself.
public struct Finding: Sendable, CustomStringConvertible {
    public let subject: String
    public let detail: String

    init(_ subject: String, _ detail: String) {
        self.subject = subject
        self.detail = detail
    }

    init(balance id: Identifier, _ detail: String) { self.init("balance \(id)", detail) }

    init(reservation id: Identifier, _ detail: String) { self.init("reservation \(id)", detail) }

    public var description: String { "\(subject): \(detail)" }
}
