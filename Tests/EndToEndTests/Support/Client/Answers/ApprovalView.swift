/// `200` of `GET /v1/approvals/{id}`.
struct ApprovalView: Decodable, Sendable {
    let id: String
    let state: String
    let envelope: String
    let key: [String: String]
    let runId: String?
    let requested: Quantity
    let reason: String
}
