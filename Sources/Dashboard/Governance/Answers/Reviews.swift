internal import Ledger

/// What the interface tells of weekly reviews.
enum Reviews {
    struct Week: Decodable, Sendable {
        let start: Timestamp
        let end: Timestamp
    }

    struct Head: Decodable, Sendable {
        let id: String
        let week: Week
        let summary: String
    }

    struct Spend: Decodable, Sendable {
        let cost: String
        let previousCost: String
        let changePercent: Double?
        let calls: Int64
        let forecast: Reports.Spend.Forecast?
    }

    struct Agent: Decodable, Sendable {
        let agentId: String
        let workflowName: String?
        let cost: String
        let medianDayCost: String?
        let percentOfMedian: Double?
        let aboveTwiceMedian: Bool
    }

    struct Coverage: Decodable, Sendable {
        struct Row: Decodable, Sendable {
            let tags: [String]
            let callsPercent: Double?
            let belowTarget: Bool
        }

        let targetPercent: Double
        let callsPercent: Double?
        let belowTarget: Bool
        let tags: [Row]
    }

    /// A balance beyond its limit, or about to be.
    struct Balance: Decodable, Sendable {
        let envelope: String
        let balanceId: String
        let owner: String?
        let key: [String: String]
        let limit: Amount
        let spent: Amount
        let usedPercent: Double?
        let over: Amount?
        let exhaustedAt: Timestamp?
    }

    struct IdleHolds: Decodable, Sendable {
        let agentId: String?
        let holds: Int64
        let held: String
    }

    struct Anomaly: Decodable, Sendable {
        struct Change: Decodable, Sendable {
            let kind: String
            let at: Timestamp
            let what: String
        }

        let id: String
        let state: String
        let at: Timestamp
        let message: String
        let owner: String?
        let atStake: String
        let outcome: String?
        let reason: String?
        let changesAfter: [Change]
    }

    struct Approvals: Decodable, Sendable {
        struct Decided: Decodable, Sendable {
            let envelope: String
            let approved: Int64
            let rejected: Int64
            let expired: Int64
        }

        let pending: Int64
        let decided: [Decided]
    }

    struct Economics: Decodable, Sendable {
        let workflowName: String
        let owner: String?
        let costPerOutcome: String?
        let previousCostPerOutcome: String?
        let changePercent: Double?
        let reasons: [String]
    }

    struct Trial: Decodable, Sendable {
        let workflowName: String
        let to: String
        let state: String
        let reason: String
        let startedAt: Timestamp
    }

    struct Review: Decodable, Sendable {
        let id: String?
        let week: Week
        let madeAt: Timestamp
        let missed: Int64
        let summary: String
        let spend: Spend
        let agents: [Agent]
        let unusualAgents: [Agent]
        let tagCoverage: Coverage?
        let overruns: [Balance]
        let idleHolds: [IdleHolds]
        let runningOut: [Balance]
        let anomalies: [Anomaly]
        let approvals: Approvals
        let unitEconomics: [Economics]
        let routeTrials: [Trial]
    }
}
