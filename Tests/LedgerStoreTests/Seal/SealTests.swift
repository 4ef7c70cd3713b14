import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("The seal: a chain over everything that the ledger wrote")
struct SealTests {
    static let policy = """
        envelopes:
          - { name: total, meter: cost, limit: "100", plan: [{ at: 50, do: alert }, { at: 100, do: refuse }] }
          - { name: gate, meter: cost, match: { team_id: gated }, per: [run_id], limit: "1", window: { every: run },
              plan: [{ at: 100, do: require_approval }] }
        """

    /// Something of everything that is sealed.
    static func story(_ ledger: TestLedger) async throws {
        _ = try await ledger.importPrices(#"{"gpt-5": {"input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05}}"#)
        let held = try await ledger.hold("30", ["team_id": "ä \"quoted\"\tand\u{1}more"])
        _ = try await ledger.commit(held, "29.5")
        let released = try await ledger.hold("3")
        _ = try await ledger.settle(released, .release(reason: "not needed"))
        _ = try await ledger.commit(released, "0.5")
        _ = try await ledger.charge("25", ["team_id": "b"])
        _ = try await ledger.reserve("1000")
        _ = try await ledger.reserve("2", ["team_id": "gated", "run_id": "r1"])
        try await ledger.advance(seconds: 90)
        _ = try await ledger.hold("0.25")
    }

    static func seal(_ ledger: TestLedger) async throws -> SealHead {
        _ = try await ledger.store.feed.publish()
        try await ledger.store.sealer.sealDue(isComplete: true)
        return try await ledger.store.seals.head(of: ledger.organisation.id)
    }

    /// What is found while a change is made that is taken back afterwards.
    private static func findings(_ sql: String, _ ledger: TestLedger) throws -> [String] {
        let owner = try ledger.database.owner()
        defer { owner.close() }
        try owner.run("BEGIN; \(sql)")
        let found = try Verifier.verify(ledger.organisation.id, in: owner).findings.map(\.description)
        try owner.run("ROLLBACK")
        return found
    }

    @Test("every fact is in the chain once, positions have no gap, and sealing again adds nothing")
    func complete() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await Self.story(ledger)
            let head = try await Self.seal(ledger)
            #expect(try ledger.number("SELECT count(*) FROM seals") == head.position)
            #expect(try ledger.number("SELECT max(position) FROM seals") == head.position)
            #expect(try ledger.count("unsealed_batches") == 0)
            #expect(try ledger.number("SELECT count(*) FROM seals WHERE source = 'batches'") == ledger.count("batches"))
            for table in ["events", "policy_versions", "prices", "price_imports", "approvals"] {
                let count = try ledger.count(table)
                #expect(count > 0, "\(table)")
                #expect(try ledger.number("SELECT count(*) FROM seals WHERE source = '\(table)'") == count, "\(table)")
            }
            #expect(try await Self.seal(ledger) == head)
            let session = try ledger.database.service()
            defer { session.close() }
            let report = try Verifier.verify(ledger.organisation.id, in: session)
            #expect(report.head == head)
            #expect(Int64(report.seals) == head.position)
        }
    }

    @Test("two replicas seal at once: no entry twice, no gap, and one chain")
    func replicas() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await RunningStore.with(ledger.database, RunningStore.testClock, log: ledger.log) { other in
                for round in 0..<8 {
                    for _ in 0..<20 { _ = try await ledger.charge("0.01", ["team_id": "t\(round)"]) }
                    async let one = ledger.store.sealer.sealDue(isComplete: true)
                    async let two = other.sealer.sealDue(isComplete: true)
                    _ = try await (one, two)
                }
                let head = try await Self.seal(ledger)
                #expect(try ledger.number("SELECT count(*) FROM seals") == head.position)
                #expect(try ledger.number("SELECT count(DISTINCT (source, key)) FROM seals") == head.position)
                #expect(try ledger.number("SELECT count(*) FROM seals WHERE source = 'batches'") == ledger.count("batches"))
            }
        }
    }

    @Test("one old row that is changed, deleted or added is found and named, with its batch and seal")
    func tampering() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await Self.story(ledger)
            _ = try await Self.seal(ledger)
            // Facts that no batch names count as old an hour after the last look.
            try await ledger.advance(seconds: 7_300)
            _ = try await Self.seal(ledger)
            for (sql, parts) in Self.tamperings {
                let found = try Self.findings(sql, ledger)
                #expect(found.contains { text in parts.allSatisfy { text.contains($0) } }, "\(sql): \(found)")
            }
            #expect(try ledger.findings() == [])
        }
    }

    private static let copy = "CREATE TEMP TABLE x AS SELECT * FROM"

    private static let tamperings: [(String, [String])] = [
        ("UPDATE settlements SET latency_ms = 7 WHERE kind = 'late'", ["settlements", "(late)", "was changed", "batch", "seal"]),
        ("UPDATE settlements SET tags = tags || '{\"team_id\": \"c\"}' WHERE kind = 'direct'", ["settlements", "(direct)", "was changed"]),
        ("UPDATE reservations SET reason = 'x' WHERE cost = 30000000000", ["reservations", "was changed"]),
        ("UPDATE reservations SET tags = '{}' WHERE cost = 30000000000", ["reservations", "was changed"]),
        ("DELETE FROM refusals WHERE cost = 1000000000000", ["refusals", "is gone", "batch"]),
        ("UPDATE refusals SET problem = 'other' WHERE cost = 1000000000000", ["refusals", "was changed"]),
        ("UPDATE batches SET policy_version = 9 WHERE cardinality(refused) > 0", ["batches", "was changed"]),
        ("UPDATE batches SET refused = '{}' WHERE cardinality(refused) > 0", ["batches", "was changed"]),
        ("DELETE FROM batches WHERE cardinality(refused) > 0", ["batches", "is gone"]),
        ("UPDATE policy_versions SET source = source || ' '", ["policy_versions", "was changed", "seal"]),
        ("UPDATE policy_versions SET author = 'another'", ["policy_versions", "was changed"]),
        ("UPDATE prices SET input = input + 1", ["prices", "was changed"]),
        ("UPDATE price_imports SET author = 'another'", ["price_imports", "was changed"]),
        ("UPDATE approvals SET requested = 1", ["approvals", "was changed"]),
        ("UPDATE events SET data = data || '{\"reason\": \"x\"}' WHERE kind = 'alert'", ["events", "was changed"]),
        ("DELETE FROM events WHERE kind = 'alert'", ["events", "is gone"]),
        (
            "\(copy) refusals LIMIT 1; UPDATE x SET id = '01890000-0000-7000-8000-000000000001'; INSERT INTO refusals SELECT * FROM x",
            ["refusals 01890000-0000-7000-8000-000000000001", "added later"]
        ),
        (
            "\(copy) settlements WHERE kind = 'direct'; UPDATE x SET opened_at = opened_at + interval '1 second'; INSERT INTO settlements SELECT * FROM x",
            ["settlements", "(direct)", "added later"]
        ),
        (
            "\(copy) policy_versions; UPDATE x SET version = 77; INSERT INTO policy_versions SELECT * FROM x",
            ["policy_versions", "is in no seal", "added later"]
        ),
        ("\(copy) prices; UPDATE x SET model = 'gpt-6'; INSERT INTO prices SELECT * FROM x", ["prices", "is in no seal"]),
        ("UPDATE seals SET digest = decode(repeat('00', 32), 'hex') WHERE position = 2", ["seal 2", "does not follow"]),
        ("UPDATE seals SET chain = decode(repeat('00', 32), 'hex') WHERE position = 2", ["seal 2", "does not follow"]),
        ("UPDATE seals SET sealed_at = sealed_at - interval '1 day' WHERE position = 2", ["seal 2", "does not follow"]),
        ("DELETE FROM seals WHERE position = 3", ["seal 3", "is gone"]),
        ("DELETE FROM seals WHERE position > 4", ["seal 5", "is gone"]),
        ("UPDATE seal_heads SET position = position - 1", ["the chain of seals", "would go on"]),
        ("DELETE FROM seal_heads", ["the chain of seals", "no end"]),
    ]

    @Test("a fact that is gone before its batch was sealed stops the seal of its organisation, and is named")
    func goneBefore() async throws {
        try await TestLedger.with(policy: Self.policy, isTampered: true) { ledger in
            try await Self.story(ledger)
            let stranger = try await TestLedger.makeOrganisation("other", store: ledger.store)
            _ = try await ledger.store.policies.apply(
                [PolicyFile(text: "envelopes: []")], author: "test", message: "", organisation: stranger.id)
            try ledger.database.run("DELETE FROM refusals WHERE cost = 1000000000000")
            let error = await #expect(throws: StoreError.self) { try await ledger.store.sealer.sealDue(isComplete: true) }
            #expect(error?.code == .corrupt && error?.detail.contains("refusals") == true, "\(String(describing: error))")
            #expect(try await ledger.store.seals.head(of: stranger.id).position > 0, "others do not wait")
        }
    }

    @Test("facts of a month that was detached are vouched for by the chain, and the others are still checked")
    func detached() async throws {
        try await TestLedger.with(policy: Self.policy, isTampered: true) { ledger in
            try await Self.story(ledger)
            try await ledger.store.partitions.create(from: ledger.now, monthsAhead: 3)
            try await ledger.advance(seconds: 40 * 86_400)
            _ = try await ledger.charge("0.5")
            _ = try await Self.seal(ledger)
            func found() throws -> [String] {
                try ledger.findings().filter { $0.contains("seal") }
            }
            #expect(try found() == [])
            for table in ["reservations", "settlements", "refusals", "batches"] {
                try ledger.database.run("ALTER TABLE \(table) DETACH PARTITION \(table)_2026_11")
            }
            #expect(try found() == [])
            try ledger.database.run("UPDATE settlements SET latency_ms = 7 WHERE cost = 500000000")
            #expect(try found().count == 1)
        }
    }
}
