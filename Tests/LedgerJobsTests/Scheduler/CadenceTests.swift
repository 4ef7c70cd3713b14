import Ledger
import LedgerJobs
import Testing

@Suite("Cadences")
struct CadenceTests {
    private func at(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    @Test(
        "the next due time lies on a grid, after the moment",
        arguments: [
            (Cadence.every(seconds: 1), "2026-11-21T10:00:00Z", "2026-11-21T10:00:01Z"),
            (.every(seconds: 1), "2026-11-21T10:00:00.999999Z", "2026-11-21T10:00:01Z"),
            (.every(seconds: 60), "2026-11-21T10:00:59.999999Z", "2026-11-21T10:01:00Z"),
            (.every(seconds: 60), "2026-11-21T10:01:00Z", "2026-11-21T10:02:00Z"),
            (.daily(hour: 3), "2026-11-21T02:59:59Z", "2026-11-21T03:00:00Z"),
            (.daily(hour: 3), "2026-11-21T03:00:00Z", "2026-11-22T03:00:00Z"),
            (.daily(hour: 23, minute: 59), "2026-12-31T23:59:00Z", "2027-01-01T23:59:00Z"),
            (.weekly(weekday: 4, hour: 9), "2026-11-20T08:59:59Z", "2026-11-20T09:00:00Z"),
            (.weekly(weekday: 4, hour: 9), "2026-11-20T09:00:00Z", "2026-11-27T09:00:00Z"),
            (.weekly(weekday: 0, hour: 0), "2026-11-21T10:00:00Z", "2026-11-23T00:00:00Z"),
            (.weekly(weekday: 3, hour: 0), "1970-01-01T00:00:00Z", "1970-01-08T00:00:00Z"),
        ])
    func next(cadence: Cadence, moment: String, expected: String) throws {
        #expect(try cadence.next(after: at(moment)) == at(expected))
    }

    @Test("what is due is told with its first, its latest, their number and the next")
    func due() throws {
        let cadence = Cadence.every(seconds: 60)
        let stored = try at("2026-11-21T10:00:00Z")
        #expect(cadence.due(since: stored, now: try at("2026-11-21T09:59:59.999999Z")) == nil)
        let one = try #require(cadence.due(since: stored, now: stored))
        #expect(one.first == stored && one.latest == stored && one.count == 1)
        #expect(one.next == stored.adding(seconds: 60))
        let many = try #require(cadence.due(since: stored, now: try at("2026-11-21T10:09:59Z")))
        #expect(many.first == stored && many.latest == stored.adding(seconds: 540) && many.count == 10)
        #expect(many.next == stored.adding(seconds: 600))
    }

    @Test("a stored time beside the grid, from another rhythm, is due once and leads back to the grid")
    func besideTheGrid() throws {
        let stored = try at("2026-11-21T10:00:30Z")
        let due = try #require(Cadence.every(seconds: 60).due(since: stored, now: try at("2026-11-21T10:00:45Z")))
        #expect(due.latest == stored && due.count == 1)
        #expect(due.next == (try at("2026-11-21T10:01:00Z")))
    }

    @Test("years are as quick as seconds, and stepping gives what counting gives")
    func counting() throws {
        for cadence in [Cadence.every(seconds: 7), .daily(hour: 3), .weekly(weekday: 6, hour: 23, minute: 30)] {
            let first = cadence.next(after: try at("2026-11-21T10:00:00Z"))
            var last = first
            for _ in 0..<99 { last = cadence.next(after: last) }
            let due = try #require(cadence.due(since: first, now: last.adding(seconds: 1)))
            #expect(due.count == 100 && due.latest == last && due.next == cadence.next(after: last))
        }
    }

    @Test("each says how often it comes, and nonsense counts as the nearest that makes sense")
    func texts() {
        #expect(Cadence.every(seconds: 1).description == "second")
        #expect(Cadence.every(seconds: 5).description == "5 seconds")
        #expect(Cadence.every(seconds: 60).description == "minute")
        #expect(Cadence.every(seconds: 300).description == "5 minutes")
        #expect(Cadence.daily(hour: 3).description == "day at 03:00 UTC")
        #expect(Cadence.weekly(weekday: 4, hour: 9, minute: 5).description == "Friday at 09:05 UTC")
        #expect(Cadence.every(seconds: 0).periodSeconds == 1)
        #expect(Cadence.every(seconds: .max).periodSeconds == 86_400)
    }
}
