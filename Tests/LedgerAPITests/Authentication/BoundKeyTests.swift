import Testing

@Suite("Keys that are bound to tags")
struct BoundKeyTests {
    /// Lends a server with a gateway key that is bound to a team and an agent.
    private static func with(_ body: (RunningServer, String) async throws -> Void) async throws {
        try await RunningServer.with(policy: SamplePolicy.teams) { server in
            let made = try await server.send("POST", "/v1/keys", #"{"role":"gateway","tags":{"team_id":"a"},"agent_id":"bot"}"#)
            #expect(made.status == 201)
            try await body(server, made.json.key.text)
        }
    }

    private static func call(_ tags: String) -> String { #"{"tags":\#(tags),"model":"gpt-5","estimate":{"cost":"1"}}"# }

    @Test("what it is bound to is filled in, and may be said as well")
    func fillsIn() async throws {
        try await Self.with { server, key in
            for tags in ["{}", #"{"team_id":"a"}"#, #"{"agent_id":"bot","user_id":"u"}"#] {
                let reply = try await server.reserve(Self.call(tags), key: key)
                #expect(reply.status == 201)
                #expect(reply.json.envelopes[1].key == .object(["team_id": "a"]))
                let stored = try await server.get("/v1/reservations/\(reply.json.id.text)").json.tags
                #expect(stored.team_id == "a" && stored.agent_id == "bot")
            }
            let usage = try await server.send(
                "POST", "/v1/usage", #"{"tags":{},"model":"gpt-5","cost":"1"}"#, key: key, headers: [("Idempotency-Key", "u")])
            #expect(usage.json.envelopes[1].key == .object(["team_id": "a"]))
        }
    }

    @Test("a call that says something else is forbidden, and holds nothing")
    func contradicts() async throws {
        try await Self.with { server, key in
            for tags in [#"{"team_id":"b"}"#, #"{"agent_id":"other"}"#, #"{"team_id":"A"}"#, #"{"team_id":"a "}"#] {
                #expect(try await server.reserve(Self.call(tags), key: key).problem == "403 forbidden", "\(tags)")
                let usage = try await server.send(
                    "POST", "/v1/usage", #"{"tags":\#(tags),"model":"gpt-5","cost":"1"}"#, key: key,
                    headers: [("Idempotency-Key", tags.filter { !$0.isWhitespace })])
                #expect(usage.problem == "403 forbidden", "\(tags)")
            }
            #expect(try server.ledger.number("SELECT coalesce(sum(held + spent), 0) FROM balances") == 0)
        }
    }

    @Test("it sees and settles only reservations that carry its tags")
    func seesItsOwn() async throws {
        try await Self.with { server, key in
            let mine = try await server.reserve(Self.call("{}"), key: key).json.id.text
            let others = try await server.hold("1", tags: #"{"team_id":"b","agent_id":"bot"}"#)
            let half = try await server.hold("1", tags: #"{"team_id":"a"}"#)
            #expect(try await server.send("GET", "/v1/reservations/\(mine)", key: key).status == 200)
            for other in [others, half] {
                #expect(try await server.send("GET", "/v1/reservations/\(other)", key: key).problem == "404 not-found")
                #expect(try await server.send("POST", "/v1/reservations/\(other)/commit", #"{"cost":"1"}"#, key: key).problem == "404 not-found")
                #expect(try await server.send("POST", "/v1/reservations/\(other)/release", key: key).problem == "404 not-found")
                #expect(try await server.send("POST", "/v1/reservations/\(other)/extend", #"{"ttl_seconds":5}"#, key: key).problem == "404 not-found")
            }
            func listed(_ query: String) async throws -> [String] {
                try await server.send("GET", "/v1/reservations\(query)", key: key).json.data.elements.map(\.id.text)
            }
            #expect(try await listed("") == [mine])
            #expect(try await listed("?state=open&team_id=a") == [mine])
            #expect(try await listed("?team_id=b") == [])
            #expect(try await server.get("/v1/reservations").json.data.elements.count == 3)
            #expect(try await server.send("POST", "/v1/reservations/\(mine)/commit", #"{"cost":"1"}"#, key: key).status == 200)
        }
    }

    @Test("keys are listed without their secrets")
    func listed() async throws {
        try await Self.with { server, key in
            let list = try await server.get("/v1/keys")
            #expect(!list.text.contains(key) && !list.text.contains("digest"))
            let bound = try #require(list.json.data.elements.first)
            #expect(bound.tags == .object(["team_id": "a"]) && bound.agent_id == "bot" && bound.role == "gateway" && bound.revoked_at == nil)
            #expect(bound.names == ["id", "role", "tags", "agent_id", "name", "created_at", "revoked_at"])
            #expect(try await server.get("/v1/keys/\(bound.id.text)").json == bound)
        }
    }
}
