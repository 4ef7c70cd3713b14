/// `201` of `POST /v1/orgs`.
struct OrganisationAnswer: Decodable, Sendable {
    let name: String
    let adminKey: String
}
