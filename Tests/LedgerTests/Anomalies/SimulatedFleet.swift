import Ledger

/// Thirty days of a fleet's use, hour by hour, from a seed: office hours, quiet nights and weekends, a job each night and one
/// each Monday, and the launch of a workflow on day 20.
struct SimulatedFleet {
    static let days = 30
    static let launchDay = 20
    /// A Monday, so that day 5 is a Saturday.
    static let start = Timestamp(seconds: 1_767_571_200)

    /// What goes wrong, from day 14 on where nothing else is said.
    enum Fault: CaseIterable {
        case none
        /// The model of support is replaced by one that costs three times as much.
        case modelChange
        /// One agent does three times its work.
        case busyAgent
        /// One agent sends three times the tokens for the same answers.
        case longPrompts
        /// One agent calls six times the tools.
        case manyTools
        /// The two busiest agents lose a tag on most calls.
        case lostTags
        /// An agent without users spends the same in every hour, from day 6 on.
        case monitor
        /// A call of one step costs four in a hundred more each day, from day 7 on.
        case drift
    }

    struct Agent {
        let name: String
        let workflow: String
        let callsAnHour: Int64
        var rhythm = Rhythm.office
    }

    enum Rhythm { case office, nightly, mondays, flat }

    struct Hour {
        var calls: [UsageDay.Calls] = []
        var runs: [UsageDay.Runs] = []
    }

    static let agents = [
        Agent(name: "triage-1", workflow: "support", callsAnHour: 90), Agent(name: "triage-2", workflow: "support", callsAnHour: 60),
        Agent(name: "triage-3", workflow: "support", callsAnHour: 30), Agent(name: "writer-1", workflow: "reports", callsAnHour: 40),
        Agent(name: "writer-2", workflow: "reports", callsAnHour: 25), Agent(name: "coder-1", workflow: "review", callsAnHour: 50),
        Agent(name: "coder-2", workflow: "review", callsAnHour: 35), Agent(name: "seller-1", workflow: "launch", callsAnHour: 20),
        Agent(name: "batch", workflow: "indexing", callsAnHour: 400, rhythm: .nightly),
        Agent(name: "planner", workflow: "planning", callsAnHour: 900, rhythm: .mondays),
    ]

    let hours: [Hour]
    let seed: UInt64

    init(seed: UInt64, fault: Fault = .none) {
        var random = SplitMix64(seed: seed)
        self.seed = seed
        var fleet = Self.agents
        if fault == .monitor { fleet.append(Agent(name: "watcher", workflow: "monitoring", callsAnHour: 30, rhythm: .flat)) }
        hours = (0..<Self.days * 24).map { hour in
            var sums = Hour()
            for agent in fleet {
                let calls = Self.calls(of: agent, hour: hour, fault: fault, &random)
                if calls > 0 { Self.add(calls, of: agent, day: hour / 24, fault: fault, to: &sums, &random) }
            }
            return sums
        }
    }

    /// How many calls an agent makes in an hour, give or take fifteen in a hundred.
    static func calls(of agent: Agent, hour: Int, fault: Fault, _ random: inout SplitMix64) -> Int64 {
        let day = hour / 24
        let isWeekend = day % 7 >= 5
        var calls: Int64
        switch agent.rhythm {
        case .flat: calls = day >= 6 ? agent.callsAnHour : 0
        case .nightly: calls = hour % 24 == 2 ? agent.callsAnHour : 0
        case .mondays: calls = day % 7 == 0 && hour % 24 == 6 ? agent.callsAnHour : 0
        case .office:
            let time = hour % 24
            let factor: Int64 = (8..<18).contains(time) ? 100 : (time < 6 ? 5 : 30)
            calls = agent.callsAnHour * factor * (isWeekend ? 20 : 100) / 10_000
        }
        if agent.workflow == "launch", day >= launchDay { calls *= 5 }
        if fault == .busyAgent, agent.name == "coder-1", day >= 14 { calls *= 3 }
        return agent.rhythm == .flat ? calls : calls * random.number(85...115) / 100
    }

