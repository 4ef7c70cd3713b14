/// `200` of commit and release, `201` of `POST /v1/usage`; members that one of them lacks are nil.
struct SettlementAnswer: Decodable, Sendable {
    let id: String
    let state: String
    let charged: Amounts?
    let returned: Amounts?
    let overrun: Amounts?
    let late: Bool?
    let envelopes: [EnvelopeView]
}
