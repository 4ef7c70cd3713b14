import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Suspensions are opened and lifted by hand")
struct SuspensionTests {
    private static func suspending(limit: String = "10") -> String {
        """
        envelopes:
          - name: agent
            owner: lead
            per: [agent_id]
            meter: cost
            limit: "\(limit)"
            plan: [ { at: 150, do: suspend }, { at: 200, do: suspend }, { at: 900, do: refuse } ]
        """
    }

    @Test("no replica admits a call that begins after a suspension was acknowledged, and each does after the lift", .timeLimit(.minutes(10)))
    func strict() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { (first) async throws in
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                let held = try await second.hold("1", ["agent_id": "a"])
                for _ in 0..<20 {
                    let made = try #require(try await first.suspend().stored)
                    #expect(try await second.reserve("1", ["agent_id": "a"]).name == "suspended")
                    #expect(try await second.settle(held, .extend(ttlSeconds: 300)).name == "suspended")
                    #expect(try await second.reserve("1", ["agent_id": "b"]).name == "admitted")
                    let lifted = try await second.lift(made.id)
                    #expect(lifted.state == .lifted && lifted.lift?.author == "bob")
                    #expect(try await first.reserve("1", ["agent_id": "a"]).name == "admitted")
                }
                #expect(try first.count("open_suspensions") == 0)
                #expect(try first.number("SELECT count(*) FROM events WHERE kind = 'suspension.lifted'") == 20)
                #expect(try await first.suspensions(.init(state: .lifted)).count == 20)
                #expect(try await first.suspensions(.init(state: .open)).isEmpty)
            }
        }
    }

    @Test("a subject is suspended once; a request that is repeated after the lift does not suspend again")
    func repeated() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { (ledger) async throws in
            let key = TestLedger.idempotency("k", "suspend a")
            let first = try await ledger.suspend(idempotency: key)
            #expect(first.name == "opened")
            let again = try await ledger.suspend(.init(kind: .agent, id: "a"), "another reason")
            #expect(again.name == "known" && again.stored?.id == first.stored?.id && again.stored?.suspension.reason == "it loops")
            #expect(try await ledger.suspend(idempotency: TestLedger.idempotency("k", "another body")).name == "mismatch")
            _ = try await ledger.lift(try #require(first.stored?.id))
            let late = try await ledger.suspend(idempotency: key)
            #expect(late.name == "replayed" && late.stored?.state == .lifted)
            #expect(try await ledger.reserve("1", ["agent_id": "a"]).name == "admitted")
            #expect(try await ledger.suspend().name == "opened", "who was lifted can be suspended again")
            #expect(try ledger.count("suspensions") == 2)
            #expect(try ledger.count("open_suspensions") == 1)
        }
    }

    @Test("a reserve that is repeated while its agent is suspended is refused, as its hold is given back; after the lift it is told again")
    func repeatedReserve() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { (ledger) async throws in
            let call = ledger.call("1", ["agent_id": "a"])
            #expect(try await ledger.submit(.reserve(call)).name == "admitted")
            let made = try #require(try await ledger.suspend().stored)
            #expect(try await ledger.submit(.reserve(call)).name == "suspended")
            _ = try await ledger.lift(made.id)
            #expect(try await ledger.submit(.reserve(call)).name == "replayed")
            #expect(try ledger.count("reservations") == 1)
        }
    }

    @Test("whoever lifts first lifts; nothing is changed by the others", .timeLimit(.minutes(10)))
    func liftedOnce() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { (ledger) async throws in
            let id = try #require(try await ledger.suspend().stored?.id)
            let lifts = try await withThrowingTaskGroup(of: StoredSuspension.self) { tasks in
                for number in 1...8 { tasks.addTask { try await ledger.lift(id, "lift \(number)", allowSteps: Int64(number)) } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(lifts.map(\.lift?.reason)).count == 1 && Set(lifts.map(\.lift?.allowSteps)).count == 1)
            #expect(lifts.first?.lift.map { "lift \($0.allowSteps ?? 0)" } == lifts.first?.lift?.reason)
            #expect(try ledger.count("suspension_lifts") == 1)
            #expect(try ledger.number("SELECT count(*) FROM events WHERE kind = 'suspension.lifted'") == 1)
            #expect(try await ledger.store.suspensions.lift(.none, reason: "x", author: "x", allowSteps: nil, of: ledger.organisation.id) == nil)
        }
    }

    @Test("what a plan suspended is lifted: its step fires again after another tenth of the limit, a higher one at once")
    func plan() async throws {
        try await TestLedger.with(policy: Self.suspending()) { (ledger) async throws in
            _ = try await ledger.charge("16", ["agent_id": "a"])
            let first = try #require(try await ledger.suspensions().first)
            #expect(first.author == "policy" && first.suspension.rule == "agent" && first.lift == nil)
            _ = try await ledger.lift(first.id)
            _ = try await ledger.charge("1", ["agent_id": "a"])
            #expect(try await ledger.reserve("1", ["agent_id": "a"]).name == "admitted", "just a tenth")
            _ = try await ledger.charge("0.000000001", ["agent_id": "a"])
            #expect(try await ledger.reserve("1", ["agent_id": "a"]).name == "suspended")
            let second = try #require(try await ledger.suspensions(.init(state: .open)).first)
            _ = try await ledger.lift(second.id)
            _ = try await ledger.charge("3", ["agent_id": "a"])
            #expect(try await ledger.reserve("1", ["agent_id": "a"]).name == "suspended", "above 200 %")
            #expect(try await ledger.suspensions().count == 3)
            #expect(try ledger.database.texts("SELECT spent::text FROM suspension_lifts ORDER BY spent") == ["16000000000", "17000000001"])
            let told = try ledger.database.texts(
                """
                SELECT concat_ws(' ', kind, envelope, data ->> 'owner', data -> 'key' ->> 'agent_id', data -> 'subject' ->> 'id', data ->> 'limit',
                                 data ->> 'reason')
                FROM events WHERE data ->> 'related_id' = '\(first.id)' ORDER BY kind
                """)
            #expect(
                told == [
                    "suspension.lifted agent lead a a mended (bob)",
                    "suspension.opened agent lead a a 10 'agent' has spent more than 150 % of its limit",
                ])
            #expect(try ledger.number("SELECT count(*) FROM outbox o JOIN events v ON v.id = o.event_id WHERE v.kind = 'suspension.lifted'") == 2)
        }
    }

    @Test("where the limit was raised before the lift, the step fires at its share of the new one")
    func raised() async throws {
        try await TestLedger.with(policy: Self.suspending()) { (ledger) async throws in
            _ = try await ledger.charge("16", ["agent_id": "a"])
            try await ledger.apply(Self.suspending(limit: "20"))
            _ = try await ledger.lift(try #require(try await ledger.suspensions().first?.id))
            _ = try await ledger.charge("14", ["agent_id": "a"])
            #expect(try await ledger.reserve("0", ["agent_id": "a"]).name == "admitted", "exactly at 150 % of 20")
            _ = try await ledger.charge("0.000000001", ["agent_id": "a"])
            #expect(try await ledger.reserve("0", ["agent_id": "a"]).name == "suspended")
            #expect(try await ledger.replay().differences == 0)
        }
    }

    @Test("a step that is passed within a time is looked for anew from the lift on; every envelope's that was passed meanwhile is pardoned")
    func within() async throws {
        let policy = """
            envelopes:
              - { name: day, per: [agent_id], meter: cost, limit: "10", plan: [ { at: 150, do: suspend, within: 1h }, { at: 900, do: refuse } ] }
              - { name: all, per: [agent_id], meter: cost, limit: "20", plan: [ { at: 100, do: suspend }, { at: 900, do: refuse } ] }
            """
        try await TestLedger.with(policy: policy) { (ledger) async throws in
            _ = try await ledger.charge("16", ["agent_id": "a"])
            _ = try await ledger.charge("5", ["agent_id": "a"])
            #expect(try await ledger.suspensions().compactMap(\.suspension.rule).sorted() == ["all", "day"], "what is passed beside is on record")
            try await ledger.advance(seconds: 7_200)
            _ = try await ledger.lift(try #require(try await ledger.suspensions().first?.id))
            #expect(try ledger.number("SELECT count(*) FROM suspension_lifts") == 2)
            _ = try await ledger.charge("1", ["agent_id": "a"])
            #expect(try await ledger.reserve("0", ["agent_id": "a"]).name == "admitted")
            _ = try await ledger.charge("0.5", ["agent_id": "a"])
            #expect(try await ledger.suspensions().compactMap(\.suspension.rule).sorted() == ["all", "day", "day"])
            #expect(try await ledger.replay().differences == 0)
        }
    }

    @Test("two suspensions of one subject, from one moment, are lifted together")
    func together() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { (ledger) async throws in
            let first = try #require(try await ledger.suspend().stored?.id)
            // As of a batch of another replica that had not seen the first one.
            try ledger.database.run(
                """
                INSERT INTO suspensions SELECT org_id, '01a1fd71-6580-7a83-802f-6c63c174132d', subject_type, subject_id, 'loop', NULL, 'x', opened_at,
                    'policy' FROM suspensions;
                UPDATE org_epochs SET guards = guards + 1;
                INSERT INTO open_suspensions SELECT org_id, '01a1fd71-6580-7a83-802f-6c63c174132d', subject_type, subject_id, epoch + 1
                FROM open_suspensions
                """)
            #expect(try await ledger.reserve("1", ["agent_id": "a"]).name == "suspended")
            _ = try await ledger.lift(first)
            #expect(try await ledger.reserve("1", ["agent_id": "a"]).name == "admitted")
            #expect(try await ledger.suspensions(.init(state: .lifted)).count == 2)
            #expect(try ledger.number("SELECT count(*) FROM events WHERE kind = 'suspension.lifted'") == 2)
        }
    }

    @Test("however openings and lifts follow each other, every replica knows who is suspended, reading only what changed", .timeLimit(.minutes(10)))
    func followed() async throws {
        var random = SplitMix64.announced("Suspensions that are followed")
        let seed = random.seed
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { (first) async throws in
            try await RunningStore.with(first.database, log: first.log) { store in
                let replicas = [first, first.through(store)]
                var open: [String: Identifier] = [:]
                for round in 0..<120 {
                    let agent = "a\(random.number(0...6))"
                    let subject = Subject(kind: .agent, id: agent)
                    let replica = random.one(of: replicas)
                    if let id = open[agent] {
                        _ = try await replica.lift(id)
                        open[agent] = nil
                    } else {
                        open[agent] = try await replica.suspend(subject).stored?.id
                    }
                    // One replica hears of several changes at once.
                    guard random.chance(60) else { continue }
                    let guards = try await random.one(of: replicas).state().guards
                    for number in 0...6 {
                        let known = guards.suspension(of: Subject(kind: .agent, id: "a\(number)"))?.id
                        #expect(known == open["a\(number)"], "seed \(seed), round \(round), a\(number)")
                    }
                }
            }
        }
    }

    @Test("a key sees and stops what its tags name, keys that are bound to them, and sees what its balances' plans stopped")
    func scope() async throws {
        try await TestLedger.with(policy: Self.suspending().replacing("per: [agent_id]", with: "per: [team_id, agent_id]")) { (ledger) async throws in
            let team = TestLedger.tags(["team_id": "t"])
            let bound = try await ledger.store.keys.create(role: .operator, tags: team, agentID: nil, name: nil, organisation: ledger.organisation)
                .key
            let gateway = try await ledger.store.keys.create(role: .gateway, tags: team, agentID: "g", name: nil, organisation: ledger.organisation)
                .key
            let scope = SuspensionScope(bound, keys: try await ledger.state().keys)
            #expect(scope.contains(Subject(kind: .key, id: gateway.id.description)))
            for subject in [Subject(kind: .agent, id: "a"), Subject(kind: .key, id: ledger.gateway.id.description), Subject(kind: .user, id: "t")] {
                #expect(!scope.contains(subject))
                #expect(SuspensionScope.everything.contains(subject))
            }
            let own = SuspensionScope(gateway, keys: try await ledger.state().keys)
            #expect(own.contains(Subject(kind: .agent, id: "g")) && !own.contains(Subject(kind: .agent, id: "a")))

            _ = try await ledger.charge("16", ["agent_id": "a", "team_id": "t"])
            _ = try await ledger.charge("16", ["agent_id": "b", "team_id": "other"])
            try await ledger.suspend(Subject(kind: .agent, id: "g"))
            try await ledger.suspend(Subject(kind: .key, id: gateway.id.description))
            #expect(try await ledger.suspensions().count == 4)
            #expect(Set(try await ledger.suspensions(scope: scope).map(\.suspension.subject.id)) == ["a", gateway.id.description])
            #expect(Set(try await ledger.suspensions(scope: own).map(\.suspension.subject.id)) == ["g", gateway.id.description])
            #expect(try await ledger.suspensions(.init(kind: .agent, subjectID: "b")).count == 1)
            #expect(try await ledger.suspensions(.init(state: .open, kind: .key)).count == 1)
        }
    }
}
