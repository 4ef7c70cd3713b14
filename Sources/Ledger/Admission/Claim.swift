/// What one call asks of one envelope: an amount of the balance for these `per` values in this window.
public struct Claim: Sendable {
    public let envelope: Envelope
    /// The values of the envelope's `per` tags, in its order.
    public let values: [String]
    public let window: Window
    /// In the envelope's meter.
    public let amount: Int64

    public init(envelope: Envelope, values: [String], window: Window, amount: Int64) {
        self.envelope = envelope
        self.values = values
        self.window = window
        self.amount = amount
    }
}
