internal import Ledger

/// What the interface tells of envelopes and their balances.
enum Envelopes {
    struct WindowRule: Decodable, Sendable {
        let every: String
        let starts: String?
        let at: String?
        let timeZone: String?
    }

    struct Step: Decodable, Sendable {
        /// Of the limit, in percent; nil for a step of `per_call`.
        let at: Double?
        let `do`: String
        let to: String?
        let withinSeconds: Int64?
    }

    struct Frozen: Decodable, Sendable {
        let frozenBy: String
        let reason: String
        let since: Timestamp
    }

    /// A value, or a list of those of which any matches.
    enum Pattern: Decodable, Sendable {
        case one(String)
        case any([String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(String.self) {
                self = .one(one)
            } else {
                self = .any(try container.decode([String].self))
            }
        }

        var text: String {
            switch self {
            case .one(let pattern): pattern
            case .any(let patterns): patterns.joined(separator: " or ")
            }
        }
    }

    struct Envelope: Decodable, Sendable {
        let name: String
        let meter: String
        let match: [String: Pattern]
        let per: [String]
        let limit: Amount?
        let perCall: Amount?
        let window: WindowRule?
        let plan: [Step]
        let owner: String?
        let channels: [String]
        let playbook: String?
        let mode: String
        let policyVersion: Int64
        let frozen: Frozen?
    }

    struct Event: Decodable, Sendable {
        struct Data: Decodable, Sendable {
            let reason: String?
            let message: String?
        }

        let id: String
        let kind: String
        let at: Timestamp
        let data: Data
    }

    /// `GET /v1/envelopes/{name}`
    struct Told: Decodable, Sendable {
        let envelope: Envelope
        let recentEvents: [Event]

        private enum Key: String, CodingKey { case recentEvents }

        init(from decoder: any Decoder) throws {
            recentEvents = try decoder.container(keyedBy: Key.self).decode([Event].self, forKey: .recentEvents)
            // Its members stand beside the events.
            envelope = try Envelope(from: decoder)
        }
    }

    struct Window: Decodable, Sendable {
        let start: Timestamp?
        let end: Timestamp?
    }

    struct Balance: Decodable, Sendable {
        let id: String
        let envelope: String
        let key: [String: String]
        let meter: String
        let limit: Amount
        let held: Amount
        let spent: Amount
        let remaining: Amount
        let usedPercent: Double?
        let window: Window?
    }

    /// A line of a balance's history: a fact, or a freeze of its envelope.
    struct Fact: Decodable, Sendable {
        let version: Int64?
        let kind: String
        let at: Timestamp
        let amount: Amount?
        let held: Amount?
        let spent: Amount?
        let limit: Amount?
        let reservationId: String?
        let reason: String?
        let author: String?
        let expiresAt: Timestamp?
    }
}

extension Amount {
    /// In major units or as a count; for drawing alone.
    var value: Double {
        switch self {
        case .money(let text): Double(text) ?? 0
        case .count(let count): Double(count)
        }
    }
}
