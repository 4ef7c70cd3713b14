import Ledger

/// Policies on the terminal.
enum PolicyText {
    static func line(_ change: PolicyChange) -> String {
        let sign =
            switch change.kind {
            case .added: "+"
            case .removed: "-"
            case .changed: "~"
            }
        let name = change.name.map { " \($0)" } ?? ""
        let balances = change.newBalances ? " (new balances begin)" : ""
        return "\(sign) \(change.what)\(name)\(change.detail.isEmpty ? "" : ": \(change.detail)")\(balances)"
    }

    static func print(warnings: [PolicyIssue]) {
        for warning in warnings { Swift.print("warning: \(warning)") }
    }

    /// Turns what is wrong with a policy into a message with every line of it.
    static func explaining<Value>(_ directory: String, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as PolicyError {
            throw SettingsError("the policy in \(directory) has errors:\n" + error.issues.map { "  \($0)" }.joined(separator: "\n"))
        }
    }
}
