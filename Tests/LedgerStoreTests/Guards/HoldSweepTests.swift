import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("The open holds of whom a suspension stops are released")
struct HoldSweepTests {
    @Test("those of the subject and no others, once, whatever names it; what was spent is booked late", .timeLimit(.minutes(10)))
    func released() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100000")) { (ledger) async throws in
            let other = try await ledger.store.keys.create(role: .gateway, tags: Tags(), agentID: nil, name: nil, organisation: ledger.organisation)
                .key
            let subjects: [(Subject, [String: String])] = [
                (.init(kind: .agent, id: "a"), ["agent_id": "a"]), (.init(kind: .run, id: "r"), ["run_id": "r"]),
                (.init(kind: .session, id: "s"), ["session_id": "s"]), (.init(kind: .user, id: "u"), ["user_id": "u"]),
                (.init(kind: .workflow, id: "w"), ["workflow_name": "w"]),
            ]
            var holds: [Identifier] = []
            for (_, tags) in subjects { for _ in 0..<2 { holds.append(try await ledger.hold("1", tags)) } }
            guard let ofKey = try await ledger.submit(.reserve(ledger.call("1", key: other))).admitted?.id else { throw TestFailure("not held") }
            let stays = try await ledger.hold("1", ["agent_id": "w", "run_id": "a", "user_id": "r", "custom": "u"])
            for (subject, _) in subjects { try await ledger.suspend(subject) }
            try await ledger.suspend(Subject(kind: .key, id: other.id.description))
            try await ledger.sweepUp()
            #expect(try ledger.ends() == Array(repeating: "released suspended", count: 11))
            #expect(try ledger.standing("total") == "held 1 spent 0")
            #expect(try await ledger.suspensions().map(\.releasedHolds).sorted() == [1, 2, 2, 2, 2, 2])
            #expect(try await ledger.commit(holds[0], "3").name == "late")
            #expect(try await ledger.commit(ofKey, "2", key: other).name == "late")
            #expect(try await ledger.commit(stays, "1").name == "committed")
            #expect(try ledger.standing("total") == "held 0 spent 6")
        }
    }

    @Test("more holds than a page has, while two replicas look at once", .timeLimit(.minutes(10)))
    func pages() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100000")) { (first) async throws in
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                for _ in 0..<5 {
                    _ = try await first.atOnce((0..<500).map { .reserve(first.call("1", ["agent_id": $0.isMultiple(of: 2) ? "a" : "b"])) })
                }
                try await first.suspend()
                async let one: Void = first.sweepUp()
                async let other: Void = second.sweepUp()
                _ = try await (one, other)
                #expect(try first.standing("total") == "held 1250 spent 0")
                #expect(try await first.suspensions().first?.releasedHolds == 1_250)
                #expect(try first.number("SELECT cardinality(holds) FROM suspension_sweeps") == 0)
            }
        }
    }

    @Test("a look that another replica has taken over releases what it finds, and leaves the rest to that one", .timeLimit(.minutes(10)))
    func overtaken() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { (ledger) async throws in
            for _ in 0..<3 { _ = try await ledger.hold("1", ["agent_id": "a"]) }
            try await ledger.suspend()
            let owner = try ledger.database.owner()
            defer { owner.close() }
            try owner.run("BEGIN; LOCK TABLE reservations IN ACCESS EXCLUSIVE MODE")
            async let late = ledger.store.sweeps.sweepDue()
            #expect(try await eventually { try ledger.blockedSessions() == 1 })
            try owner.run("UPDATE suspension_sweeps SET look_at = clock_timestamp() + interval '1 hour'; COMMIT")
            _ = try await late
            #expect(try ledger.standing("total") == "held 0 spent 0")
            #expect(try await ledger.suspensions().first?.releasedHolds == 0)
            #expect(try ledger.number("SELECT count(*) FROM suspension_sweeps WHERE look_at > clock_timestamp() + interval '50 min'") == 1)
            try ledger.database.run("UPDATE suspension_sweeps SET look_at = clock_timestamp()")
            try await ledger.sweepUp()
            #expect(try await ledger.suspensions().first?.releasedHolds == 3)
        }
    }

    @Test("a look of many pages keeps its claim, and ends what it began", .timeLimit(.minutes(10)))
    func longLook() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100000")) { (ledger) async throws in
            for _ in 0..<3 { _ = try await ledger.atOnce((0..<500).map { _ in .reserve(ledger.call("1", ["agent_id": "a"])) }) }
            try await ledger.suspend()
            let owner = try ledger.database.owner()
            defer { owner.close() }
            try owner.run("BEGIN; LOCK TABLE reservations IN ACCESS EXCLUSIVE MODE")
            async let looked = ledger.store.sweeps.sweepDue()
            #expect(try await eventually { try ledger.blockedSessions() == 1 })
            // A claim that is older than a second is renewed with the next page.
            try await Task.sleep(for: .milliseconds(1_100))
            try owner.run("COMMIT")
            _ = try await looked
            #expect(try await ledger.suspensions().first?.releasedHolds == 1_500)
        }
    }

    @Test("a pass looks at the open holds once for all suspensions of an organisation, and counts a hold with the first that covers it")
    func onePass() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100000")) { (ledger) async throws in
            for number in 0..<30 { _ = try await ledger.hold("1", ["run_id": "r\(number)", "agent_id": "a"]) }
            for number in 0..<20 { try await ledger.suspend(Subject(kind: .run, id: "r\(number)")) }
            try await ledger.advance(seconds: 1)
            try await ledger.suspend()
            try await ledger.sweepUp()
            #expect(try ledger.standing("total") == "held 0 spent 0")
            #expect(try await ledger.suspensions().map(\.releasedHolds).sorted() == Array(repeating: 1, count: 20) + [10])
        }
    }

    @Test("a hold that a batch under way admits after the suspension was acknowledged is found", .timeLimit(.minutes(10)))
    func underWay() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { (ledger) async throws in
            _ = try await ledger.hold("1", ["agent_id": "b"])
            let owner = try ledger.database.owner()
            defer { owner.close() }
            // The batch has read the guards, and cannot write.
            try owner.run("BEGIN; LOCK TABLE reservations IN EXCLUSIVE MODE")
            async let late = ledger.reserve("1", ["agent_id": "a"])
            #expect(try await eventually { try ledger.blockedSessions() == 1 })
            try await ledger.suspend()
            #expect(try await ledger.store.sweeps.sweepDue())
            #expect(try await ledger.suspensions().first?.releasedHolds == 0)
            try owner.run("COMMIT")
            #expect(try await late.name == "admitted")
            try await ledger.sweepUp()
            #expect(try await ledger.suspensions().first?.releasedHolds == 1)
            #expect(try ledger.standing("total") == "held 1 spent 0")
        }
    }

    @Test("a sweep is not over while a transaction runs that was under way when it began", .timeLimit(.minutes(10)))
    func patient() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { (ledger) async throws in
            _ = try await ledger.hold("1", ["agent_id": "b"])
            let owner = try ledger.database.owner()
            defer { owner.close() }
            try owner.run("BEGIN; UPDATE orgs SET state = state")
            try await ledger.suspend()
            _ = try await ledger.store.sweeps.sweepDue()
            // As if the first look were long ago.
            let old = "UPDATE suspension_sweeps SET began_at = began_at - interval '10 s', look_at = '1970-01-01Z' WHERE look_at IS NOT NULL"
            try ledger.database.run(old)
            #expect(try await ledger.store.sweeps.sweepDue(), "that transaction may admit yet")
            try owner.run("COMMIT")
            // Transactions of other tests in the same server count too.
            let isOver = try await eventually {
                try ledger.database.run(old)
                return try await !ledger.store.sweeps.sweepDue()
            }
            #expect(isOver)
        }
    }

    @Test("what a plan suspends is swept as well, and what is held after the lift stays", .timeLimit(.minutes(10)))
    func lifted() async throws {
        let policy = "envelopes: [ { name: agent, per: [agent_id], meter: cost, limit: \"10\", plan: [ { at: 150, do: suspend } ] } ]"
        try await TestLedger.with(policy: policy) { (ledger) async throws in
            _ = try await ledger.hold("1", ["agent_id": "a"])
            _ = try await ledger.charge("16", ["agent_id": "a"])
            #expect(try ledger.count("suspension_sweeps") == 1)
            #expect(try await ledger.store.sweeps.sweepDue())
            let first = try #require(try await ledger.suspensions().first)
            #expect(first.releasedHolds == 1)
            _ = try await ledger.lift(first.id)
            let after = try await ledger.hold("1", ["agent_id": "a"])
            #expect(try await !ledger.store.sweeps.sweepDue(), "nothing is looked for after the lift")
            #expect(try await ledger.commit(after, "1").name == "committed")
            #expect(try await ledger.suspensions().first?.releasedHolds == 1)
        }
    }
}
