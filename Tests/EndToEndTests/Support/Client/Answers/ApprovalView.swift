/// A question to a person.
struct ApprovalView: Decodable, Sendable {
    let id: String
    let state: String
    let envelope: String
    let key: [String: String]
    let runId: String?
    let requested: Quantity
    let amount: Quantity?
    let reason: String
    let expiresAt: String
    let decidedBy: String?
    let decisionReason: String?
    let grantBalanceId: String?
}
