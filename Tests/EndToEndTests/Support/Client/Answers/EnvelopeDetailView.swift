/// `200` of `GET /v1/envelopes/{name}`.
struct EnvelopeDetailView: Decodable, Sendable {
    let name: String
    let owner: String?
    let channels: [String]
    let playbook: String?
    let mode: String
    let policyVersion: Int
    let frozen: Frozen?
    let downgraded: [Downgraded]
    /// Newest first.
    let recentEvents: [Event]

    struct Frozen: Decodable, Sendable {
        let frozenBy: String
        let reason: String
        let since: String
    }

    struct Downgraded: Decodable, Sendable {
        let to: String
        let reason: String
        let since: String
        let until: String?
    }

    struct Event: Decodable, Sendable {
        let kind: String
        let at: String
        let data: EventData
    }

    struct EventData: Decodable, Sendable {
        let reason: String
        let tier: String?
        let subject: SubjectView?
        let key: [String: String]?
    }
}
