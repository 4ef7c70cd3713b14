import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Exports of spending")
struct SpendReaderTests {
    private static func text(
        _ ledger: TestLedger, _ format: SpendFormat, from: Timestamp, to: Timestamp, tags: [String: String] = [:], after: SpendCursor? = nil
    ) async throws -> String {
        let selection = SpendReader.Selection(from: from, to: to, tags: TestLedger.tags(tags))
        let state = try await ledger.state()
        var bytes: [UInt8] = []
        var last: Identifier? = ledger.store.spend.start(selection, after: after)
        while let batch = last {
            let page = try await ledger.store.spend.page(of: ledger.organisation.id, selection, after: batch)
            bytes += format.rows(page.records, after: after, organisation: ledger.organisation, prices: state.prices)
            last = page.last
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func lines(_ text: String) -> [Substring] { text.split(whereSeparator: \.isNewline) }

    @Test("every settlement that took something is there once, by the time at which it was booked, over months and pages")
    func months() async throws {
        try await TestLedger.with { ledger in
            _ = try await ledger.state()
            let start = ledger.now
            try await ledger.store.partitions.create(from: start, monthsAhead: 4)
            let old = try await ledger.hold("5", ttlSeconds: 3_600)
            _ = try await ledger.settle(old, .release(reason: nil))
            for _ in 0..<3 {
                _ = try await ledger.atOnce((0..<700).map { _ in .reserve(ledger.call("1", ["team_id": "held"])) })
                for cost in ["0.000000001", "2"] { _ = try await ledger.charge(cost, ["team_id": "a,\"b\"\n=c"]) }
                try await ledger.advance(seconds: 31 * 86_400)
                _ = try await ledger.store.holds.expireDue()
            }
            // A late charge of a hold that was opened three months ago counts now.
            _ = try await ledger.commit(old, "4.5")
            let end = ledger.now.adding(seconds: 1)
            let all = Self.lines(try await Self.text(ledger, .json, from: start, to: end))
            #expect(all.count == 7)
            #expect(all.count { $0.contains("\"kind\":\"late\"") } == 1)
            #expect(Set(all).count == 7)
            let last = Self.lines(try await Self.text(ledger, .json, from: ledger.now, to: end))
            #expect(last.count == 1 && last.allSatisfy { $0.contains("\"cost\":\"4.5\"") })
            #expect(try await Self.text(ledger, .json, from: start, to: start) == "")
            let red = Self.lines(try await Self.text(ledger, .json, from: start, to: end, tags: ["team_id": "a,\"b\"\n=c"]))
            #expect(red.count == 6)
            let csv = try await Self.text(ledger, .csv, from: start, to: end)
            #expect(csv.contains("\"a,\"\"b\"\"\n=c\"") && csv.contains(",0.000000001,"))
        }
    }

    @Test("going on behind each row gives the rest, whatever came to be booked meanwhile")
    func resuming() async throws {
        try await TestLedger.with(prices: #"{"gpt-5": {"input_cost_per_token": 3.3e-07, "output_cost_per_token": 1e-05}}"#) { ledger in
            let start = ledger.now
            for number in 1...4 {
                let hold = try await ledger.hold("1")
                _ = try await ledger.commit(
                    hold, UsageReport(usage: TokenUsage(input: Int64(number), output: 2, reasoning: 1), statedCost: Money("0.\(number)")))
            }
            let end = start.adding(seconds: 60)
            for format in SpendFormat.allCases {
                let whole = try await Self.text(ledger, format, from: start, to: end)
                let rows = Self.lines(whole)
                #expect(rows.count == (format == .focus ? 12 : 4))
                for (index, row) in rows.enumerated() {
                    let place = row.split(whereSeparator: { ",\"}\r".contains($0) }).last.flatMap { SpendCursor($0) }
                    let cursor = try #require(place, "\(row)")
                    let rest = try await Self.text(ledger, format, from: start, to: end, after: cursor)
                    #expect(Self.lines(rest) == Array(rows[(index + 1)...]))
                }
            }
            #expect(SpendCursor("x") == nil && SpendCursor("") == nil && SpendCursor("\(Identifier.none).0") == nil)
        }
    }
}
