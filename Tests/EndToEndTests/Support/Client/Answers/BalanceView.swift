/// A balance as `GET /v1/envelopes/{name}/balances` lists it.
struct BalanceView: Decodable, Sendable {
    let id: String
    let envelope: String
    let key: [String: String]
    let meter: String
    let limit: Quantity
    let held: Quantity
    let spent: Quantity
    let remaining: Quantity
    let window: WindowView
}
