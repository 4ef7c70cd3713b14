/// `201` of `POST /v1/reservations`.
struct HoldAnswer: Decodable, Sendable {
    let id: String
    let state: String
    let decision: String
    let model: String?
    let reason: String?
    let held: Amounts
    let expiresAt: String
    let envelopes: [EnvelopeView]
}
