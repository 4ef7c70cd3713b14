import LedgerStore
import Testing

@Suite("Who may do what")
struct RoleTests {
    /// A request that changes nothing, whoever sends it: its body is of no type that any operation takes.
    private static func send(_ operation: Described, to server: RunningServer, as role: APIKey.Role?, key: String? = nil) async throws -> Reply {
        let path = operation.path.replacing("{id}", with: "01a1fd8c-6900-752e-8269-e0d3f2a74de4").replacing("{name}", with: "nobody")
            .replacing("{version}", with: "9")
        return try await server.send(
            operation.method, path, operation.takesBody ? "x" : nil, as: role, key: key, type: "text/plain", headers: [("Idempotency-Key", "roles")])
    }

    @Test("each operation is for the roles that its description names, and for no other")
    func matrix() async throws {
        let operations = try Described.operations()
        try await RunningServer.with { server in
            for operation in operations {
                for role in APIKey.Role.allCases {
                    let reply = try await Self.send(operation, to: server, as: role)
                    let isAllowed = operation.roles?.contains(role.rawValue) ?? true
                    #expect((reply.status == 403) == !isAllowed, "\(operation.testDescription) as \(role): \(reply)")
                    #expect(
                        operation.statuses.contains(reply.status),
                        "\(operation.testDescription) as \(role) answers \(reply.status), which is not described")
                    #expect(reply.status != 401 && reply.status < 500)
                }
            }
        }
    }

    @Test("each operation but health and the description needs a key")
    func keyless() async throws {
        let operations = try Described.operations()
        try await RunningServer.with { server in
            for operation in operations {
                let reply = try await Self.send(operation, to: server, as: nil)
                guard operation.roles != nil else {
                    #expect(reply.status == 200, "\(operation.testDescription)")
                    continue
                }
                #expect(reply.problem == "401 unauthorized", "\(operation.testDescription)")
                #expect(reply.headers.first(name: "WWW-Authenticate") == "Bearer")
            }
        }
    }

    @Test("organisations are looked after from the organisation 'default' only")
    func installation() async throws {
        try await RunningServer.with { server in
            let made = try await server.send("POST", "/v1/orgs", #"{"name":"acme","currency":"EUR"}"#, as: .operator)
            #expect(made.status == 201)
            let admin = made.json.admin_key.text
            for (method, path, body) in [
                ("GET", "/v1/orgs", nil), ("GET", "/v1/orgs/acme", nil), ("POST", "/v1/orgs", #"{"name":"x","currency":"EUR"}"#),
                ("PATCH", "/v1/orgs/acme", #"{"state":"closed"}"#),
            ] {
                #expect(try await server.send(method, path, body, key: admin).problem == "403 forbidden", "\(method) \(path)")
            }
            #expect(try await server.send("GET", "/v1/keys", key: admin).status == 200)
        }
    }

    @Test("what is no key of an active organisation is not authenticated")
    func badKeys() async throws {
        try await RunningServer.with { server in
            let good = try #require(server.keys[.admin])
            for header in [
                "", "Bearer", "Bearer ", "Basic \(good)", good, "Bearer \(good)x", "Bearer \(good.dropLast())", "Bearer  \(good)",
                "Bearer pk_default_", "Bearer pk_nobody_\(good.dropFirst(11))",
                "Bearer \(good.uppercased())", "Bearer pk_default_\(String(repeating: "x", count: 100_00))",
            ] {
                let reply = try await server.send("GET", "/v1/keys", as: nil, headers: [("Authorization", header)])
                #expect(reply.problem == "401 unauthorized", "\(header)")
                let reserve = try await server.send(
                    "POST", "/v1/reservations", #"{"tags":{},"model":"m","estimate":{"cost":"1"}}"#, as: nil,
                    headers: [("Authorization", header), ("Idempotency-Key", "k")])
                #expect(reserve.problem == "401 unauthorized", "\(header)")
            }
            for scheme in ["Bearer", "bearer", "BEARER"] {
                #expect(
                    try await server.send("GET", "/v1/keys", as: nil, headers: [("Authorization", "\(scheme) \(good)")]).status == 200, "\(scheme)")
            }
        }
    }

    @Test("a revoked key and the keys of a closed organisation are refused at once, on reads and on the hot path")
    func revoked() async throws {
        try await RunningServer.with { server in
            let made = try await server.send("POST", "/v1/keys", #"{"role":"gateway","name":"g"}"#)
            let (id, key) = (made.json.id.text, made.json.key.text)
            let call = #"{"tags":{},"model":"m","estimate":{"cost":"1"}}"#
            #expect(try await server.reserve(call, key: key).status == 201)
            #expect(try await server.send("DELETE", "/v1/keys/\(id)").status == 204)
            #expect(try await server.reserve(call, key: key).problem == "401 unauthorized")
            #expect(try await server.send("GET", "/v1/reservations", key: key).problem == "401 unauthorized")

            let admin = try await server.send("POST", "/v1/orgs", #"{"name":"acme","currency":"EUR"}"#).json.admin_key.text
            #expect(try await server.reserve(call, key: admin).status == 201)
            #expect(try await server.send("PATCH", "/v1/orgs/acme", #"{"state":"closed"}"#).json.state == "closed")
            #expect(try await server.reserve(call, key: admin).problem == "401 unauthorized")
            #expect(try await server.send("GET", "/v1/keys", key: admin).problem == "401 unauthorized")
            #expect(try await server.send("PATCH", "/v1/orgs/acme", #"{"state":"active"}"#).json.state == "active")
            #expect(try await server.reserve(call, key: admin).status == 201)
            #expect(try await server.send("PATCH", "/v1/orgs/default", #"{"state":"closed"}"#).problem == "409 conflict")
        }
    }
}
