import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Verification")
struct VerifierTests {
    private struct Tampering: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let sql: String
        /// What the finding says.
        let finding: String

        init(_ description: String, _ sql: String, finds finding: String) {
            testDescription = description
            self.sql = sql
            self.finding = finding
        }
    }

    private static let balance = "WHERE envelope = 'total'"
    private static let open = "(SELECT id FROM open_reservations LIMIT 1)"
    private static let committed = "(SELECT reservation_id FROM settlements WHERE kind = 'end' AND state = 'committed' LIMIT 1)"
    private static let released = "(SELECT reservation_id FROM settlements WHERE kind = 'late' LIMIT 1)"

    private static let tamperings = [
        Tampering("more held", "UPDATE balances SET held = held + 1 \(balance)", finds: "facts add up to"),
        Tampering("less spent", "UPDATE balances SET spent = spent - 1 \(balance)", finds: "facts add up to"),
        Tampering("moved from held to spent", "UPDATE balances SET held = held - 1, spent = spent + 1 \(balance)", finds: "facts add up to"),
        Tampering("a version ahead", "UPDATE balances SET version = version + 1 \(balance)", finds: "is at version"),
        Tampering("a version behind", "UPDATE balances SET version = version - 1 \(balance)", finds: "add up to"),
        Tampering(
            "set back to nothing", "UPDATE balances SET version = 0, held = 0, spent = 0 \(balance)", finds: "do not follow from one another"),
        Tampering("a hold's amount", "UPDATE reservations SET amounts[1] = amounts[1] + 1 WHERE id = \(open)", finds: "facts add up to"),
        Tampering(
            "a settled hold's amount", "UPDATE reservations SET amounts[1] = amounts[1] + 1 WHERE id = \(committed)",
            finds: "did not give back what it held"),
        Tampering(
            "what a hold left behind", "UPDATE reservations SET held[1] = held[1] + 1 WHERE id = \(committed)",
            finds: "do not follow from one another"),
        Tampering("a charge", "UPDATE settlements SET charges[1] = charges[1] - 1 WHERE reservation_id = \(committed)", finds: "facts add up to"),
        Tampering(
            "two charges that cancel out",
            "UPDATE settlements SET charges[1] = charges[1] + CASE kind WHEN 'late' THEN 1 ELSE -1 END WHERE kind IN ('late', 'direct')",
            finds: "do not follow from one another"),
        Tampering(
            "a charge that is neither in the sum nor in the chain",
            "UPDATE settlements SET charges[1] = charges[1] + 1, spent[1] = spent[1] + 1 WHERE kind = 'direct'",
            finds: "facts add up to"),
        Tampering("a direct charge is gone", "DELETE FROM settlements WHERE kind = 'direct'", finds: "is at version"),
        Tampering("an end is gone", "DELETE FROM settlements WHERE reservation_id = \(committed)", finds: "has neither ended nor is it open"),
        Tampering("a hold is gone", "DELETE FROM reservations WHERE id = \(committed)", finds: "is at version"),
        Tampering("an open hold is gone", "DELETE FROM reservations WHERE id = \(open)", finds: "is open but was never reserved"),
        Tampering(
            "a stray open hold", "INSERT INTO open_reservations SELECT org_id, gen_random_uuid(), now() FROM orgs WHERE name = 'default'",
            finds: "is open but was never reserved"),
        Tampering(
            "an open hold's amount", "UPDATE open_reservations SET cost = cost + 1 WHERE id = \(open)",
            finds: "is open with another amount than it holds"),
        Tampering("an open hold is forgotten", "DELETE FROM open_reservations WHERE id = \(open)", finds: "has neither ended nor is it open"),
        Tampering(
            "a hold that ended is open again",
            "INSERT INTO open_reservations SELECT org_id, reservation_id, now() FROM settlements WHERE kind = 'end' LIMIT 1",
            finds: "has ended and is open"),
        Tampering(
            "a late charge beside a commit", "UPDATE settlements SET state = 'committed' WHERE kind = 'end' AND reservation_id = \(released)",
            finds: "has a late charge that it must not have"),
        Tampering(
            "a late charge without an end", "DELETE FROM settlements WHERE kind = 'end' AND reservation_id = \(released)",
            finds: "has neither ended nor is it open"),
        Tampering(
            "an end on other balances",
            "UPDATE settlements SET balances[1] = balances[2], balances[2] = balances[1] WHERE reservation_id = \(committed)",
            finds: "ended on other balances than it was opened on"),
        Tampering(
            "entries of different lengths", "UPDATE reservations SET held = held || 1::bigint WHERE id = \(open)",
            finds: "entries of different lengths"),
        Tampering(
            "an admission beyond its ceiling", "UPDATE policy_versions SET source = replace(source, 'limit: \"100\"', 'limit: \"0.5\"')",
            finds: "was admitted beyond the ceiling of 'total'"),
        Tampering("a policy that cannot be read", "UPDATE policy_versions SET source = 'envelopes: [{}]'", finds: "cannot be read by this release"),
        Tampering("a balance is gone, and its limit is free again", "DELETE FROM balances \(balance)", finds: "has facts but is gone"),
        Tampering("a settlement's cost", "UPDATE settlements SET cost = cost - 1 WHERE reservation_id = \(committed)", finds: "of cost but booked"),
        Tampering("a hold's cost", "UPDATE reservations SET cost = cost + 1 WHERE id = \(open)", finds: "of cost but booked"),
        Tampering(
            "an end without a hold, for a call that no envelope matched", "DELETE FROM reservations WHERE balances = '{}'",
            finds: "has ended but was never reserved"),
        Tampering(
            "the last fact of a balance", "UPDATE balances SET last_fact = gen_random_uuid() \(balance)", finds: "do not follow from one another"),
        Tampering(
            "the chain by which history walks", "UPDATE settlements SET previous[1] = gen_random_uuid() WHERE kind = 'direct'",
            finds: "do not follow from one another"),
        Tampering("a limit that no fact states", "UPDATE balances SET limit_amount = limit_amount + 1 \(balance)", finds: "its last fact says"),
        Tampering("two facts under one version", "UPDATE reservations SET versions[1] = versions[1] + 1 WHERE id = \(open)", finds: "total"),
    ]

    /// Every kind of fact, over two envelopes.
    private static func story(_ ledger: TestLedger) async throws {
        _ = try await ledger.hold("1", ["team_id": "a"])
        let committed = try await ledger.hold("2", ["team_id": "a"])
        _ = try await ledger.commit(committed, "1.5")
        let released = try await ledger.hold("3", ["team_id": "b"])
        _ = try await ledger.settle(released, .release(reason: nil))
        _ = try await ledger.commit(released, "0.5")
        let expired = try await ledger.hold("4", ["team_id": "b"], ttlSeconds: 1)
        try await ledger.advance(seconds: 1)
        _ = try await ledger.store.holds.expireDue()
        _ = try await ledger.settle(expired, .release(reason: nil))
        _ = try await ledger.charge("5", ["team_id": "a"])
        _ = try await ledger.reserve("1000", ["team_id": "a"])
        let policy = try #require(try await ledger.store.policies.current(of: ledger.organisation.id)).source
        try await ledger.apply("envelopes: []")
        let unmatched = try await ledger.hold("7")
        _ = try await ledger.commit(unmatched, "7")
        try await ledger.apply(policy)
        _ = try await ledger.hold("0.25", ["team_id": "a"])
    }

    private static let policy = """
        envelopes:
          - { name: total, meter: cost, limit: "100" }
          - { name: team, per: [team_id], meter: cost, limit: "50" }
        """

    /// What is found while a change is made that is taken back afterwards.
    private static func findings(_ tampering: Tampering, _ ledger: TestLedger) throws -> [String] {
        let owner = try ledger.database.owner()
        defer { owner.close() }
        try owner.run("BEGIN; \(tampering.sql)")
        let found = try Verifier.verify(ledger.organisation.id, in: owner).findings.map(\.description)
        try owner.run("ROLLBACK")
        return found
    }

    @Test("whatever is changed behind the ledger's back is found and named, and nothing else is")
    func tampering() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await Self.story(ledger)
            #expect(try ledger.findings() == [])
            for tampering in Self.tamperings {
                let found = try Self.findings(tampering, ledger)
                #expect(found.contains { $0.contains(tampering.finding) }, "\(tampering.testDescription): \(found)")
            }
            #expect(try ledger.findings() == [])
        }
    }

    private static let grant = "WHERE rule = 'grant'"

    private static let grantTamperings = [
        Tampering(
            "a draw that the grant does not cover",
            "UPDATE reservations SET limits[1] = 2000000000 WHERE balances[1] = (SELECT id FROM balances \(grant)) AND held[1] > 2000000000",
            finds: "was drawn beyond what was granted"),
        Tampering(
            "an approval of less", "UPDATE approval_decisions SET amount = amount - 1 WHERE state = 'approved'",
            finds: "was granted something else than approval"),
        Tampering(
            "an approval for another run", "UPDATE approval_decisions SET scope = gen_random_uuid() WHERE state = 'approved'",
            finds: "was granted something else than approval"),
        Tampering(
            "an approval that was a rejection", "UPDATE approval_decisions SET state = 'rejected' WHERE state = 'approved'",
            finds: "was granted something else than approval"),
        Tampering(
            "an approval is gone", "DELETE FROM approval_decisions WHERE state = 'approved'", finds: "was granted something else than approval"),
        Tampering("a grant by nobody", "UPDATE adjustments SET source = NULL WHERE kind = 'grant'", finds: "by no approval"),
        Tampering(
            "one approval, two grants",
            "UPDATE adjustments SET source = (SELECT source FROM adjustments WHERE kind = 'grant' ORDER BY id LIMIT 1) WHERE kind = 'grant'",
            finds: "was granted something twice"),
        Tampering("a grant that was a top-up", "UPDATE adjustments SET kind = 'adjustment' WHERE kind = 'grant'", finds: "was never granted it"),
        Tampering(
            "a grant of more", "UPDATE adjustments SET amount = amount + 1 WHERE kind = 'grant'", finds: "is adjusted by"),
    ]

    @Test("grants are what was approved, and draws stay within them")
    func grants() async throws {
        let policy = "envelopes: [ { name: total, meter: cost, limit: \"1\", plan: [ { at: 100, do: require_approval } ] } ]"
        try await TestLedger.with(policy: policy) { (ledger) async throws in
            let answers = try await RandomAnswers(0, ledger)
            for amount: Int64 in [4_000_000_000, 3_000_000_000] {
                _ = try await ledger.reserve("4", ["run_id": "r"])
                let pending = try await ledger.store.approvals.list(
                    of: ledger.organisation.id, filter: .init(state: .pending), bound: Tags(), before: nil, limit: 1)
                let question = try #require(pending.first).question
                _ = try await answers.decide(question, .approve(amount: amount, until: ledger.now.adding(seconds: 60)))
                let hold = try await ledger.hold("2", ["run_id": "r"])
                _ = try await ledger.hold("2", ["run_id": "r"], ttlSeconds: 1)
                // More than was held is spent, and that is booked beyond the grant.
                _ = try await ledger.commit(hold, amount > 3_000_000_000 ? "1" : "2.5")
            }
            try await ledger.advance(seconds: 60)
            _ = try await ledger.store.holds.expireDue()
            _ = try await ledger.store.adjustments.expireDue()
            #expect(try ledger.findings() == [])
            for tampering in Self.grantTamperings {
                let found = try Self.findings(tampering, ledger)
                #expect(found.contains { $0.contains(tampering.finding) }, "\(tampering.testDescription): \(found)")
            }
            #expect(try ledger.findings() == [])
        }
    }

    @Test("the report counts what it looked at")
    func counts() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await Self.story(ledger)
            let session = try ledger.database.service()
            defer { session.close() }
            let report = try Verifier.verify(ledger.organisation.id, in: session)
            #expect(report.balances == 3 && report.reservations == 6 && report.settlements == 6)
            // Another organisation's rows are not looked at.
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            let empty = try Verifier.verify(other.id, in: session)
            #expect(empty.balances == 0 && empty.reservations == 0 && empty.settlements == 0 && empty.findings.isEmpty)
        }
    }

    @Test("a ledger that is written to meanwhile is proved as of the versions that were read")
    func besideARunningService() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for task in 0..<4 {
                    tasks.addTask {
                        for round in 0..<40 {
                            let outcome = try await ledger.reserve("0.1", ["team_id": "t\(task)"])
                            guard let id = outcome.admitted?.id else { continue }
                            if round % 3 == 0 { _ = try await ledger.commit(id, "0.05") }
                            if round % 3 == 1 { _ = try await ledger.settle(id, .release(reason: nil)) }
                        }
                    }
                }
                for _ in 0..<10 {
                    #expect(try ledger.findings() == [])
                    await Task.yield()
                }
                try await tasks.waitForAll()
            }
        }
    }

    @Test("more facts than one page holds")
    func pages() async throws {
        try await TestLedger.with(policy: "envelopes: [{ name: total, meter: cost, limit: \"1000000\" }]") { ledger in
            _ = try await ledger.state()
            let counts = try await ledger.atOnce((0..<2_700).map { _ in .reserve(ledger.call("1")) })
            let more = try await ledger.atOnce((0..<2_600).map { _ in .reserve(ledger.call("1")) })
            #expect(counts == ["admitted": 2_700] && more == ["admitted": 2_600])
            #expect(try ledger.findings() == [])
            let last = Tampering("the last one", "DELETE FROM open_reservations WHERE id = (SELECT max(id::text)::uuid FROM reservations)", finds: "")
            #expect(try Self.findings(last, ledger).count == 1)
        }
    }
}
