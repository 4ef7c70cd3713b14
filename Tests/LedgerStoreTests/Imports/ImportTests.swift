import Ledger
import Postgres
import TestSupport
import Testing

@testable import LedgerStore

@Suite("Imports of logs")
struct ImportTests {
    private static let prices = #"{"gpt-5": {"input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05}}"#

    private static func request(
        _ identity: String = "one", format: LogFormat = .csv, bound: [String: String] = [:], takesUnpriced: Bool = false, isDryRun: Bool = false
    ) -> ImportRequest {
        ImportRequest(
            format: format, name: identity, identity: identity, bound: TestLedger.tags(bound), author: "test", takesUnpriced: takesUnpriced,
            isDryRun: isDryRun)
    }

    /// Sends a log in parts of some size, as far as some part.
    private static func send(
        _ text: String, _ request: ImportRequest = request(), to ledger: TestLedger, part: Int = 10_000, until last: Int = .max
    ) async throws -> StoredImport? {
        var sending = ledger.store.imports.sending(request, to: try await ledger.state())
        var rest = Array(text.utf8)[...]
        var count = 0
        while !rest.isEmpty {
            // Whoever sends it is killed: nothing more is done, and nothing is told.
            if count == last { return nil }
            try await sending.read(Array(rest.prefix(part)))
            rest = rest.dropFirst(part)
            count += 1
        }
        return try await sending.finish()
    }

    /// A log of a day; every tenth line is refused.
    private static func log(_ count: Int, day: Int = 20) -> String {
        let header = "time,model,cost,input_tokens,output_tokens,workflow_name,agent_id,run_id,tool,status\n"
        return (0..<count).reduce(into: header) { text, number in
            let time = "2026-11-\(day)T\(10 + number / 3_600 % 10):\(10 + number / 60 % 50):\(10 + number % 50)Z"
            let cost = number % 10 == 3 ? "free" : "0.00\(1 + number % 9)"
            text += "\(time),gpt-5,\(cost),\(number % 100),5,flow-\(number % 3),agent-\(number % 7),run-\(number / 20),,ok\n"
        }
    }

    /// What of the ledger an import may change, in one text.
    private static func sums(_ ledger: TestLedger) throws -> [String] {
        try ["usage_hourly", "usage_daily", "usage_hours", "usage_days", "run_usage", "import_usage", "import_runs", "imported_calls"].map { table in
            // What tells the one import or the other apart, and when it was made.
            let others = "- '{import_id,imported_at,line,top_call}'::text[]"
            return try ledger.database.texts(
                "SELECT coalesce(md5(string_agg(x.t, ',' ORDER BY x.t)), '') FROM (SELECT (to_jsonb(r) \(others))::text AS t FROM \(table) r) x")[0]
        }
    }

    @Test("each line is booked once with its sums, or refused by name; verification and seal agree; no balance is touched")
    func books() async throws {
        try await TestLedger.with(policy: "envelopes: [{ name: all, meter: cost, limit: \"1\" }]", prices: Self.prices) { ledger in
            let done = try #require(try await Self.send(Self.log(2_500), to: ledger))
            #expect(done.state == .done && done.counts.lines == 2_500 && done.counts.taken == 2_250 && done.counts.refused == 250)
            let truth = try ledger.number("SELECT sum(cost) FROM imported_calls")
            #expect(try done.counts.cost.nanos == truth && done.counts.tokens == ledger.number("SELECT sum(tokens) FROM imported_calls"))
            #expect(try ledger.number("SELECT sum(cost) FROM usage_daily") == truth && ledger.number("SELECT sum(cost) FROM run_usage") == truth)
            #expect(try ledger.number("SELECT sum(cost) FROM import_usage") == truth && ledger.number("SELECT sum(cost) FROM import_runs") == truth)
            #expect(try ledger.count("usage_slices") == 0 && ledger.count("balances") == 0 && ledger.count("breaker_counters") == 0)
            let id = try #require(done.id)
            var refused: [RefusedLine] = []
            while true {
                let page = try await ledger.store.imports.refusals(
                    of: id, in: ledger.organisation.id, after: refused.last.map { ($0.line, $0.part) }, limit: 70)
                refused += page
                if page.count < 70 { break }
            }
            #expect(refused.map(\.line) == (0..<250).map { $0 * 10 + 5 } && refused.allSatisfy { $0.place == "cost" })
            #expect(done.refusals == Array(refused.prefix(20)))
            try await ledger.store.sealer.sealDue(isComplete: true)
            #expect(try ledger.number("SELECT sum(facts) FROM seals WHERE source = 'batches'") == 2_250 + ledger.count("batches"))
        }
    }

