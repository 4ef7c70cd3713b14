/// One line of `GET /v1/alerts`.
struct AlertView: Decodable, Sendable {
    let id: String
    let kind: String
    let envelope: String
    let key: [String: String]?
    let at: String
    let percent: Int?
    let owner: String?
    let message: String
    let playbook: String?
}
