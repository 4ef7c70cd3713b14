import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("API keys")
struct KeyTests {
    @Test("the text of a key names its organisation")
    func text() throws {
        let generated = KeyText.generate(organisation: "acme-1")
        let key = try #require(KeyText(generated))
        #expect(key.organisation == "acme-1")
        #expect(generated.hasPrefix("pk_acme-1_"))
        #expect(generated.utf8.count == "pk_acme-1_".utf8.count + 32)
        #expect(KeyText.generate(organisation: "acme-1") != generated)
        #expect(key.digest == Digest.sha256(Array(generated.utf8)))
        // A secret may have underscores of its own.
        #expect(KeyText("pk_acme_a_b_c")?.organisation == "acme")
    }

    @Test(
        "other texts are no keys",
        arguments: [
            "", "pk", "pk_", "pk__secret", "pk_acme", "pk_acme_", "pk_Acme_secret", "pk_-acme_secret", "PK_acme_secret", "sk_acme_secret",
            " pk_acme_secret",
            "pk_acme_sec ret", "pk_acme_secret\n", "pk_acme_sécret", "pk_acme_\u{7F}", "pk_acme_" + String(repeating: "x", count: 257),
            "pk_" + String(repeating: "a", count: 40) + "_secret",
        ])
    func notKeys(text: String) {
        #expect(KeyText(text) == nil)
    }

    @Test("a ring finds active keys by their digest, and forgets revoked ones")
    func ring() {
        func key(_ number: UInt64, revoked: Bool = false) -> APIKey {
            APIKey(
                id: Identifier(high: 1, low: number), role: .gateway, tags: Tags(), agentID: nil, name: nil, createdAt: Timestamp(seconds: 0),
                revokedAt: revoked ? Timestamp(seconds: 1) : nil)
        }
        // Two digests that begin alike share a place.
        let (one, two) = ([UInt8](repeating: 7, count: 32), [UInt8](repeating: 7, count: 31) + [8])
        var ring = KeyRing()
        ring.update(key(1), digest: one)
        ring.update(key(2), digest: two)
        #expect(ring.key(digest: one)?.id == key(1).id && ring.key(digest: two)?.id == key(2).id)
        #expect(ring.key(id: key(2).id) != nil && ring.key(id: key(3).id) == nil)
        #expect(ring.key(digest: Array(one.prefix(8))) == nil && ring.key(digest: []) == nil)
        ring.update(key(1, revoked: true), digest: one)
        ring.update(key(1, revoked: true), digest: one)
        #expect(ring.key(digest: one) == nil && ring.key(id: key(1).id) == nil)
        #expect(ring.key(digest: two)?.id == key(2).id)
    }

