import Foundation

/// What the demo needs of a server: its policy, and keys for those who play.
struct DemoStage: Sendable {
    private struct MakeKey: Encodable { let role: String, name: String }
    private struct MadeKey: Decodable { let id: String, key: String }
    /// What `policies/demo` is known by.
    private static let envelope = "demo-deep-research"

    let client: DemoClient
    /// The ids of the keys that were made.
    let keys: [String]
    let gateway: String
    /// Nil: a person answers.
    let approver: String?

    /// - Throws: `DemoError` where the server cannot be reached, the key is not an admin's, or another policy is in force.
    static func set(_ client: DemoClient, waitsForPerson: Bool) async throws -> DemoStage {
        let found = try await client.get("/v1/envelopes/\(envelope)")
        switch found.status {
        case 200: break
        case 401: throw DemoError("the server does not know this key; name one of its admin keys with --key or PURSER_ADMIN_KEY")
        case 404:
            throw DemoError(
                "the policy of this server is not the demo's. `make demo` starts a server of its own; or apply policies/demo there: "
                    + "purser policy apply policies/demo")
        default: throw DemoError("the server cannot be used: \(found.problem)")
        }
        let gateway = try await key("gateway", client)
        let approver = try await waitsForPerson ? nil : key("approver", client)
        return DemoStage(
            client: client, keys: [gateway.id] + (approver.map { [$0.id] } ?? []), gateway: gateway.key, approver: approver?.key)
    }

    private static func key(_ role: String, _ client: DemoClient) async throws -> MadeKey {
        let answer = try await client.post("/v1/keys", MakeKey(role: role, name: "demo \(role)"))
        guard answer.status == 201 else {
            throw DemoError("a key of the role \(role) cannot be made: \(answer.problem). The demo needs an admin key.")
        }
        return try answer.decode(MadeKey.self)
    }

    /// Revokes the keys that were made.
    func clear() async throws {
        for key in keys { _ = try await client.delete("/v1/keys/\(key)") }
    }
}