    @Test("cut off anywhere and sent again, also under another name, it comes to the same as sent once", arguments: [1, 5, 9])
    func resumes(until part: Int) async throws {
        let text = Self.log(3_000)
        let once = try await TestLedger.with { ledger in
            _ = try await Self.send(text, to: ledger)
            return try Self.sums(ledger)
        }
        try await TestLedger.with { ledger in
            #expect(try await Self.send(text, to: ledger, part: 20_000, until: part) == nil)
            let before = try ledger.count("imported_calls")
            let done = try #require(try await Self.send(text, to: ledger, part: 4_096))
            #expect(done.counts.resumed == before && done.counts.taken == 2_700 && done.counts.alreadyThere == 0 && done.counts.refused == 300)
            #expect(try Self.sums(ledger) == once)
            #expect(try ledger.count("import_refusals") == 300)
            let other = try #require(try await Self.send(text, Self.request("two"), to: ledger))
            #expect(other.counts.taken == 0 && other.counts.alreadyThere == 2_700 && other.counts.refused == 300)
            let again = try #require(try await Self.send(text, to: ledger))
            #expect(again.id == done.id && again.counts.resumed == 2_700 && again.counts.taken == 2_700)
            #expect(try ledger.number("SELECT count(*) FROM imported_calls") == 2_700)
        }
    }

    @Test("a transaction that fails in the middle leaves nothing of its chunk, and is made again")
    func fails() async throws {
        let text = Self.log(2_000)
        try await TestLedger.with { ledger in
            // The roll-up of the second chunk fails.
            try ledger.database.run("ALTER TABLE import_usage ADD CONSTRAINT broken CHECK (calls < 60)")
            await #expect(throws: PostgresError.self) { try await Self.send(text, to: ledger) }
            #expect(try ledger.number("SELECT count(*) FROM imported_calls") == ledger.number("SELECT coalesce(sum(taken), 0) FROM import_progress"))
            #expect(try ledger.number("SELECT coalesce(sum(facts), 0) FROM usage_hours") == ledger.count("imported_calls"))
            try ledger.database.run("ALTER TABLE import_usage DROP CONSTRAINT broken")
            let done = try #require(try await Self.send(text, to: ledger))
            #expect(done.counts.taken == 1_800 && done.state == .done)
        }
    }

    @Test("whoever began the same log anew takes it over; the one before books nothing more")
    func superseded() async throws {
        try await TestLedger.with { ledger in
            let text = Self.log(1_500)
            var first = ledger.store.imports.sending(Self.request(), to: try await ledger.state())
            try await first.read(Array(text.utf8.prefix(100_000)))
            let done = try #require(try await Self.send(text, to: ledger))
            await #expect(throws: ImportError.self) {
                try await first.read(Array(text.utf8.dropFirst(100_000))); _ = try await first.finish()
            }
            let found = try await ledger.store.imports.find(try #require(done.id), of: ledger.organisation.id)
            #expect(found?.state == .done && found?.counts.taken == 1_350)
        }
    }

    @Test("two calls that a log tells in the same words are two; a call of its own id is one")
    func twins() async throws {
        try await TestLedger.with { ledger in
            let line = #"{"time":"2026-11-20T10:00:00Z","model":"m","cost":"1"}"# + "\n"
            let named = #"{"time":"2026-11-20T10:00:00Z","model":"m","cost":"1","id":"x"}"# + "\n"
            let done = try #require(try await Self.send(line + line + named + line + named, Self.request(format: .jsonl), to: ledger))
            #expect(done.counts.taken == 4 && done.counts.alreadyThere == 1 && done.counts.cost == Money("4"))
            let longer = try #require(try await Self.send(line + line + named + line + named + line, Self.request("b", format: .jsonl), to: ledger))
            #expect(longer.counts.taken == 1 && longer.counts.alreadyThere == 5)
        }
    }

