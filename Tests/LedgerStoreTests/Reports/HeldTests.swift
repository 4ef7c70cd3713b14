import Ledger
import Testing
import TestSupport

@testable import LedgerStore

@Suite("What open holds hold")
struct HeldTests {
    private static let policy = """
        envelopes: [ { name: all, meter: cost, limit: "1000" } ]
        """

    private static func held(
        _ ledger: TestLedger, _ shape: ReportKey.Shape, _ filter: ReportFilter = ReportFilter(), groups: Int = HeldReader.groupLimit
    ) async throws -> [String: String] {
        let reader = HeldReader(pool: ledger.store.pool, organisation: ledger.organisation.id, filter: filter, groupLimit: groups)
        let held = try await reader.read(shape, at: ledger.now)
        return held.reduce(into: [:]) { sums, sum in
            let parts = sum.key.values + (shape.hasModel ? [sum.key.model] : []) + (shape.hasTool ? [sum.key.tool] : [])
            sums[parts.map { $0 ?? "-" }.joined(separator: " ")] = "\(Money(nanos: sum.value))"
        }
    }

    @Test("by the tags, however many groups there are and however they were sent", arguments: [HeldReader.groupLimit, 2])
    func tags(groups: Int) async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            // The same letter, composed and decomposed, is one team that was sent in two ways.
            for (number, team) in ["\u{E9}", "e\u{301}", "e", "\u{E9}"].enumerated() {
                _ = try await ledger.hold("\(1 << number)", ["team_id": team, "run_id": "r\(number)"], ttlSeconds: 3_600)
            }
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            let shape = ReportKey.Shape(names: ["team_id"], hasModel: false, hasTool: false)
            let held = try await HeldReader(pool: ledger.store.pool, organisation: ledger.organisation.id, filter: ReportFilter(), groupLimit: groups)
                .read(shape, at: ledger.now)
            #expect(held.reduce(into: [:]) { $0[$1.key.values[0], default: 0] += $1.value / 1_000_000_000 } == ["\u{E9}": 11, "e": 4])
            #expect(try ledger.database.number("SELECT count(DISTINCT group_key) FROM open_reservations") == 3)
            let nothing = HeldReader(pool: ledger.store.pool, organisation: other.id, filter: ReportFilter())
            #expect(try await nothing.read(shape, at: ledger.now).isEmpty)
            let ofRun = ReportFilter(tags: TestLedger.tags(["run_id": "r1"]))
            #expect(try await Self.held(ledger, shape, ofRun, groups: groups).isEmpty, "sums are not kept by run")
        }
    }

    @Test("by the model that is called and the tool, with an old hold beside new ones of its group")
    func models() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            _ = try await ledger.hold("1", ["workflow_name": "dear"], ttlSeconds: 86_400)
            _ = try await ledger.submit(.reserve(ledger.call("4", ["workflow_name": "dear"], model: nil, ttlSeconds: 86_400)))
            let shape = ReportKey.Shape(names: ["workflow_name"], hasModel: true, hasTool: true)
            #expect(try await Self.held(ledger, shape) == ["dear gpt-5 -": "1", "dear - search": "4"])
            // Nobody has ended what should long be over.
            try await ledger.advance(seconds: 5 * 86_400)
            _ = try await ledger.hold("8", ["workflow_name": "dear"], ttlSeconds: 3_600)
            #expect(try await Self.held(ledger, shape)["dear gpt-5 -"] == "9")
            let onlyTools = ReportFilter(tool: "search")
            #expect(try await Self.held(ledger, .total, onlyTools).values.first == nil, "a hold that is too old to be looked for")
        }
    }
}
