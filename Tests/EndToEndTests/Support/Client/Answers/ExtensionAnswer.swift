/// `200` of extend.
struct ExtensionAnswer: Decodable, Sendable {
    let id: String
    let expiresAt: String
}
