/// `200` of `/v1/test-clock`.
struct ClockAnswer: Decodable, Sendable {
    let now: String
}
