/// `201` of `POST /v1/keys`.
struct KeyAnswer: Decodable, Sendable {
    let id: String
    let key: String
}
