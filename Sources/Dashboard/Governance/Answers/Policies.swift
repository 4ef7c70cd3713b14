internal import Ledger

/// What the interface tells of the policy.
enum Policies {
    struct Workflow: Decodable, Sendable {
        let name: String
        let owner: String?
        let playbook: String?
        let outcome: String?
        let targetCost: String?
        let humanCost: String?
    }

    struct Summary: Decodable, Sendable {
        let version: Int64
        let author: String
        let message: String
        let createdAt: Timestamp
        let checksum: String
    }

    struct Version: Decodable, Sendable {
        let version: Int64
        let author: String
        let message: String
        let createdAt: Timestamp
        let checksum: String
        let source: String
        let envelopes: [String]
        let workflows: [Workflow]
        let warnings: [Warning]
    }

    struct Warning: Decodable, Sendable {
        /// A JSON pointer into the document.
        let pointer: String
        let line: Int64?
        let detail: String
    }

    struct Seal: Decodable, Sendable {
        let position: Int64
        let digest: String
        let sealedAt: Timestamp?
    }
}
