import Ledger
import Testing

@Suite("Credit that is carried over")
struct RolloverTests {
    @Test(
        "is what is left, at most up_to, never less than nothing",
        arguments: [
            (10, 100, 0, 0, 10), (10, 100, 0, 95, 5), (10, 100, 3, 92, 5), (10, 100, 50, 40, 10), (10, 100, 0, 100, 0), (10, 100, 0, 101, 0),
            (10, 100, 60, 60, 0), (0, 100, 0, 0, 0), (.max, .max, 0, 0, .max), (.max, .max, 1, 1, .max - 2), (10, 0, .max, .max, 0),
            (10, 0, 0, 0, 0), (150, 100, 0, 0, 100),
        ] as [(Int64, Int64, Int64, Int64, Int64)])
    func carry(upTo: Int64, limit: Int64, held: Int64, spent: Int64, carried: Int64) {
        #expect(Rollover(upTo: upTo).carry(limit: limit, held: held, spent: spent) == carried)
    }

    private static let week = WindowRule(.week)

    private static func envelope(upTo: Int64, expires: Int64? = nil) -> Envelope {
        Envelope(
            name: "a", meter: .cost, limit: 100, windowRule: week, rollover: Rollover(upTo: upTo, expiresInSeconds: expires), plan: [.refuse(100)])
    }

    private static func links(_ envelope: Envelope, left: Int64, weeks: Int64) throws -> [CreditChain.Link] {
        let ended = try at("2026-11-23T00:00:00Z")
        let target = week.window(containing: ended.adding(seconds: weeks * 604_800))
        return CreditChain.links(after: ended, left: left, to: target, of: envelope)
    }

    @Test("an envelope without a limit carries nothing")
    func noLimit() {
        #expect(Envelope(name: "a", meter: .cost, limit: nil, perCall: 1, rollover: Rollover(upTo: 1)).rollover == nil)
        #expect(Self.envelope(upTo: 1).rollover == Rollover(upTo: 1))
    }

    @Test("the next window gets what the last one left")
    func next() throws {
        for (left, carry) in [(30, 30), (60, 50), (0, 0), (-20, 0)] as [(Int64, Int64)] {
            let links = try Self.links(Self.envelope(upTo: 50), left: left, weeks: 0)
            #expect(links.map(\.carry) == [carry])
            #expect(try links.map(\.window) == [Window("2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z")])
            #expect(links.map(\.expiresAt) == [nil])
        }
    }

    @Test("windows that nobody touched chain as unspent, and meet without a gap")
    func skipped() throws {
        let links = try Self.links(Self.envelope(upTo: 50), left: 10, weeks: 3)
        #expect(links.map(\.carry) == [10, 50, 50, 50])
        #expect(zip(links, links.dropFirst()).allSatisfy { $0.window.end == $1.window.start })
        let large = try Self.links(Self.envelope(upTo: 1_000), left: 0, weeks: 3)
        #expect(large.map(\.carry) == [0, 100, 200, 300], "what was carried is part of what is left")
    }

    @Test("credit that expires within its window is not carried again; one that outlives it ends with it")
    func expires() throws {
        let day = try Self.links(Self.envelope(upTo: 150, expires: 86_400), left: 40, weeks: 2)
        #expect(day.map(\.carry) == [40, 100, 100])
        #expect(day.map(\.expiresAt) == day.map { $0.window.start?.adding(seconds: 86_400) })
        let long = try Self.links(Self.envelope(upTo: 150, expires: 604_800), left: 40, weeks: 2)
        #expect(long.map(\.carry) == [40, 140, 150] && long.allSatisfy { $0.expiresAt == nil })
    }

    @Test("the windows between two moments are those of the rule, however far apart")
    func windows() throws {
        let (start, target) = (try at("2026-11-02T00:00:00Z"), Self.week.window(containing: try at("2026-11-25T12:00:00Z")))
        let windows = CreditChain.windows(from: start, to: target, of: Self.week)
        #expect(windows.map(\.start) == (0..<4).map { start.adding(seconds: $0 * 604_800) })
        #expect(windows.last == target)
        #expect(CreditChain.windows(from: try #require(target.start), to: target, of: Self.week) == [target])
        #expect(CreditChain.windows(from: start, to: .forever, of: Self.week).isEmpty)
        let far = WindowRule(.day).window(containing: try at("2036-01-01T12:00:00Z"))
        let many = CreditChain.windows(from: start, to: far, of: WindowRule(.day))
        #expect(many.count == CreditChain.maximumLinks && many.last == far)
        #expect(zip(many, many.dropFirst()).allSatisfy { $0.end == $1.start })
    }
}
