import AsyncHTTPClient
import LedgerAPI
import LedgerStore
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport

/// A server on a port of its own, in front of a ledger of its own.
struct RunningServer: Sendable {
    let ledger: TestLedger
    let port: Int
    /// A key of each role, of the organisation `default`.
    let keys: [APIKey.Role: String]

    private static let requests = Atomic(0)

    /// Lends a server.
    static func with<R>(
        policy: String? = nil, prices: String? = nil, options: Store.Options = RunningStore.testClock, isTampered: Bool = false,
        _ body: (RunningServer) async throws -> R
    ) async throws -> R {
        try await TestLedger.with(policy: policy, prices: prices, options: options, isTampered: isTampered) { ledger in
            let (ports, report) = AsyncStream<Int>.makeStream()
            let service = try APIServer.make(
                store: ledger.store, options: APIServer.Options(port: 0), logger: ledger.log.logger,
                runDueJobs: { while try await ledger.store.holds.expireDue().mayBeMore {} },
                onReady: { port in report.yield(port) })
            return try await RunningStore.running(service, log: ledger.log) {
                guard let port = await ports.first(where: { _ in true }) else { throw TestFailure("the server does not start") }
                var keys: [APIKey.Role: String] = [:]
                for role in APIKey.Role.allCases {
                    keys[role] = try await ledger.store.keys.create(
                        role: role, tags: .init(), agentID: nil, name: nil, organisation: ledger.organisation
                    ).text
                }
                return try await body(RunningServer(ledger: ledger, port: port, keys: keys))
            }
        }
    }

    /// Sends a request with the key of a role, or with a key of its own; JSON unless `type` says otherwise.
    func send(
        _ method: String, _ path: String, _ body: String? = nil, as role: APIKey.Role? = .admin, key: String? = nil,
        type: String? = "application/json",
        headers: [(String, String)] = []
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = HTTPMethod(rawValue: method)
        if let key = key ?? role.flatMap({ keys[$0] }) { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        if let body {
            request.body = .bytes(ByteBuffer(string: body))
            if let type { request.headers.add(name: "Content-Type", value: type) }
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Reply(status: Int(response.status.code), headers: response.headers, bytes: Array(buffer: bytes))
    }

    func get(_ path: String, as role: APIKey.Role = .admin) async throws -> Reply { try await send("GET", path, as: role) }

    /// Reserves, under a new idempotency key unless one is given.
    func reserve(_ body: String, key: String? = nil, idempotency: String? = nil) async throws -> Reply {
        let token = idempotency ?? "request-\(Self.requests.add(1, ordering: .relaxed).newValue)"
        return try await send("POST", "/v1/reservations", body, as: .gateway, key: key, headers: [("Idempotency-Key", token)])
    }

    /// Opens a hold of so much that must be admitted; its id.
    func hold(_ cost: String, tags: String = "{}") async throws -> String {
        let reply = try await reserve(#"{"tags":\#(tags),"model":"gpt-5","estimate":{"cost":"\#(cost)"}}"#)
        guard reply.status == 201 else { throw TestFailure("not admitted: \(reply)") }
        return reply.json.id.text
    }
}
