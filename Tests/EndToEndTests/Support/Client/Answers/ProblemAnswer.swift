/// `application/problem+json`.
struct ProblemAnswer: Decodable, Sendable {
    let type: String
    let status: Int
    let violations: [ViolationView]?
    let settlement: Settlement?

    struct Settlement: Decodable, Sendable {
        let kind: String?
        let state: String
        let charged: Amounts
    }
}