    @Test("tokens without a cost are priced by the list; without a price they are refused, or taken at no cost")
    func prices() async throws {
        let text = "time,model,input_tokens,output_tokens\n2020-01-01T00:00:00Z,gpt-5,1000,10\n2020-01-01T00:00:00Z,other,1000,10\n"
        try await TestLedger.with(prices: Self.prices) { ledger in
            let done = try #require(try await Self.send(text, to: ledger))
            #expect(done.counts.taken == 1 && done.counts.cost == Money("0.00135"))
            #expect(done.refusals.map(\.line) == [3] && done.refusals[0].reason.contains("'other'"))
            let free = try #require(try await Self.send(text, Self.request("free", takesUnpriced: true), to: ledger))
            #expect(free.counts.taken == 1 && free.counts.unpriced == 1 && free.counts.alreadyThere == 1 && free.counts.cost == .zero)
        }
    }

    @Test("a key that is bound to tags fills them in, and a line that says otherwise is refused; nobody else sees the import")
    func bound() async throws {
        let text = "time,model,cost,team_id\n2026-11-20T10:00:00Z,m,1,\n2026-11-20T10:00:00Z,m,1,sales\n"
        try await TestLedger.with { ledger in
            let done = try #require(try await Self.send(text, Self.request(bound: ["team_id": "support"]), to: ledger))
            #expect(done.counts.taken == 1 && done.refusals.map(\.line) == [3])
            #expect(try ledger.database.texts("SELECT tags ->> 'team_id' FROM imported_calls") == ["support"])
            let (id, organisation) = (try #require(done.id), ledger.organisation.id)
            #expect(try await ledger.store.imports.find(id, bound: TestLedger.tags(["team_id": "sales"]), of: organisation) == nil)
            #expect(
                try await ledger.store.imports.list(of: organisation, bound: TestLedger.tags(["team_id": "sales"]), before: nil, limit: 9).isEmpty)
            #expect(try await ledger.store.imports.find(id, bound: TestLedger.tags(["team_id": "support"]), of: organisation) != nil)
        }
    }

