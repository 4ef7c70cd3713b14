/// One line of `GET /v1/balances/{id}/history`, whatever made it.
struct HistoryLineView: Decodable, Sendable {
    let kind: String
    let amount: Quantity?
    let limit: Quantity?
    let reason: String?
    let author: String?
    let expiresAt: String?
}
