import Ledger
import LedgerStore
import Testing

@testable import LedgerAPI

@Suite("The balances that metrics show")
struct BalanceBoardTests {
    private static let start = Timestamp(seconds: 1_800_000_000)

    private static func view(
        _ number: Int, _ envelope: String, key: String? = nil, used: Int64, end: Timestamp? = nil
    ) -> BalanceView {
        let identity = BalanceIdentity(
            id: Identifier(high: 1, low: UInt64(number)), envelope: envelope, meter: .modelCalls, rule: "r", names: ["run_id"],
            values: [key ?? "\(number)"], window: Window(start: nil, end: end))
        return BalanceView(identity: identity, limit: 100, held: 0, spent: used)
    }

    @Test("those nearest to their limit are shown, five of an envelope, as they stood last")
    func nearest() {
        var board = BalanceBoard()
        for number in 1...8 { board.note(Self.view(number, "steps", used: Int64(number)), organisation: "o", at: Self.start) }
        board.note(Self.view(8, "steps", used: 3), organisation: "o", at: Self.start)
        board.note(Self.view(9, "other", used: 1), organisation: "o", at: Self.start)
        #expect(board.nearest(at: Self.start).map(\.ratio) == [0.07, 0.06, 0.05, 0.04, 0.03, 0.01])
    }

    @Test("a run that has ended is forgotten after half an hour, and one that goes on is not")
    func idle() {
        var board = BalanceBoard()
        board.note(Self.view(1, "steps", used: 100), organisation: "o", at: Self.start)
        board.note(Self.view(2, "steps", used: 10), organisation: "o", at: Self.start)
        board.note(Self.view(2, "steps", used: 20), organisation: "o", at: Self.start.adding(seconds: 1_700))
        #expect(board.nearest(at: Self.start.adding(seconds: 1_799)).map(\.ratio) == [1, 0.2])
        #expect(board.nearest(at: Self.start.adding(seconds: 1_800)).map(\.ratio) == [0.2])
    }

    @Test("a window that is over is forgotten at once")
    func window() {
        var board = BalanceBoard()
        board.note(Self.view(1, "minute", used: 5, end: Self.start.adding(seconds: 60)), organisation: "o", at: Self.start)
        #expect(board.nearest(at: Self.start.adding(seconds: 59)).count == 1)
        #expect(board.nearest(at: Self.start.adding(seconds: 60)).isEmpty)
    }

    @Test("of two balances of one key the one that was touched last is shown")
    func sameKey() {
        var board = BalanceBoard()
        board.note(Self.view(1, "team", key: "a", used: 90), organisation: "o", at: Self.start)
        board.note(Self.view(2, "team", key: "a", used: 10), organisation: "o", at: Self.start.adding(seconds: 1))
        #expect(board.nearest(at: Self.start.adding(seconds: 1)).map(\.ratio) == [0.1])
    }

    @Test("full runs that ended in masses crowd out neither who is called nor who is nearest to a limit")
    func crowded() {
        var board = BalanceBoard()
        board.note(Self.view(1, "team", used: 95), organisation: "o", at: Self.start)
        for number in 0..<(3 * BalanceBoard.capacity) {
            let now = Self.start.adding(seconds: Int64(number / 100))
            board.note(Self.view(10 + number, "steps", used: 100), organisation: "o", at: now)
            board.note(Self.view(2, "all", used: 1), organisation: "o", at: now)
        }
        let shown = board.nearest(at: Self.start.adding(seconds: 200))
        #expect(Set(shown.map(\.identity.envelope)) == ["team", "steps", "all"])
        #expect(shown.count == 7)
    }
}