    @Test("a dry run counts the same and writes nothing; a log that is something else ends early")
    func dry() async throws {
        try await TestLedger.with { ledger in
            let dry = try #require(try await Self.send(Self.log(1_500), Self.request(isDryRun: true), to: ledger))
            #expect(dry.id == nil && dry.counts.taken == 1_350 && dry.counts.refused == 150 && dry.counts.lines == 1_500)
            #expect(try ledger.count("imports") == 0 && ledger.count("imported_calls") == 0 && ledger.count("batches") == 0)
            let done = try #require(try await Self.send(Self.log(1_500), to: ledger))
            #expect(done.counts.cost == dry.counts.cost && done.counts.first == dry.counts.first && done.counts.last == dry.counts.last)
            let dryAgain = try #require(try await Self.send(Self.log(1_500), Self.request(isDryRun: true), to: ledger))
            #expect(dryAgain.counts.taken == 0 && dryAgain.counts.alreadyThere == 1_350)
            let prose = String(repeating: "nothing of the kind\n", count: 5_000)
            await #expect(throws: ImportError.self) { _ = try await Self.send(prose, Self.request("prose", format: .jsonl), to: ledger) }
            // The clock stands still, so the two have no order.
            let failed = try await ledger.store.imports.list(of: ledger.organisation.id, before: nil, limit: 9).filter { $0.state == .failed }
            #expect(failed.map(\.counts.refused) == [1_000])
            for empty in ["", "\n"] { await #expect(throws: ImportError.self) { _ = try await Self.send(empty, to: ledger) } }
        }
    }

    @Test("an import that nobody goes on with is interrupted")
    func interrupted() async throws {
        try await TestLedger.with { ledger in
            _ = try await Self.send(Self.log(2_000), to: ledger, part: 100_000, until: 1)
            func state() async throws -> StoredImport.State? {
                try await ledger.store.imports.list(of: ledger.organisation.id, before: nil, limit: 1).first?.state
            }
            #expect(try await state() == .reading)
            try await ledger.advance(seconds: 61)
            #expect(try await state() == .interrupted)
        }
    }

    @Test("what was imported is found out where it is changed: a cost, a sum, what the import says of itself")
    func verified() async throws {
        try await TestLedger.with(isTampered: true) { ledger in
            _ = try await Self.send(Self.log(100), to: ledger)
            try await ledger.store.sealer.sealDue(isComplete: true)
            let owner = try ledger.database.owner()
            defer { owner.close() }
            for (sql, finds) in [
                ("UPDATE imported_calls SET cost = cost + 1 WHERE line = 2", "was changed after it was sealed"),
                ("UPDATE imported_calls SET cost = cost + 1 WHERE line = 2", "but its calls add up to"),
                ("DELETE FROM imported_calls WHERE line = 2", "is gone"),
                ("UPDATE import_progress SET taken = taken - 1", "but its calls add up to"),
                ("UPDATE import_usage SET cost = cost + 1 WHERE id = (SELECT id FROM import_usage LIMIT 1)", "sums up"),
                ("UPDATE usage_hours SET cost = cost + 1", "add up to"),
                ("UPDATE imports SET author = 'somebody'", "was changed after it was sealed"),
            ] {
                try owner.run("BEGIN; \(sql)")
                let found = try Verifier.verify(ledger.organisation.id, in: owner).findings.map(\.description)
                try owner.run("ROLLBACK")
                #expect(found.contains { $0.contains(finds) }, "\(sql): \(found)")
            }
            #expect(try Verifier.verify(ledger.organisation.id, in: owner).findings.isEmpty)
        }
    }

    @Test("an imported call that lies a little behind its booking is found at its time")
    func ahead() async throws {
        try await TestLedger.with { ledger in
            let now = ledger.store.clock.now()
            _ = try await Self.send("time,model,cost\n\(now.adding(seconds: 290)),m,1\n", to: ledger)
            let (from, to) = (now.adding(seconds: 200), now.adding(seconds: 400))
            let selection = SpendReader.Selection(from: from, to: to, tags: Tags())
            let start = ledger.store.spend.start(selection, after: nil)
            let page = try await ledger.store.spend.page(of: ledger.organisation.id, selection, after: start)
            #expect(page.records.map(\.kind) == ["imported"])
        }
    }

    @Test("exports have imported calls at the time of their log, among what was settled, and go on behind any row")
    func exported() async throws {
        try await TestLedger.with { ledger in
            _ = try await ledger.charge("7", ["team_id": "a"])
            _ = try await Self.send(Self.log(1_300, day: 19), to: ledger)
            _ = try await ledger.charge("9", ["team_id": "a"])
            func rows(_ from: String, _ to: String, after: SpendCursor? = nil) async throws -> [SpendRecord] {
                let selection = SpendReader.Selection(
                    from: try #require(Timestamp(rfc3339: from)), to: try #require(Timestamp(rfc3339: to)), tags: Tags())
                var records: [SpendRecord] = []
                var last: Identifier? = ledger.store.spend.start(selection, after: after)
                while let batch = last {
                    let page = try await ledger.store.spend.page(of: ledger.organisation.id, selection, after: batch)
                    records += page.records
                    last = page.last
                }
                return records.filter { record in after.map { record.cursor(row: 0).isBehind($0) } ?? true }
            }
            let all = try await rows("2026-11-19T00:00:00Z", "2026-11-22T00:00:00Z")
            #expect(all.count == 1_172 && Set(all.map(\.id)).count == 1_172)
            let imported = all.filter { $0.kind == "imported" }.reduce(0) { $0 + $1.charged.cost }
            #expect(try imported == ledger.number("SELECT sum(cost) FROM imported_calls"))
            let past = try await rows("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")
            #expect(past.count == 1_170 && past.allSatisfy { $0.kind == "imported" })
            #expect(try await rows("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z").allSatisfy { $0.kind == "direct" })
            for place in [0, 600, 1_171] {
                let rest = try await rows("2026-11-19T00:00:00Z", "2026-11-22T00:00:00Z", after: all[place].cursor(row: 0))
                #expect(rest.map(\.id) == all[(place + 1)...].map(\.id))
            }
        }
    }
}
