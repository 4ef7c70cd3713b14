/// `201` of `POST /v1/envelopes/{name}/adjustments`.
struct AdjustmentView: Decodable, Sendable {
    let id: String
    let amount: Quantity
    let limit: Quantity
    let expiresAt: String?
}
