import Testing

@testable import Ledger

@Suite("Anomalies in thirty simulated days")
struct AnomalyDetectorTests {
    private static let launch = PlannedChange(
        from: SimulatedFleet.time(SimulatedFleet.launchDay * 24), to: SimulatedFleet.time(31 * 24),
        match: [Condition(label: "workflow_name", matcher: Matcher("launch"))], reason: "launch")
    private static let rules = AnomalyRules(planned: [launch])

    @Test("healthy days with a weekly rhythm, a nightly and a weekly job and a planned launch: none of them, in five fleets")
    func healthy() {
        var random = SplitMix64.announced("healthy fleets")
        var passes = 0
        for _ in 0..<5 {
            let fleet = SimulatedFleet(seed: random.next())
            let found = fleet.findings(every: 4, rules: Self.rules)
            passes += fleet.hours.count / 4
            for (hour, finding) in found { Issue.record("seed \(fleet.seed), hour \(hour): \(finding.message)") }
        }
        #expect(passes == 900)
    }

    @Test("a launch that nobody declared is told, of the one agent that it is")
    func undeclared() {
        var random = SplitMix64.announced("undeclared launch")
        let found = SimulatedFleet(seed: random.next()).findings(every: 4, rules: .standard)
        #expect(found.map(\.finding.kind) == [.agentSpend])
        #expect(found.first?.finding.agentID == "seller-1" && (20...21).contains((found.first?.hour ?? 0) / 24), "it falls on a Sunday")
    }

    private struct Expectation: Sendable {
        let fault: SimulatedFleet.Fault
        /// The kinds found, sorted by name, with how many subjects each.
        let kinds: [AnomalyKind: Int]
        let subject: String
        /// The first and the last day on which it may be noticed.
        let days: ClosedRange<Int>
    }

    private static let expectations = [
        Expectation(fault: .modelChange, kinds: [.costPerTask: 1, .agentSpend: 3, .stepCost: 3], subject: "support", days: 14...14),
        Expectation(fault: .busyAgent, kinds: [.agentSpend: 1], subject: "coder-1", days: 14...15),
        Expectation(fault: .longPrompts, kinds: [.tokensWithoutOutput: 1], subject: "coder-2", days: 14...15),
        Expectation(fault: .manyTools, kinds: [.toolCalls: 1], subject: "writer-1", days: 14...15),
        Expectation(fault: .lostTags, kinds: [.tagCoverage: 1], subject: "", days: 14...14),
        Expectation(fault: .monitor, kinds: [.alwaysOn: 1], subject: "watcher", days: 12...13),
        Expectation(fault: .drift, kinds: [.stepCost: 1], subject: "draft", days: 16...24),
    ]

    @Test("each fault is found, once, in time, and nothing else is", arguments: expectations)
    private func fault(expectation: Expectation) throws {
        var random = SplitMix64.announced("fault \(expectation.fault)")
        let found = SimulatedFleet(seed: random.next(), fault: expectation.fault).findings(every: 4, rules: Self.rules)
        let kinds = found.reduce(into: [AnomalyKind: Int]()) { $0[$1.finding.kind, default: 0] += 1 }
        #expect(kinds == expectation.kinds, "\(found.map { "\($0.hour / 24): \($0.finding.message)" })")
        let (hour, finding) = try #require(found.min { $0.hour < $1.hour })
        #expect(expectation.days.contains(hour / 24), "day \(hour / 24): \(finding.message)")
        #expect(
            expectation.subject.isEmpty
                || found.contains { [$0.finding.agentID, $0.finding.workflow, $0.finding.step].contains(expectation.subject) })
        for (_, finding) in found {
            #expect(finding.atStake >= Self.rules.minimumCost.nanos)
            #expect(!finding.steps.isEmpty && !finding.message.isEmpty)
        }
    }

    @Test("a model change names the model, what a run costs before and after, and the agent that it hits most")
    func words() throws {
        let found = SimulatedFleet(seed: 7, fault: .modelChange).findings(every: 24, rules: Self.rules)
        let finding = try #require(found.first { $0.finding.kind == .costPerTask }?.finding)
        #expect(finding.model == "gpt-6" && finding.workflow == "support")
        #expect(finding.message.contains("gpt-6") && finding.message.contains("gpt-5") && finding.message.contains("3 times"))
        #expect(finding.message.contains("it hits most: triage-1"))
        #expect(finding.steps.first?.step == "draft")
    }

    @Test("a kind that is off is not looked for, one below the minimum is not told, a plan of another agent covers nothing")
    func rules() {
        let fleet = SimulatedFleet(seed: 11, fault: .busyAgent)
        func count(_ rules: AnomalyRules) -> Int { fleet.findings(every: 24, rules: rules).count { $0.finding.kind == .agentSpend } }
        #expect(count(Self.rules) == 1)
        #expect(count(AnomalyRules(actions: [.agentSpend: .off], planned: [Self.launch])) == 0)
        #expect(count(AnomalyRules(minimumCost: Money(nanos: 10_000_000_000_000), planned: [Self.launch])) == 0)
        #expect([.low, .normal, .high].map { AnomalyRules(sensitivity: $0).threshold(2_000) } == [3_000, 2_000, 1_700])
        let other = PlannedChange(
            from: SimulatedFleet.start, to: SimulatedFleet.time(720), match: [Condition(label: "agent_id", matcher: Matcher("coder-2"))], reason: "x")
        #expect(count(AnomalyRules(planned: [Self.launch, other])) == 1)
        let own = PlannedChange(
            from: SimulatedFleet.start, to: SimulatedFleet.time(720), match: [Condition(label: "agent_id", matcher: Matcher("coder-*"))], reason: "x")
        #expect(count(AnomalyRules(planned: [Self.launch, own])) == 0)
    }

    @Test("an explosion of tool calls needs five runs", arguments: [4, 5])
    func fewRuns(runs: Int64) {
        let usual = UsageDay(runs: [UsageDay.Runs(agentID: "a", workflow: "w", model: nil, runs: 20, cost: 1, toolCalls: 60)])
        let today = UsageDay(
            runs: [UsageDay.Runs(agentID: "a", workflow: "w", model: nil, runs: runs, cost: 90_000_000_000, toolCalls: runs * 40)])
        let history = UsageHistory(days: [today] + Array(repeating: usual, count: 7), hours: [])
        let found = AnomalyDetector.findings(in: history, rules: .standard, at: SimulatedFleet.start).filter { $0.kind == .toolCalls }
        #expect(found.count == (runs >= 5 ? 1 : 0))
    }

    @Test("a level that somebody expects is beyond itself above 1.5 times; a share that falls, by half as much again")
    func expected() throws {
        let finding = try #require(
            SimulatedFleet(seed: 3, fault: .busyAgent).findings(every: 24, rules: Self.rules).first { $0.finding.kind == .agentSpend }?.finding)
        #expect(!finding.exceeds(expected: finding.observed))
        #expect(!finding.exceeds(expected: (finding.observed * 2 + 2) / 3))
        #expect(finding.exceeds(expected: finding.observed * 2 / 3 - 1))
        let coverage = try #require(
            SimulatedFleet(seed: 3, fault: .lostTags).findings(every: 24, rules: Self.rules).first { $0.finding.kind == .tagCoverage }?.finding)
        #expect(!coverage.exceeds(expected: coverage.observed) && coverage.exceeds(expected: 900))
    }
}
