/// `200` of `GET /v1/reservations/{id}`.
struct ReservationView: Decodable, Sendable {
    let id: String
    let state: String
    let held: Amounts
    let tags: [String: String]
    let expiresAt: String
    let charged: Amounts?
    let lateCharge: Amounts?
    let settledAt: String?
    let envelopes: [EnvelopeView]
}
