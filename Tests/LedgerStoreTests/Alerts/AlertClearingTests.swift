import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Alerts that are over are told of, once")
struct AlertClearingTests {
    private static func policy(_ limit: String) -> String {
        """
        envelopes:
          - name: daily
            meter: cost
            limit: "\(limit)"
            window: { every: day }
            plan: [ { at: 50, do: alert }, { at: 100, do: refuse } ]
        """
    }

    /// An alert at 50 of 100, with its details.
    private static func withAlert(_ body: (TestLedger, StoredAlert) async throws -> Void) async throws {
        try await TestLedger.with(policy: policy("100")) { (ledger) async throws in
            _ = try await ledger.charge("50", ["agent_id": "a"])
            try await ledger.store.feed.publish()
            _ = try await ledger.store.alerts.detailDue()
            try await body(ledger, try #require(try await alert(ledger)))
        }
    }

    private static func alert(_ ledger: TestLedger) async throws -> StoredAlert? {
        try await ledger.store.alerts.list(of: ledger.organisation.id, envelope: nil, before: nil, limit: 200).last
    }

    private static func cleared(_ ledger: TestLedger) async throws -> [String] {
        try await ledger.store.feed.publish()
        return try await FeedTests.entries(ledger, kinds: try EventSelection(patterns: ["alert.cleared"])).map {
            String(decoding: $0.data, as: UTF8.self)
        }
    }

    @Test("at the end of the window, by one of two replicas at once")
    func window() async throws {
        try await Self.withAlert { ledger, alert in
            try await ledger.advance(seconds: 13 * 3_600)
            #expect(try await ledger.store.alerts.clearDue() == 0)
            #expect(alert.clearedAt == nil)
            try await ledger.advance(seconds: 3_600)
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                async let first = ledger.store.alerts.clearDue()
                async let second = store.alerts.clearDue()
                let count = try await first + second
                #expect(count == 1)
            }
            #expect(try await ledger.store.alerts.clearDue() == 0)
            let events = try await Self.cleared(ledger)
            #expect(events.count == 1)
            #expect(events[0].contains("\"related_id\": \"\(alert.id)\"") && events[0].contains("the window ended"))
            #expect(try await Self.alert(ledger)?.clearedAt == ledger.now)
            #expect(try ledger.count("open_alerts") == 0)
        }
    }

    @Test("after an adjustment that makes room")
    func adjustment() async throws {
        try await Self.withAlert { ledger, alert in
            _ = try await ledger.charge("10", ["agent_id": "a"])
            try await Self.adjust(ledger, "20")
            #expect(try await ledger.store.alerts.clearDue() == 0, "60 of 120 is the step still")
            try await Self.adjust(ledger, "0.1")
            #expect(try await ledger.store.alerts.clearDue() == 1)
            let event = try #require(try await Self.cleared(ledger).first)
            #expect(event.contains("the limit rose from 100 to 120.1"))
            #expect(event.contains("\"\(alert.id)\""))
        }
    }

    @Test("after a policy with a higher limit, before anything is booked under it")
    func policy() async throws {
        try await Self.withAlert { ledger, _ in
            try await ledger.apply(Self.policy("99"))
            #expect(try await ledger.store.alerts.clearDue() == 0)
            try await ledger.apply(Self.policy("101"))
            #expect(try await ledger.store.alerts.clearDue() == 1)
            #expect(try await Self.cleared(ledger).count == 1)
        }
    }

    @Test("less use under the same limit ends nothing")
    func use() async throws {
        try await TestLedger.with(policy: Self.policy("100")) { (ledger) async throws in
            let hold = try await ledger.hold("50")
            try await ledger.store.feed.publish()
            _ = try await ledger.store.alerts.detailDue()
            _ = try await ledger.commit(hold, "1")
            #expect(try await ledger.store.alerts.clearDue() == 0)
            #expect(try ledger.count("open_alerts") == 1)
        }
    }

    private static func adjust(_ ledger: TestLedger, _ amount: String) async throws {
        let nanos = try #require(Money(amount)).nanos
        let outcome = try await ledger.submit(
            .adjust(
                AdjustRequest(
                    key: ledger.gateway, idempotency: TestLedger.idempotency(nil, amount), envelope: "daily", balanceKey: Tags(), amount: nanos,
                    reason: "because", author: "finance", expiresAt: nil)))
        #expect(outcome.name == "adjusted")
    }
}