    @Test("bound tags are filled in and cannot be contradicted; the agent is one of them")
    func binding() {
        let key = APIKey(
            id: .none, role: .gateway, tags: TestLedger.tags(["team_id": "support", "env": "x"]), agentID: "triage", name: nil,
            createdAt: Timestamp(seconds: 0), revokedAt: nil)
        #expect(key.complete(Tags()) == TestLedger.tags(["team_id": "support", "env": "x", "agent_id": "triage"]))
        #expect(
            key.complete(TestLedger.tags(["team_id": "support", "user_id": "u"]))
                == TestLedger.tags([
                    "team_id": "support", "env": "x", "agent_id": "triage", "user_id": "u",
                ]))
        for (name, value) in [("team_id", "sales"), ("agent_id", "other"), ("env", "")] {
            #expect(key.complete(TestLedger.tags([name: value])) == nil)
            #expect(key.contradiction(in: TestLedger.tags([name: value])) == name)
        }
        #expect(key.contradiction(in: TestLedger.tags(["other": "x"])) == nil)
    }

    @Test("keys are kept as digests only, listed newest first, and found")
    func store() async throws {
        try await TestLedger.with { ledger in
            let organisation = ledger.organisation
            let made = try await ledger.store.keys.create(
                role: .finance, tags: TestLedger.tags(["team_id": "a"]), agentID: "bot", name: "reports", organisation: organisation)
            #expect(
                try ledger.number("SELECT count(*) FROM api_keys WHERE encode(digest, 'hex') = '\(Digest.hex(Digest.sha256(Array(made.text.utf8))))'")
                    == 1)
            let found = try #require(try await ledger.store.keys.find(made.key.id, of: organisation.id))
            #expect(found == made.key)
            #expect(found.tags["team_id"] == "a" && found.agentID == "bot" && found.name == "reports" && found.role == .finance)
            #expect(try await ledger.store.keys.find(.fresh(at: ledger.now), of: organisation.id) == nil)
            var listed: [Identifier] = []
            while let next = try await ledger.store.keys.list(of: organisation.id, after: listed.last, limit: 1).first { listed.append(next.id) }
            #expect(listed.count == 3 && listed == listed.sorted(by: >) && listed.contains(made.key.id))
            #expect(try await ledger.state().keys.key(digest: Digest.sha256(Array(made.text.utf8)))?.id == made.key.id)
        }
    }

    @Test("revoking again changes nothing; unknown keys are not found; the last admin key stays")
    func revoke() async throws {
        try await TestLedger.with { ledger in
            let id = ledger.organisation.id
            func revoke(_ key: Identifier) async throws -> String { "\(try await ledger.store.keys.revoke(key, of: id))" }
            #expect(try await revoke(ledger.gateway.id) == "revoked")
            let revokedAt = try #require(try await ledger.store.keys.find(ledger.gateway.id, of: id)?.revokedAt)
            try await ledger.advance(seconds: 5)
            #expect(try await revoke(ledger.gateway.id) == "revoked")
            #expect(try await ledger.store.keys.find(ledger.gateway.id, of: id)?.revokedAt == revokedAt)
            #expect(try await revoke(.fresh(at: ledger.now)) == "notFound")
            let admin = try #require(try await ledger.store.keys.list(of: id, after: nil, limit: 10).first { $0.role == .admin })
            #expect(try await revoke(admin.id) == "lastAdmin")
            let second = try await ledger.store.keys.create(role: .admin, tags: Tags(), agentID: nil, name: nil, organisation: ledger.organisation)
                .key
            #expect(try await revoke(admin.id) == "revoked")
            #expect(try await revoke(second.id) == "lastAdmin")
            #expect(try await revoke(admin.id) == "revoked")
        }
    }

    @Test("two admins who revoke each other at once leave one")
    func revokeEachOther() async throws {
        try await TestLedger.with { ledger in
            for _ in 0..<5 {
                let admins = try await ledger.store.keys.list(of: ledger.organisation.id, after: nil, limit: 50).filter {
                    $0.role == .admin && $0.revokedAt == nil
                }
                let one = try #require(admins.first).id
                let two = try await ledger.store.keys.create(role: .admin, tags: Tags(), agentID: nil, name: nil, organisation: ledger.organisation)
                    .key.id
                async let first = ledger.store.keys.revoke(one, of: ledger.organisation.id)
                async let second = ledger.store.keys.revoke(two, of: ledger.organisation.id)
                let outcomes = ["\(try await first)", "\(try await second)"].sorted()
                #expect(outcomes == ["lastAdmin", "revoked"])
            }
        }
    }

    @Test("a chosen admin key is made once, and stays revoked once it was")
    func ensureAdmin() async throws {
        try await TestLedger.with { ledger in
            let text = try #require(KeyText("pk_default_" + String(repeating: "s", count: 32)))
            #expect(try await ledger.store.keys.ensureAdmin(text, organisation: ledger.organisation))
            #expect(try await ledger.store.keys.ensureAdmin(text, organisation: ledger.organisation))
            #expect(try ledger.number("SELECT count(*) FROM api_keys WHERE name = 'set at start'") == 1)
            let key = try #require(try await ledger.state().keys.key(digest: text.digest))
            #expect(key.role == .admin)
            _ = try await ledger.store.keys.revoke(key.id, of: ledger.organisation.id)
            #expect(try await !ledger.store.keys.ensureAdmin(text, organisation: ledger.organisation))
        }
    }

    @Test("two replicas that start at once with the same chosen key both start")
    func ensureAdminAtOnce() async throws {
        try await TestLedger.with { ledger in
            let text = try #require(KeyText("pk_default_" + String(repeating: "t", count: 32)))
            // The second one's insert comes after the first one's, which it did not see: as if both had looked at once.
            let digests = (0..<2).map { _ in text }
            let results = await withTaskGroup(of: Bool.self) { tasks in
                for text in digests + digests {
                    tasks.addTask { (try? await ledger.store.keys.ensureAdmin(text, organisation: ledger.organisation)) ?? false }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(results == [true, true, true, true])
        }
    }
}
