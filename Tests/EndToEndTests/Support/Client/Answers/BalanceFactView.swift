/// One line of `GET /v1/balances/{id}/history`.
struct BalanceFactView: Decodable, Sendable {
    let version: Int64
    let kind: String
    let amount: Quantity
    let held: Quantity
    let spent: Quantity
    let reservationId: String
}