    private static func add(_ calls: Int64, of agent: Agent, day: Int, fault: Fault, to hour: inout Hour, _ random: inout SplitMix64) {
        let isLate = day >= 14
        let model = fault == .modelChange && agent.workflow == "support" && isLate ? "gpt-6" : "gpt-5"
        var runCost: Int64 = 0
        let steps: [(name: String, cost: Int64)] = [("plan", 20_000_000), ("retrieve", 5_000_000), ("draft", 40_000_000)]
        for step in steps {
            var cost = step.cost * random.number(90...110) / 100
            if model == "gpt-6" { cost *= 3 }
            if fault == .drift, agent.workflow == "reports", step.name == "draft", day >= 7 {
                for _ in 7...day { cost = cost * 104 / 100 }
            }
            let isLong = fault == .longPrompts && agent.name == "coder-2" && isLate
            if isLong { cost = cost * 13 / 10 }
            let isUntagged = fault == .lostTags && ["triage-1", "triage-2"].contains(agent.name) && isLate
            let untagged = isUntagged ? calls * 7 / 10 : calls / 100
            hour.calls.append(
                UsageDay.Calls(
                    agentID: agent.name, workflow: agent.workflow, step: step.name, model: model, calls: calls, cost: cost * calls,
                    inputTokens: 1_500 * calls * (isLong ? 3 : 1), outputTokens: 400 * calls * random.number(95...105) / 100,
                    untaggedCalls: untagged, untaggedCost: untagged * cost))
            runCost += cost
        }
        let isStorm = fault == .manyTools && agent.name == "writer-1" && isLate
        hour.runs.append(
            UsageDay.Runs(
                agentID: agent.name, workflow: agent.workflow, model: model, runs: calls, cost: runCost * calls,
                toolCalls: calls * (isStorm ? 18 : 3)))
    }

    // MARK: - As the detectors read it

    static func time(_ hour: Int) -> Timestamp { start.adding(seconds: Int64(hour) * 3_600) }

    /// The 24 hours that end with one, by agent, step and model.
    private func day(endingWith hour: Int) -> UsageDay {
        struct Key: Hashable {
            let agent: String?
            let step: String?
            let model: String?
        }
        let window = hours[max(0, hour - 23)...hour]
        let calls = Dictionary(grouping: window.flatMap(\.calls)) { Key(agent: $0.agentID, step: $0.step, model: $0.model) }
        let runs = Dictionary(grouping: window.flatMap(\.runs)) { Key(agent: $0.agentID, step: nil, model: $0.model) }
        return UsageDay(
            calls: calls.map { key, all in
                UsageDay.Calls(
                    agentID: key.agent, workflow: all[0].workflow, step: key.step, model: key.model, calls: all.reduce(0) { $0 + $1.calls },
                    cost: all.reduce(0) { $0 + $1.cost }, inputTokens: all.reduce(0) { $0 + $1.inputTokens },
                    outputTokens: all.reduce(0) { $0 + $1.outputTokens }, untaggedCalls: all.reduce(0) { $0 + $1.untaggedCalls },
                    untaggedCost: all.reduce(0) { $0 + $1.untaggedCost })
            },
            runs: runs.map { key, all in
                UsageDay.Runs(
                    agentID: key.agent, workflow: all[0].workflow, model: key.model, runs: all.reduce(0) { $0 + $1.runs },
                    cost: all.reduce(0) { $0 + $1.cost }, toolCalls: all.reduce(0) { $0 + $1.toolCalls })
            })
    }

    /// What is known when an hour has ended.
    private func history(after hour: Int, known: inout [Int: UsageDay]) -> UsageHistory {
        let days = stride(from: hour, through: 0, by: -24).prefix(UsageHistory.days + 1).map { last in
            if let day = known[last] { return day }
            let day = day(endingWith: last)
            known[last] = day
            return day
        }
        let week = hours[max(0, hour - UsageHistory.hours + 1)...hour]
        let names = Set(week.flatMap { $0.calls.compactMap(\.agentID) }).sorted()
        let agents = names.map { name in
            AgentHours(
                agentID: name, workflow: nil,
                costs: week.compactMap { hour in
                    let cost = hour.calls.filter { $0.agentID == name }.reduce(0) { $0 + $1.cost }
                    return cost > 0 ? cost : nil
                },
                hasUser: name.hasPrefix("triage") || name.hasPrefix("coder"))
        }
        return UsageHistory(days: Array(days), hours: agents)
    }

    /// Every kind and subject that is found in passes of so many hours, and in which hour for the first time.
    func findings(every step: Int, rules: AnomalyRules) -> [(hour: Int, finding: AnomalyFinding)] {
        var seen: Set<[UInt8]> = []
        var found: [(hour: Int, finding: AnomalyFinding)] = []
        var known: [Int: UsageDay] = [:]
        for hour in stride(from: step - 1, to: hours.count, by: step) {
            let history = history(after: hour, known: &known)
            for finding in AnomalyDetector.findings(in: history, rules: rules, at: Self.time(hour + 1))
            where seen.insert(finding.subject.bytes).inserted { found.append((hour, finding)) }
        }
        return found
    }
}
