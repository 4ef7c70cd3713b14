import Ledger
import Testing

@Suite("The windows of a policy")
struct PolicyWindowTests {
    @Test("envelopes that share a rule share its window, and each gets its own")
    func shared() throws {
        let paris = try #require(Zone("Europe/Paris"))
        let rules = [
            WindowRule(.day), WindowRule(.week), WindowRule(.day), .forever, WindowRule(.day, zone: paris), WindowRule(.minute), WindowRule(.week),
            WindowRule(.week, weekStart: 6), WindowRule(.run), WindowRule(.day, secondOfDay: 1), WindowRule(.day, zone: paris), WindowRule(.month),
        ]
        var random = SplitMix64.announced("Windows of a policy")
        for _ in 0..<20 {
            let envelopes = rules.shuffled(using: &random).enumerated().map {
                Envelope(name: "e\($0)", match: $0 % 3 == 0 ? [Condition("team_id", "t")] : [], meter: .cost, limit: 1, windowRule: $1)
            }
            let policy = Policy(version: 1, envelopes: envelopes)
            let time = Timestamp(seconds: random.number(1_790_000_000...1_800_000_000))
            for call in [Call(), Call(["team_id": "t"])] {
                let claims = try policy.claims(of: call, in: policy.windows(at: time), at: time)
                #expect(claims.count == (call.tags.isEmpty ? 8 : 12))
                for claim in claims { #expect(claim.window == claim.envelope.windowRule.window(containing: time), "seed \(random.seed)") }
            }
        }
    }

    @Test("are looked for once for each rule, and stay true until the first of them turns")
    func validity() throws {
        let time = try at("2026-11-21T10:02:33Z")
        let envelopes = (0..<100).map { Envelope(name: "e\($0)", meter: .cost, limit: 1, windowRule: WindowRule($0 % 2 == 0 ? .day : .hour)) }
        let windows = Policy(version: 1, envelopes: envelopes).windows(at: time)
        #expect(windows.windows.count == 2)
        #expect(try windows.validity == Window("2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z"))
        #expect(Policy.empty.windows(at: time).validity == .forever)
    }
}
