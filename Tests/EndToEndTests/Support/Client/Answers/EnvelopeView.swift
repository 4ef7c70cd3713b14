/// A balance as an answer to a call shows it.
struct EnvelopeView: Decodable, Sendable {
    let name: String
    let key: [String: String]
    let meter: String
    let limit: Quantity
    let held: Quantity
    let spent: Quantity
    let remaining: Quantity
    let mode: String?
    let would: String?
    let window: WindowView
}
