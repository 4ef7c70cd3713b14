import Ledger
import Testing

@Suite("How a hold ends")
struct SettlementTests {
    private static let hold = Hold(id: Identifier(high: 3, low: 1), openedAt: Timestamp(seconds: 0), amounts: .zero, shares: [])
    private static let printA = Identifier(high: 4, low: 1)
    private static let printB = Identifier(high: 4, low: 2)

    private static func ending(_ state: Ending.State, at seconds: Int64) -> Ending {
        Ending(state: state, fingerprint: state == .committed ? printA : nil, charged: Amounts(cost: 1), settledAt: Timestamp(seconds: seconds))
    }

    /// What six requests at 900 seconds become: commit A, commit B, release, expire, extend by a minute, extend beyond 24 h.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let state: HoldState
        let decisions: [String]

        init(_ name: String, _ state: HoldState, _ decisions: String...) {
            testDescription = name
            self.state = state
            self.decisions = decisions
        }
    }

    @Test(
        "every request in every state",
        arguments: [
            Row(
                "open", .open(expiresAt: Timestamp(seconds: 901)),
                "end committed", "end committed", "end released", "nothing", "extend 960", "too long 86400"),
            Row(
                "open and due, not swept yet", .open(expiresAt: Timestamp(seconds: 900)),
                "end committed", "end committed", "end released", "end expired", "extend 960", "too long 86400"),
            Row(
                "open for longer than is asked", .open(expiresAt: Timestamp(seconds: 1_000)),
                "end committed", "end committed", "end released", "nothing", "extend 1000", "too long 86400"),
            Row(
                "committed", .ended(ending(.committed, at: 500), late: nil),
                "replay", "conflict committed 500", "conflict committed 500", "nothing", "conflict committed 500", "conflict committed 500"),
            Row(
                "released", .ended(ending(.released, at: 500), late: nil),
                "late", "late", "replay", "nothing", "conflict released 500", "conflict released 500"),
            Row(
                "expired", .ended(ending(.expired, at: 500), late: nil),
                "late", "late", "conflict expired 500", "nothing", "conflict expired 500", "conflict expired 500"),
            Row(
                "released, then charged late", .ended(ending(.released, at: 500), late: ending(.committed, at: 600)),
                "replay late", "conflict committed 600", "replay", "nothing", "conflict committed 600", "conflict committed 600"),
            Row(
                "expired, then charged late", .ended(ending(.expired, at: 500), late: ending(.committed, at: 600)),
                "replay late", "conflict committed 600", "conflict committed 600", "nothing", "conflict committed 600", "conflict committed 600"),
        ])
    func table(row: Row) {
        let requests: [Settlement.Request] = [
            .commit(charge: Amounts(cost: 1), fingerprint: Self.printA), .commit(charge: Amounts(cost: 2), fingerprint: Self.printB), .release,
            .expire,
            .extend(ttlSeconds: 60), .extend(ttlSeconds: 85_501),
        ]
        let decisions = requests.map { Settlement.decide($0, hold: Self.hold, state: row.state, at: Timestamp(seconds: 900)).text }
        #expect(decisions == row.decisions)
    }

    @Test("a hold can be kept alive for 24 hours to the microsecond")
    func longestLife() {
        func extend(_ ttlSeconds: Int64, at now: Timestamp) -> String {
            Settlement.decide(.extend(ttlSeconds: ttlSeconds), hold: Self.hold, state: .open(expiresAt: now.adding(seconds: 1)), at: now).text
        }
        #expect(extend(3_600, at: Timestamp(seconds: 82_800)) == "extend 86400")
        #expect(extend(3_600, at: Timestamp(microseconds: 82_800_000_001)) == "too long 86400")
        #expect(extend(1, at: Timestamp(seconds: 86_400)) == "too long 86400")
        #expect(extend(.max, at: Timestamp(seconds: 900)) == "too long 86400")
    }

    @Test("a hold kept alive again and again ends after 24 hours")
    func extendedForADay() {
        var (now, expiresAt) = (Timestamp(seconds: 0), Timestamp(seconds: 120))
        var extensions = 0
        while case .extend(let until) = Settlement.decide(.extend(ttlSeconds: 120), hold: Self.hold, state: .open(expiresAt: expiresAt), at: now) {
            #expect(until >= expiresAt)
            (now, expiresAt) = (now.adding(seconds: 100), until)
            extensions += 1
        }
        #expect(extensions == 863)
        #expect(expiresAt <= Self.hold.openedAt.adding(seconds: 86_400))
    }
}
