import Testing

@testable import Ledger

@Suite("Breakers that go by a baseline")
struct BaselineTests {
    private static let day: Int64 = 86_400
    private static let start = SimulatedFleet.start.seconds

    /// The tool calls of an agent in slices of five minutes, three a call of the simulated fleet.
    private static func slices(of agent: SimulatedFleet.Agent, seed: UInt64) -> [Int64: Int64] {
        var random = SplitMix64(seed: seed)
        var slices: [Int64: Int64] = [:]
        for hour in 0..<SimulatedFleet.days * 24 {
            let calls = SimulatedFleet.calls(of: agent, hour: hour, fault: .none, &random) * 3
            for slice in 0..<12 where calls > 0 {
                slices[start + Int64(hour) * 3_600 + Int64(slice) * 300] = (calls * random.number(50...150) / 100 + 11) / 12
            }
        }
        return slices
    }

    private static func isTripped(_ slices: [Int64: Int64], times: Int64, within: Int64, at now: Int64) -> Bool {
        let current = Baseline.current(
            slices, measure: .toolCalls, withinSeconds: within, minimumCost: AnomalyRules.usualMinimum, at: Timestamp(seconds: now))
        guard let current, let baseline = Baseline(slices, withinSeconds: within, end: current.end) else { return false }
        return baseline.isExceeded(by: current.use, times: times)
    }

    @Test("thirty healthy days: no trip of a storm or of a burn rate, for any agent, job or launch")
    func healthy() {
        var random = SplitMix64.announced("healthy baselines")
        var trips = 0
        var looks = 0
        for agent in SimulatedFleet.agents {
            let seed = random.next()
            let slices = Self.slices(of: agent, seed: seed)
            for hour in 0..<SimulatedFleet.days * 24 where hour % 3 == 2 || hour % 24 < 7 {
                let now = Self.start + Int64(hour) * 3_600 + 1_000
                for (times, within) in [(Int64(10), Int64(300)), (5, 3_600)] where hour % 7 < 2 || agent.rhythm != .office {
                    looks += 1
                    guard Self.isTripped(slices, times: times, within: within, at: now) else { continue }
                    // A fivefold launch is what a plan is for.
                    if agent.workflow == "launch", hour / 24 >= SimulatedFleet.launchDay { continue }
                    trips += 1
                    Issue.record("\(agent.name) in hour \(hour), seed \(seed)")
                }
            }
        }
        #expect(trips == 0 && looks > 3_000)
    }

    @Test("a storm of ten times the usual trips in its own slice, for every agent with office hours")
    func storms() {
        var random = SplitMix64.announced("storms")
        var trips = 0
        let agents = SimulatedFleet.agents.filter { $0.rhythm == .office }
        for agent in agents {
            var slices = Self.slices(of: agent, seed: random.next())
            // The tenth day, a Wednesday, at eleven.
            let at = Self.start + 9 * Self.day + 11 * 3_600
            #expect(!Self.isTripped(slices, times: 10, within: 300, at: at + 299))
            slices[at] = agent.callsAnHour * 3 * 12
            if Self.isTripped(slices, times: 10, within: 300, at: at + 299) { trips += 1 }
        }
        #expect(trips == agents.count && trips == 8)
    }

    @Test("too little history, too few calls, or the rhythm of other days: no trip")
    func guards() {
        let now = Self.start + 10 * Self.day
        var slices: [Int64: Int64] = [:]
        for slice in 1...20 { slices[now - Int64(slice) * 3_600] = 1 }
        slices[now] = 1_000
        #expect(!Self.isTripped(slices, times: 10, within: 300, at: now), "known for less than a day")
        slices[now - 2 * Self.day] = 1
        #expect(Self.isTripped(slices, times: 10, within: 300, at: now))
        slices[now] = 29
        #expect(!Self.isTripped(slices, times: 10, within: 300, at: now), "29 calls are no storm")
        slices[now] = 30
        #expect(Self.isTripped(slices, times: 10, within: 300, at: now))
        slices[now - 7 * Self.day] = 20
        #expect(!Self.isTripped(slices, times: 10, within: 300, at: now), "as a week ago")
        slices[now] = 31
        #expect(Self.isTripped(slices, times: 10, within: 300, at: now))
    }

    @Test("a storm across the edge of two slices is seen in the one that ended")
    func edge() {
        let now = Self.start + 10 * Self.day
        var slices: [Int64: Int64] = [:]
        for slice in 2...60 { slices[now - Int64(slice) * 3_600] = 3 }
        slices[now - 300] = 40
        #expect(Self.isTripped(slices, times: 10, within: 300, at: now + 60))
        #expect(!Self.isTripped(slices, times: 10, within: 300, at: now + 300))
    }
}
