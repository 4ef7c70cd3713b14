import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Ledger
import LedgerStore
import NIOCore
import TestSupport
import Testing

@testable import LedgerAPI

@Suite("The price catalogue over HTTP")
struct PriceRoutesTests {
    private struct Answer {
        let status: Int
        let body: [String: Any]

        subscript(name: String) -> Any? { body[name] }
        var counts: [Int?] { ["imported", "unchanged", "skipped"].map { body[$0] as? Int } }
        var data: [[String: Any]] { body["data"] as? [[String: Any]] ?? [] }
        /// Pointer and detail of the first error of a problem.
        var error: (pointer: String?, detail: String) {
            let first = (body["errors"] as? [[String: Any]])?.first
            return (first?["pointer"] as? String, first?["detail"] as? String ?? "")
        }
    }

    /// Sends requests with a key of the ledger's organisation.
    private struct Caller {
        let client: any TestClientProtocol
        let key: String

        func send(_ method: HTTPRequest.Method, _ uri: String, _ body: String? = nil) async throws -> Answer {
            var headers: HTTPFields = [.authorization: "Bearer \(key)"]
            if body != nil { headers[.contentType] = "application/json" }
            let response = try await client.executeRequest(uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
            let object = try JSONSerialization.jsonObject(with: Data(Array(buffer: response.body))) as? [String: Any]
            return Answer(status: response.status.code, body: try #require(object))
        }
    }

    private static let file = """
        { "m": { "input_cost_per_token": 1e-06, "output_cost_per_token": 4e-06, "cache_read_input_token_cost": 1e-07,
          "input_cost_per_token_above_200k_tokens": 2e-06 }, "none": {} }
        """

    private static func with(role: APIKey.Role = .admin, _ body: @escaping @Sendable (Caller, TestLedger) async throws -> Void) async throws {
        try await TestLedger.with { ledger in
            let key = try await ledger.store.keys.create(role: role, tags: Tags(), agentID: nil, name: "ada", organisation: ledger.organisation)
            let router = Router(context: PurserContext.self)
            router.add(middleware: ProblemMiddleware())
            APIServer.routes(store: ledger.store, jobs: .none, webhooks: .silent).register(on: router)
            try await Application(router: router).test(.router) { client in
                try await body(Caller(client: client, key: key.text), ledger)
            }
        }
    }

    @Test("the catalogue shows a model's tiers, and of each what it states")
    func tiers() async throws {
        try await Self.with { caller, _ in
            #expect(try await caller.send(.post, "/v1/prices/import", Self.file).counts == [1, 0, 1])
            let price = try #require(try await caller.send(.get, "/v1/prices").data.first)
            #expect(price["cached_input_cost_per_token"] as? String == "0.0000001")
            let tier = try #require((price["tiers"] as? [[String: Any]])?.first)
            #expect(tier["above_input_tokens"] as? Int == 200_000)
            #expect(tier["input_cost_per_token"] as? String == "0.000002")
            #expect(tier["output_cost_per_token"] is NSNull)
            #expect(tier.count == 6)
        }
    }

    @Test("a file of another hash than the pinned one imports nothing, and the answer names both")
    func pinned() async throws {
        try await Self.with { caller, ledger in
            let hash = ContentHash(of: Array(Self.file.utf8)).hex
            let other = String(repeating: "0", count: 64)
            for dryRun in ["", "&dry_run=true"] {
                let refused = try await caller.send(.post, "/v1/prices/import?sha256=\(other)\(dryRun)", Self.file)
                #expect(refused.status == 422 && refused["type"] as? String == "/problems/invalid-request")
                #expect(refused.error.pointer == "?sha256")
                #expect(refused.error.detail.contains(hash) && refused.error.detail.contains(other))
            }
            #expect(try ledger.count("prices") == 0)
            #expect(try ledger.count("price_imports") == 0)
            let taken = try await caller.send(.post, "/v1/prices/import?sha256=\(hash.uppercased())", Self.file)
            #expect(taken.counts == [1, 0, 1] && taken["checksum"] as? String == hash)
        }
    }

    @Test("a dry run answers like the import, with the changes, and changes nothing")
    func dryRun() async throws {
        try await Self.with { caller, ledger in
            _ = try await caller.send(.post, "/v1/prices/import", #"{ "m": { "input_cost_per_token": 1e-06, "output_cost_per_token": 4e-06 } }"#)
            try await ledger.advance(seconds: 1)
            let foretold = try await caller.send(.post, "/v1/prices/import?dry_run=true&rate=2", Self.file)
            #expect(foretold.status == 200 && foretold.counts == [1, 0, 1] && foretold["changes_total"] as? Int == 1)
            let change = try #require((foretold["changes"] as? [[String: Any]])?.first)
            let (old, new) = (change["old"] as? [String: Any], change["new"] as? [String: Any])
            #expect(change["model"] as? String == "m")
            #expect(old?["input_cost_per_token"] as? String == "0.000001")
            #expect(new?["input_cost_per_token"] as? String == "0.000002")
            #expect((new?["tiers"] as? [[String: Any]])?.first?["input_cost_per_token"] as? String == "0.000004")
            #expect(try ledger.count("prices") == 1)
            #expect(try ledger.count("price_imports") == 1)

            let done = try await caller.send(.post, "/v1/prices/import?rate=2", Self.file)
            #expect(done.counts == foretold.counts)
            #expect(Set(done.body.keys) == ["imported", "unchanged", "skipped", "effective_from", "checksum"])
            #expect(Set(foretold.body.keys) == Set(done.body.keys).union(["changes", "changes_total"]))
            let unknown = #"{ "n": { "input_cost_per_token": 1, "output_cost_per_token": 1 } }"#
            let made = try await caller.send(.post, "/v1/prices/import?dry_run=true", unknown)
            #expect((made["changes"] as? [[String: Any]])?.first?["old"] is NSNull)
        }
    }

    @Test("the list of imports says who imported which file at which rate, newest first")
    func imports() async throws {
        try await Self.with { caller, ledger in
            _ = try await caller.send(.post, "/v1/prices/import", Self.file)
            try await ledger.advance(seconds: 1)
            _ = try await caller.send(.post, "/v1/prices/import?rate=0.92", Self.file)
            let first = try await caller.send(.get, "/v1/prices/imports?limit=1")
            #expect(first.data.map { $0["rate"] as? String } == ["0.92"])
            #expect(first.data.first?["author"] as? String == "ada")
            #expect(first.data.first?["checksum"] as? String == ContentHash(of: Array(Self.file.utf8)).hex)
            #expect(first.data.first?["created_at"] as? String == ledger.now.description)
            let second = try await caller.send(.get, "/v1/prices/imports?limit=1&after=\(try #require(first["next"] as? String))")
            #expect(second.data.map { $0["rate"] as? String } == ["1"])
            #expect(second["next"] is NSNull)
        }
    }

    @Test(
        "parameters that cannot be read are refused, and nothing is imported",
        arguments: [
            ("sha256=abc", "?sha256"), ("sha256=", "?sha256"), ("rate=0", "?rate"), ("rate=-1", "?rate"), ("rate=1e2", "?rate"), ("rate=", "?rate"),
            ("rate=1000001", "?rate"), ("dry_run=maybe", "?dry_run"), ("effective=2020-01-01T00:00:00Z", "?effective"),
            ("effective=2020-01-01T00:00:00Z&dry_run=true", "?effective"), ("sha1=x", "?sha1"),
        ])
    func badParameters(query: String, pointer: String) async throws {
        try await Self.with { caller, ledger in
            let answer = try await caller.send(.post, "/v1/prices/import?\(query)", Self.file)
            #expect(answer.status == 422 && answer.error.pointer == pointer)
            #expect(try ledger.count("prices") == 0)
        }
    }

    @Test("only an admin imports, a dry run included; a gateway may read", arguments: [APIKey.Role.gateway, .finance, .approver, .operator])
    func roles(role: APIKey.Role) async throws {
        try await Self.with(role: role) { (caller, _) async throws in
            #expect(try await caller.send(.post, "/v1/prices/import?dry_run=true", Self.file).status == 403)
            #expect(try await caller.send(.get, "/v1/prices/imports").status == 200)
            #expect(try await caller.send(.get, "/v1/prices").status == 200)
        }
    }
}
