internal import Ledger

extension Reports {
    /// `GET /v1/reports/unit-economics`
    struct Economics: Decodable, Sendable {
        struct Figures: Decodable, Sendable {
            let costPerOutcome: String?
            let outcomes: Int64
            let cost: String
            let usageCost: String
            let humanCost: String
            let orchestrationCost: String
            let fixedCost: String
            let benefit: String?
            let roi: Double?
            let quality: Double?
            let humanMinutes: Double
            let reworkMinutes: Double
        }

        struct Change: Decodable, Sendable {
            let kind: String
            let at: Timestamp
            let what: String
            let before: Figures
            let after: Figures
            let changePercent: Double?
        }

        struct Cap: Decodable, Sendable {
            let envelope: String
            let advice: String
            let limit: String
            let used: String
            let suggestedLimit: String?
            let reasons: [String]
        }

        struct Trend: Decodable, Sendable {
            let costPerOutcome: String?
            let outcomes: Int64
            let cost: String
            let changePercent: Double?
        }

        struct Row: Decodable, Sendable {
            let workflowName: String
            let owner: String?
            let outcome: String?
            let targetCost: String?
            let humanBaseline: String?
            let figures: Figures
            let trend: Trend
            let changes: [Change]
            let caps: [Cap]

            private enum Key: String, CodingKey {
                case workflowName, owner, outcome, targetCost, humanBaseline, trend, changes, caps
            }

            init(from decoder: any Decoder) throws {
                let members = try decoder.container(keyedBy: Key.self)
                workflowName = try members.decode(String.self, forKey: .workflowName)
                owner = try members.decodeIfPresent(String.self, forKey: .owner)
                outcome = try members.decodeIfPresent(String.self, forKey: .outcome)
                targetCost = try members.decodeIfPresent(String.self, forKey: .targetCost)
                humanBaseline = try members.decodeIfPresent(String.self, forKey: .humanBaseline)
                trend = try members.decode(Trend.self, forKey: .trend)
                changes = try members.decode([Change].self, forKey: .changes)
                caps = try members.decode([Cap].self, forKey: .caps)
                // They stand beside the others.
                figures = try Figures(from: decoder)
            }
        }

        let from: Timestamp
        let to: Timestamp
        let data: [Row]
        let next: String?
    }
}
