import Foundation
import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Alerts say what is needed to act")
struct AlertDetailTests {
    private static let policy = """
        contacts: { lead: [slack-lead] }
        envelopes:
          - name: daily
            owner: lead
            playbook: https://wiki.example.com/daily
            meter: cost
            limit: "100"
            window: { every: day }
            plan: [ { at: 50, do: alert }, { at: 80, do: alert }, { at: 100, do: refuse } ]
          - { name: big, meter: cost, per_call: "60", plan: [ { do: alert }, { do: require_approval } ] }
        """

    private struct Detail: Decodable {
        struct Rate: Decodable {
            let per_hour: String
            let measured_from: String
            let measured_until: String
            let facts: Int
        }
        struct Spender: Decodable, Equatable {
            let type: String
            let id: String
            let amount: String
            let share_percent: Double
        }

        let measured_at: String
        let burn_rate: Rate?
        let exhausted_at: String?
        let window_end: String?
        let lasts_until_window_end: Bool
        let top_spenders: [Spender]
        let links: [String: String?]
        let playbook: String?
    }

    private static func alerts(_ ledger: TestLedger) async throws -> [StoredAlert] {
        try await ledger.store.alerts.list(of: ledger.organisation.id, envelope: nil, before: nil, limit: 200)
    }

    private static func detail(_ alert: StoredAlert, _ ledger: TestLedger) async throws -> Detail {
        let bytes = try await ledger.store.alerts.detail(of: alert.id, organisation: ledger.organisation.id)
        return try JSONDecoder().decode(Detail.self, from: Data(bytes))
    }

