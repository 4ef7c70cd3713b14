internal import Ledger

/// What the interface's reports tell.
enum Reports {}

extension Reports {
    /// `GET /v1/reports/spend`
    struct Spend: Decodable, Sendable {
        struct Row: Decodable, Sendable {
            struct Links: Decodable, Sendable {
                let reservations: String?
                let runs: String?
            }

            let group: [String: String?]
            let start: Timestamp
            let end: Timestamp
            let cost: String
            let held: String
            let calls: Int64
            let toolCalls: Int64
            let tokens: Int64
            let previousCost: String
            let changePercent: Double?
            let links: Links
        }

        struct Totals: Decodable, Sendable {
            let cost: String
            let held: String
            let calls: Int64
            let toolCalls: Int64
            let tokens: Int64
            let previousCost: String
            let changePercent: Double?
        }

        struct Forecast: Decodable, Sendable {
            let from: Timestamp
            let until: Timestamp
            let spent: String
            let cost: String
            let method: String
            let knownDays: Int
        }

        var data: [Row]
        let next: String?
        let from: Timestamp
        let to: Timestamp
        let previousFrom: Timestamp
        let previousTo: Timestamp
        let pendingSettlements: Int64
        let totals: Totals
        let forecast: Forecast?
    }

    /// `GET /v1/reports/trends`
    struct Trends: Decodable, Sendable {
        struct Model: Decodable, Sendable {
            let model: String?
            let cost: String
            let previousCost: String
            let state: String
        }

        struct Row: Decodable, Sendable {
            let group: [String: String?]
            let cost: String
            let previousCost: String
            let change: String
            let changePercent: Double?
            let calls: Int64
            let previousCalls: Int64
            let models: [Model]
        }

        struct Totals: Decodable, Sendable {
            let cost: String
            let previousCost: String
            let changePercent: Double?
        }

        let data: [Row]
        let next: String?
        let from: Timestamp
        let to: Timestamp
        let previousFrom: Timestamp
        let previousTo: Timestamp
        let pendingSettlements: Int64
        let totals: Totals
    }

    /// `GET /v1/reports/tag-coverage`
    struct Coverage: Decodable, Sendable {
        struct Share: Decodable, Sendable {
            let calls: Int64
            let coveredCalls: Int64
            let callsPercent: Double?
            let cost: String
            let coveredCost: String
            let costPercent: Double?
        }

        struct Worst: Decodable, Sendable {
            let workflowName: String?
            let agentId: String?
            let calls: Int64
            let cost: String
        }

        struct Row: Decodable, Sendable {
            let tags: [String]
            let calls: Int64
            let coveredCalls: Int64
            let callsPercent: Double?
            let cost: String
            let costPercent: Double?
            let worst: [Worst]
        }

        let data: [Row]
        let next: String?
        let from: Timestamp
        let to: Timestamp
        let pendingSettlements: Int64
        let whole: Share
    }

    /// A row of `GET /v1/reports/envelopes`
    struct Fullness: Decodable, Sendable {
        struct Standing: Decodable, Sendable {
            let balance: Envelopes.Balance
            let forecast: Amount?
            let exhaustedAt: Timestamp?
        }

        let envelope: String
        let owner: String?
        let meter: String
        let balances: Int64
        let limit: Amount
        let held: Amount
        let spent: Amount
        let usedPercent: Double?
        let forecast: Amount?
        let exhausted: Int64
        let willBeExhausted: Int64
        let partial: Bool
        let fullest: [Standing]
    }

    /// An anomaly of `GET /v1/anomalies`, as far as reports show it.
    struct Anomaly: Decodable, Sendable {
        let id: String
        let state: String
        let at: Timestamp
        let message: String
        let key: [String: String]
        let workflowName: String?
        let agentId: String?
        let atStake: String
        let owner: String?

        /// Nano-units.
        var stake: Int64 { Money(atStake)?.nanos ?? 0 }
    }
}
