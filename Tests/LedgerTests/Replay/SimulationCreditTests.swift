import Ledger
import Testing

@Suite("Recorded credit and adjustments under another policy")
struct SimulationCreditTests {
    private static let day: Int64 = 86_400

    private static func daily(_ limit: Int64, upTo: Int64 = 1_000) -> Envelope {
        Envelope(
            name: "daily", meter: .cost, limit: limit, windowRule: WindowRule(.day), rollover: Rollover(upTo: upTo))
    }

    @Test("what is carried follows from what would have been spent")
    func carried() {
        let envelope = Self.daily(300)
        let tomorrow = Tape.identity(envelope, at: Tape.start.adding(seconds: Self.day))
        var tape = Tape()
        tape.done(60)
        tape.done(60)
        tape.now = tape.now.adding(seconds: Self.day)
        // The record's limit was higher, so it spent 360 and carried another amount.
        _ = tape.adjusted(tomorrow.id, Adjustment(kind: .carry, amount: 7, reason: "", author: "purser"))
        tape.done(140)
        tape.done(1)
        let report = tape.replay([envelope], starts: [StartingBalance(identity: tomorrow, balance: nil)])
        // 180 of 300 are spent, 120 are carried: 420 fit tomorrow, and not one more.
        #expect(report.listed.map(\.replayed) == ["refused: envelope-exhausted", "refused: envelope-exhausted"])
        #expect(report.replayedCost == 180 + 420)
    }

    @Test("where the window before is not known, what was recorded is carried")
    func recorded() {
        let envelope = Self.daily(300)
        let identity = Tape.identity(envelope)
        var tape = Tape()
        _ = tape.adjusted(identity.id, Adjustment(kind: .carry, amount: 30, reason: "", author: "purser"))
        tape.done(110)
        tape.done(1)
        let report = tape.replay([envelope], starts: [StartingBalance(identity: identity, balance: nil)])
        #expect(report.replayedCost == 330 && report.total.newlyRefused == 1)
    }

    @Test("a window that the record did not open is opened when it is first needed")
    func unrecorded() {
        var tape = Tape()
        tape.done(60)
        tape.now = tape.now.adding(seconds: Self.day)
        tape.done(140)
        tape.done(1)
        let report = tape.replay([Self.daily(300)])
        #expect(report.replayedCost == 180 + 420 && report.total.newlyRefused == 1)
    }

    @Test("an adjustment by hand counts from where it was made until it ends")
    func adjusted() {
        let envelope = Envelope(name: "total", meter: .cost, limit: 300)
        let identity = Tape.identity(envelope)
        var tape = Tape()
        tape.done(101)
        let end = tape.now.adding(seconds: 60)
        let source = tape.adjusted(identity.id, Adjustment(kind: .adjustment, amount: 3, expiresAt: end, reason: "", author: "ann"))
        tape.done(101)
        tape.now = end
        _ = tape.adjusted(identity.id, .expiry(of: source, amount: 3, adjusted: 3))
        tape.done(0)
        let report = tape.replay([envelope], starts: [StartingBalance(identity: identity, balance: nil)])
        // Only the second call fits the raised limit; at the end the use of 303 is above the limit of 300.
        #expect(report.replayedCost == 303 && report.total.newlyRefused == 2)
    }
}