    @Test("the speed, the end, who spends, and where to look; measured once")
    func detail() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            _ = try await ledger.charge("10", ["agent_id": "a"])
            try await ledger.advance(seconds: 3_600)
            let hold = try await ledger.hold("30", ["agent_id": "b", "user_id": "u"])
            _ = try await ledger.charge("5", ["user_id": "u"])
            _ = try await ledger.commit(hold, "25")
            try await ledger.advance(seconds: 3_600)
            _ = try await ledger.charge("20", ["agent_id": "a"])
            let alert = try #require(try await Self.alerts(ledger).first)
            #expect(alert.measurement == nil)
            let detail = try await Self.detail(alert, ledger)
            let rate = try #require(detail.burn_rate)
            #expect(rate.per_hour == "25", "50 within two hours after the first fact")
            #expect((rate.measured_from, rate.measured_until) == ("2026-11-21T10:00:00Z", "2026-11-21T12:00:00Z"))
            #expect(rate.facts == 5)
            #expect(detail.exhausted_at == "2026-11-21T13:36:00Z", "40 are left, at 25 an hour")
            #expect(!detail.lasts_until_window_end && detail.window_end == "2026-11-22T00:00:00Z")
            #expect(
                detail.top_spenders == [
                    Detail.Spender(type: "agent", id: "a", amount: "30", share_percent: 50),
                    Detail.Spender(type: "agent", id: "b", amount: "25", share_percent: 41.66),
                    Detail.Spender(type: "user", id: "u", amount: "5", share_percent: 8.33),
                ])
            #expect(detail.links["alert"] == "/v1/alerts/\(alert.id)")
            #expect(detail.links["envelope"] == "/v1/envelopes/daily")
            let balance = try #require(alert.balance)
            #expect(detail.links["history"] == "/v1/balances/\(balance)/history")
            #expect(detail.playbook == "https://wiki.example.com/daily")

            _ = try await ledger.charge("25", ["agent_id": "z"])
            try await ledger.advance(seconds: 60)
            let again = try await Self.detail(alert, ledger)
            #expect(again.measured_at == detail.measured_at && again.top_spenders == detail.top_spenders, "the first measurement counts")
            #expect(try ledger.count("open_alerts") == 1)
        }
    }

    @Test("a balance that lasts until its window ends says so")
    func lasting() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            _ = try await ledger.charge("49", ["agent_id": "a"])
            try await ledger.advance(seconds: 36_000)
            _ = try await ledger.charge("1", ["agent_id": "a"])
            let detail = try await Self.detail(try #require(try await Self.alerts(ledger).first), ledger)
            #expect(detail.burn_rate?.per_hour == "0.1")
            #expect(detail.exhausted_at == nil && detail.lasts_until_window_end)
        }
    }

    @Test("no more than fifty facts are looked at, the last ones")
    func bound() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for _ in 0..<20 { _ = try await ledger.charge("0.1", ["agent_id": "old"]) }
            for _ in 0..<49 { _ = try await ledger.charge("0.1", ["agent_id": "new"]) }
            try await ledger.advance(seconds: 3_600)
            _ = try await ledger.charge("50", ["agent_id": "new"])
            let detail = try await Self.detail(try #require(try await Self.alerts(ledger).first), ledger)
            #expect(detail.burn_rate?.facts == 50)
            #expect(detail.top_spenders.map(\.id) == ["new"])
        }
    }

    @Test("a single call that is too large has no balance to measure")
    func largeCall() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            _ = try await ledger.charge("61", ["agent_id": "a"])
            let alert = try #require(try await Self.alerts(ledger).first { $0.envelope == "big" })
            let detail = try await Self.detail(alert, ledger)
            #expect(detail.burn_rate == nil && detail.exhausted_at == nil && detail.top_spenders == [])
            #expect(try ledger.count("open_alerts") == 0)
        }
    }

    @Test("the work list is served oldest first, a bounded number at a time, once on two replicas", .timeLimit(.minutes(10)))
    func queue() async throws {
        try await TestLedger.with(policy: Self.policy.replacing("window: { every: day }", with: "per: [agent_id]")) { (ledger) async throws in
            for agent in 0..<30 { _ = try await ledger.charge("50", ["agent_id": "agent \(agent)"]) }
            try await ledger.store.feed.publish()
            #expect(try ledger.count("alert_queue") == 30)
            #expect(try await ledger.store.alerts.detailDue(limit: 10))
            #expect(try ledger.count("alert_details") == 10)
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                async let first = ledger.store.alerts.detailDue(limit: 50)
                async let second = store.alerts.detailDue(limit: 50)
                let more = try await [first, second]
                #expect(more == [false, false])
            }
            #expect(try ledger.count("alert_details") == 30)
            #expect(try ledger.count("alert_queue") == 0)
            #expect(try ledger.count("open_alerts") == 30)
        }
    }

    @Test("no alert, no detail; another organisation's neither")
    func unknown() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            _ = try await ledger.charge("50", ["agent_id": "a"])
            let alert = try #require(try await Self.alerts(ledger).first)
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            for (id, organisation) in [(Identifier.fresh(at: ledger.now), ledger.organisation.id), (alert.id, other.id)] {
                let error = await #expect(throws: StoreError.self) { try await ledger.store.alerts.detail(of: id, organisation: organisation) }
                #expect(error?.code == .rejected)
            }
        }
    }

    @Test("who has seen an alert first is kept, whoever comes later")
    func acknowledgement() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            _ = try await ledger.charge("50", ["agent_id": "a"])
            let alert = try #require(try await Self.alerts(ledger).first)
            let alerts = ledger.store.alerts
            let organisation = ledger.organisation.id
            let seen = try #require(try await alerts.acknowledge(alert.id, note: "on it", author: "ada", of: organisation))
            #expect(seen.acknowledgement == StoredAlert.Acknowledgement(at: ledger.now, author: "ada", note: "on it"))
            try await ledger.advance(seconds: 60)
            let again = try await alerts.acknowledge(alert.id, note: nil, author: "bob", of: organisation)
            #expect(again?.acknowledgement == seen.acknowledgement)
            #expect(try await alerts.acknowledge(.fresh(at: ledger.now), note: nil, author: "bob", of: organisation) == nil)
            #expect(try ledger.count("alert_acknowledgements") == 1)
        }
    }
}
