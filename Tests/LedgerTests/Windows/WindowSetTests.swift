import Ledger
import Testing

@Suite("The windows of a policy around a moment")
struct WindowSetTests {
    private let rules = [WindowRule(.month), WindowRule.forever, WindowRule(.hour), WindowRule(.minute), WindowRule(.run)]

    @Test("are those of each rule, in its place")
    func windows() throws {
        let time = try at("2026-11-21T10:02:33Z")
        #expect(WindowSet(rules, at: time).windows == rules.map { $0.window(containing: time) })
    }

    @Test("hold for as long as the shortest of them")
    func validity() throws {
        let set = WindowSet(rules, at: try at("2026-11-21T10:02:33Z"))
        #expect(set.validity == (try Window("2026-11-21T10:02:00Z", "2026-11-21T10:03:00Z")))
        let day = WindowRule(.day, secondOfDay: 32_400)
        #expect(
            WindowSet([day, WindowRule(.month)], at: try at("2026-11-01T03:00:00Z")).validity
                == (try Window("2026-11-01T00:00:00Z", "2026-11-01T09:00:00Z")))
    }

    @Test("hold for ever where nothing turns")
    func forever() {
        #expect(WindowSet([.forever, WindowRule(.run)], at: Timestamp(seconds: 0)).validity == .forever)
        #expect(WindowSet([], at: Timestamp(seconds: 0)).validity == .forever)
    }
}
