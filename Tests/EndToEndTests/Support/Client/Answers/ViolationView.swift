/// Why an envelope refused.
struct ViolationView: Decodable, Sendable {
    let envelope: String
    let key: [String: String]
    let meter: String
    let rule: String
    let action: String?
    let limit: Quantity
    let held: Quantity
    let spent: Quantity
    let requested: Quantity
    let resetsAt: String?
    let approvalId: String?
}
