import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Answers to approvals")
struct DecisionTests {
    @Test("of many answers at once through two replicas one counts")
    func once() async throws {
        try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
            let keys = [try await ledger.approver("ada"), try await ledger.approver("bob")]
            let approval = try await ledger.asked("11", ["run_id": "r1"])
            try await RunningStore.with(ledger.database) { (store) async throws in
                let other = ledger.through(store)
                let until = ledger.now.adding(seconds: 60)
                let answers = (0..<16).map { number -> LedgerStore.Operation in
                    let verdict: ApprovalDecision.Verdict = number % 3 == 0 ? .reject : .approve(amount: 11_000_000_000, until: until)
                    return .decide(ledger.request(verdict, approval, by: keys[number % 2]))
                }
                async let mine = ledger.atOnce(answers)
                async let theirs = other.atOnce(answers)
                let (one, two) = try await (mine, theirs)
                #expect((one["decided"] ?? 0) + (two["decided"] ?? 0) == 1)
                #expect((one["already decided"] ?? 0) + (two["already decided"] ?? 0) == 31)
            }
            #expect(try ledger.number("SELECT count(*) FROM approval_decisions") == 1)
            #expect(try ledger.events("approval.approved") + ledger.events("approval.rejected") == 1)
        }
    }

    @Test("a rejected run is refused until the window ends, and may ask again in the next")
    func rejected() async throws {
        try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
            let approval = try await ledger.asked("11", ["run_id": "r1"])
            #expect(try await ledger.reject(approval, by: ledger.approver()).name == "decided")
            let refused = try await ledger.reserve("11", ["run_id": "r1"])
            #expect(refused.name == "exhausted")
            #expect(refused.violations?.first?.approval == approval.id)
            #expect(refused.violations?.first?.resetsAt == approval.question.window.end)
            // What fits the envelope passes, and other runs may ask.
            _ = try await ledger.hold("3", ["run_id": "r1"])
            #expect(try await ledger.reserve("11", ["run_id": "r2"]).name == "approval required")
            let end = try #require(approval.question.window.end)
            try await ledger.advance(seconds: ledger.now.secondsRoundedUp(until: end))
            #expect(try await ledger.reserve("11", ["run_id": "r1"]).name == "approval required")
            _ = try await ledger.store.approvalDesk.expireDue()
            #expect(try ledger.number("SELECT count(*) FROM approval_gates WHERE state = 'rejected'") == 0)
        }
    }

    @Test("a question ends after a day, once, and is reminded of once; then it can be asked again")
    func expired() async throws {
        try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
            let approval = try await ledger.asked("11", ["run_id": "r1"])
            let life = ledger.now.secondsRoundedUp(until: approval.question.expiresAt)
            let desk = ledger.store.approvalDesk
            _ = try await desk.remindDue()
            #expect(try ledger.events("approval.reminded") == 0)
            if life > ApprovalQuestion.reminderSeconds {
                try await ledger.advance(seconds: ApprovalQuestion.reminderSeconds)
                for _ in 0..<3 { _ = try await desk.remindDue() }
                #expect(try ledger.events("approval.reminded") == 1)
                try await ledger.advance(seconds: life - ApprovalQuestion.reminderSeconds - 1)
            } else {
                try await ledger.advance(seconds: life - 1)
            }
            _ = try await desk.expireDue()
            #expect(try await ledger.approval(approval.id).state == .pending)
            try await ledger.advance(seconds: 1)
            #expect(try await ledger.approve(approval, "11", by: ledger.approver()).refusal != nil, "too late, whether or not the job has run")
            async let one = desk.expireDue()
            async let other = desk.expireDue()
            _ = try await (one, other)
            #expect(try await ledger.approval(approval.id).state == .expired)
            #expect(try ledger.events("approval.expired") == 1)
            #expect(try await ledger.asked("11", ["run_id": "r1"]).id != approval.id)
        }
    }

    @Test("whoever waits for an answer is woken by it, also when another replica took it")
    func woken() async throws {
        try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
            let ada = try await ledger.approver()
            try await RunningStore.with(ledger.database) { (store) async throws in
                try await RunningStore.running(store.approvalWatch, log: ledger.log) {
                    let first = try await ledger.asked("11", ["run_id": "r1"])
                    async let waiting: Void = store.approvalWatch.wait(for: first.id, of: ledger.organisation.id, upTo: 60)
                    _ = try await ledger.approve(first, "11", by: ada)
                    try await waiting
                    #expect(try await ledger.approval(first.id).state == .approved)
                    // And nobody waits longer than he asked for.
                    try await store.approvalWatch.wait(for: try await ledger.asked("11", ["run_id": "r2"]).id, of: ledger.organisation.id, upTo: 0)
                }
            }
        }
    }

    @Test("own requests, limits of approvers and late answers change nothing")
    func notAllowed() async throws {
        try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
            let approval = try await ledger.asked("11", ["run_id": "r1", "user_id": "u1"])
            let own = try await ledger.approver("own", user: "u1")
            #expect(try await ledger.approve(approval, "1", by: own).refusal != nil)
            #expect(try await ledger.approve(approval, "1", by: ledger.gateway).refusal != nil)
            let small = try await ledger.approver("small", upTo: "20")
            #expect(try await ledger.approve(approval, "20.000000001", by: small).refusal != nil)
            #expect(try await ledger.approve(approval, "12", by: small).name == "decided")
            // The limit is for the run, however often it asks.
            _ = try await ledger.hold("12", ["run_id": "r1", "user_id": "u1"])
            let next = try await ledger.asked("11", ["run_id": "r1", "user_id": "u1"])
            #expect(try await ledger.approve(next, "8.000000001", by: small).refusal != nil)
            #expect(try await ledger.approve(next, "8", by: small).name == "decided")
            #expect(try ledger.number("SELECT count(*) FROM approval_decisions") == 2)
        }
    }
}
