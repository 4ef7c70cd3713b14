/// `application/problem+json`.
struct ProblemAnswer: Decodable, Sendable {
    let type: String
    let status: Int
    let detail: String
    let errors: [Fault]?
    let violations: [ViolationView]?
    let settlement: Settlement?
    /// Of a call that waits for a person.
    let approvalId: String?
    /// Of a tool, a model or a call that no envelope matches.
    let rule: String?
    /// Of a suspension and of a frozen envelope.
    let suspensionId: String?
    let subject: SubjectView?
    let envelope: String?
    let frozenBy: String?
    let reason: String?
    let since: String?

    struct Fault: Decodable, Sendable {
        let pointer: String
        let line: Int?
        let detail: String
    }

    struct Settlement: Decodable, Sendable {
        let kind: String?
        let state: String
        let charged: Amounts
    }
}
