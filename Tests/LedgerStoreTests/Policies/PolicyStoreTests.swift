import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Policy versions")
struct PolicyStoreTests {
    @Test("versions count up, never change, and the newest is in force")
    func versions() async throws {
        try await TestLedger.with { ledger in
            let id = ledger.organisation.id
            #expect(try await ledger.store.policies.current(of: id) == nil)
            #expect(try await ledger.state().policy.version == 0)
            for limit in 1...5 {
                let version = try await ledger.store.policies.apply(
                    [PolicyFile(text: SamplePolicy.total("\(limit)"))], author: "a\(limit)", message: "m\(limit)", organisation: id
                ).version
                #expect(version == Int64(limit))
            }
            let current = try #require(try await ledger.store.policies.current(of: id))
            #expect(current.version == 5 && current.author == "a5" && current.message == "m5" && current.source == SamplePolicy.total("5"))
            #expect(current.checksum == Digest.hex(Digest.sha256(Array(SamplePolicy.total("5").utf8))))
            #expect(try await ledger.store.policies.find(2, of: id)?.source == SamplePolicy.total("2"))
            #expect(try await ledger.store.policies.find(6, of: id) == nil)
            let page = try await ledger.store.policies.list(of: id, before: nil, limit: 2)
            #expect(page.map(\.version) == [5, 4])
            #expect(page.allSatisfy { $0.source.isEmpty })
            #expect(try await ledger.store.policies.list(of: id, before: 4, limit: 10).map(\.version) == [3, 2, 1])
            #expect(try await ledger.state().policy.version == 5)
        }
    }

    @Test("a policy with a mistake is not stored")
    func mistake() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1")) { (ledger) async throws in
            await #expect(throws: PolicyError.self) { try await ledger.apply("envelopes: [{}]") }
            #expect(try await ledger.state().policy.version == 1)
        }
    }

    @Test("the same text is applied once where only changes are asked for")
    func unchanged() async throws {
        try await TestLedger.with { (ledger) async throws in
            func apply(_ source: String) async throws -> Int64? {
                try await ledger.store.policies.applyIfChanged(
                    [PolicyFile(text: source)], author: "start", message: "", organisation: ledger.organisation.id)?.version
            }
            #expect(try await apply(SamplePolicy.total("1")) == 1)
            #expect(try await apply(SamplePolicy.total("1")) == nil)
            #expect(try await apply(SamplePolicy.total("2")) == 2)
            #expect(try await apply(SamplePolicy.total("1")) == 3)
        }
    }

    @Test("two replicas that start at once apply the same text once")
    func unchangedAtOnce() async throws {
        try await TestLedger.with { (ledger) async throws in
            let (policies, organisation) = (ledger.store.policies, ledger.organisation.id)
            @Sendable func apply() async throws -> Int64? {
                try await policies.applyIfChanged(
                    [PolicyFile(text: SamplePolicy.total("1"))], author: "start", message: "", organisation: organisation)?.version
            }
            let versions = try await withThrowingTaskGroup(of: Int64?.self) { tasks in
                try await ledger.whileBlocked {
                    for _ in 0..<2 { tasks.addTask { try await apply() } }
                    guard try await eventually({ try ledger.blockedSessions() == 2 }) else { throw TestFailure("they do not wait") }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(versions.compactMap(\.self) == [1])
            #expect(try ledger.count("policy_versions") == 1)
            #expect(try await ledger.apply(SamplePolicy.total("2")) == 2, "the refused attempt leaves no gap")
        }
    }

    @Test("many who apply at once get a version each")
    func atOnce() async throws {
        try await TestLedger.with { ledger in
            let versions = try await withThrowingTaskGroup(of: Int64.self) { tasks in
                for limit in 1...12 { tasks.addTask { try await ledger.apply(SamplePolicy.total("\(limit)")) } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(versions.sorted() == Array(1...12))
        }
    }

    @Test("a stored version that this release cannot read stops its organisation with an error, and no other")
    func unreadable() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1"), isTampered: true) { (ledger) async throws in
            try ledger.database.run("UPDATE policy_versions SET source = 'envelopes: [{}]'; UPDATE org_epochs SET policy = policy + 1")
            let error = await #expect(throws: StoreError.self) { try await ledger.reserve("1") }
            #expect(error?.code == .corrupt)
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            let state = try #require(try await ledger.store.organisations.current("other"))
            let key = try await ledger.store.keys.create(role: .gateway, tags: Tags(), agentID: nil, name: nil, organisation: other).key
            #expect(try await ledger.store.lanes.submit(.reserve(ledger.call("1", key: key)), state: state).name == "admitted")
        }
    }

    @Test("an organisation that cannot be read does not keep the holds of the others from expiring")
    func unreadableNeighbour() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10"), isTampered: true) { (ledger) async throws in
            _ = try await ledger.hold("1", ttlSeconds: 10)
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            let key = try await ledger.store.keys.create(role: .gateway, tags: Tags(), agentID: nil, name: nil, organisation: other).key
            let state = try #require(try await ledger.store.organisations.current("other"))
            let call = LedgerStore.Operation.reserve(ledger.call("1", key: key, ttlSeconds: 10))
            #expect(try await ledger.store.lanes.submit(call, state: state).name == "admitted")
            try ledger.database.run(
                "UPDATE policy_versions SET source = 'envelopes: [{}]'; UPDATE org_epochs SET policy = policy + 1 WHERE org_id = '\(ledger.organisation.id)'"
            )
            try await ledger.advance(seconds: 10)
            _ = try? await ledger.store.holds.expireDue()
            let open = try ledger.number("SELECT count(*) FROM open_reservations WHERE org_id = '\(other.id)'")
            #expect(open == 0)
        }
    }
}
