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
        let reader = HeldReader(
            pool: ledger.store.pool, organisation: ledger.organisation.id, filter: filter, memory: HeldMemory(), groupLimit: groups)
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
            let reader = HeldReader(
                pool: ledger.store.pool, organisation: ledger.organisation.id, filter: ReportFilter(), memory: HeldMemory(), groupLimit: groups)
            let held = try await reader.read(shape, at: ledger.now)
            #expect(held.reduce(into: [:]) { $0[$1.key.values[0], default: 0] += $1.value / 1_000_000_000 } == ["\u{E9}": 11, "e": 4])
            #expect(try ledger.database.number("SELECT count(DISTINCT group_key) FROM open_reservations") == 3)
            let nothing = HeldReader(pool: ledger.store.pool, organisation: other.id, filter: ReportFilter(), memory: HeldMemory())
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

    @Test("groups of very many holds are read again after twenty times as long as it took; of fewer, each time")
    func memory() async throws {
        let start = ContinuousClock.now
        let (first, second) = (Identifier(high: 0, low: 1), Identifier(high: 0, low: 2))
        let memory = HeldMemory(threshold: 1_000)
        var now = start
        var reads = 0
        func groups(of organisation: Identifier, _ holds: Int64, at offset: Duration, taking time: Duration) async throws -> Int64 {
            now = start + offset
            return try await memory.groups(of: organisation, clock: { now }) {
                now += time
                reads += 1
                return HeldGroups(holds: holds)
            }.holds
        }
        #expect(try await groups(of: first, 1_000, at: .zero, taking: .milliseconds(100)) == 1_000)
        #expect(try await groups(of: first, 1_001, at: .milliseconds(2_099), taking: .milliseconds(100)) == 1_000, "2 s from the end of the first")
        #expect(try await groups(of: second, 7, at: .milliseconds(2_099), taking: .milliseconds(100)) == 7)
        #expect(try await groups(of: second, 8, at: .milliseconds(2_199), taking: .milliseconds(100)) == 8)
        #expect(try await groups(of: first, 1_002, at: .milliseconds(2_300), taking: .seconds(3)) == 1_002)
        #expect(try await groups(of: first, 1_003, at: .milliseconds(20_299), taking: .zero) == 1_002, "15 s at most")
        #expect(try await groups(of: first, 1_003, at: .milliseconds(20_300), taking: .zero) == 1_003)
        #expect(reads == 5)
    }
}
