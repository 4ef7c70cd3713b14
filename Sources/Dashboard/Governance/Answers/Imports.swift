internal import Ledger

/// What the interface tells of imported logs.
enum Imports {
    struct Import: Decodable, Sendable {
        struct Refused: Decodable, Sendable {
            let line: Int64
            let place: String?
            let reason: String
        }

        let id: String
        let name: String
        let format: String
        let state: String
        let lines: Int64
        let taken: Int64
        let alreadyThere: Int64
        let refused: Int64
        let unpriced: Int64
        let cost: String
        let refusedLines: [Refused]
        let failure: String?
        let author: String
        let beganAt: Timestamp
        let firstAt: Timestamp?
        let lastAt: Timestamp?
    }

    struct Sums: Decodable, Sendable {
        let cost: String
        let calls: Int64
        let tokens: Int64
    }

    struct Value: Decodable, Sendable {
        let value: String
        let cost: String
        let calls: Int64
    }

    struct Lack: Decodable, Sendable {
        struct Most: Decodable, Sendable {
            let value: String?
            let missingCalls: Int64
        }

        let tag: String
        let missingCalls: Int64
        let missingCost: String
        let missingPercent: Double?
        let most: [Most]
    }

    struct Cap: Decodable, Sendable {
        let envelope: String
        let spent: String
        let monthly: String
        let limit: String
    }

    struct Report: Decodable, Sendable {
        let total: Sums
        let coverage: [Lack]
        let dearest: [String: [Value]]
        let suggestedCaps: [Cap]
    }
}
