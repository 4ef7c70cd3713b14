/// One of the callers of the long run: does a mix of operations that a seed determines, and checks every answer at once.
struct LongRunClient {
    struct OpenHold {
        let id: String
        let call: Call
        let held: Amounts
        let isReleased: Bool
    }

    let number: Int
    let clients: [APIClient]
    let journal: Journal
    var random: SplitMix64
    /// Holds that this caller may still settle; released ones for a late charge.
    var holds: [OpenHold] = []
    var calls = 0
    var last: (call: Call, key: String, body: String)?

    init(number: Int, clients: [APIClient], journal: Journal) {
        self.number = number
        self.clients = clients
        self.journal = journal
        random = SplitMix64(seed: Options.seed &* 1_000 &+ UInt64(number))
    }

    var client: APIClient {
        mutating get { clients[Int.random(in: 0..<clients.count, using: &random)] }
    }

    /// Does operations until all callers together have done so many.
    mutating func run(operations: Int) async throws {
        while journal.change({ state in
            state.operations += 1
            return state.operations <= operations
        }) {
            if number == 0 { try await moveClock() }
            let choice = Int.random(in: 0..<100, using: &random)
            switch choice {
            case ..<38: try await reserve()
            case ..<42: try await reserveTwice()
            case ..<46: try await repeatReserve()
            case ..<54: try await charge()
            case _ where holds.isEmpty: try await reserve()
            case ..<80: try await commit(takeHold())
            case ..<88: try await release(takeHold())
            case ..<93: try await extend()
            case ..<97: try await commitAndRelease(takeHold())
            default: if !holds[0].isReleased { _ = takeHold() }
            }
        }
    }

    /// Mostly some seconds; sometimes to the very moment at which a day of UTC or of Paris begins.
    private mutating func moveClock() async throws {
        let choice = Int.random(in: 0..<100, using: &random)
        let seconds = Int64.random(in: choice < 90 ? 1...15 : 60...900, using: &random)
        let toMidnight = choice >= 94
        let target = journal.change { state in
            state.clock = state.clock.adding(seconds: seconds)
            if toMidnight { state.clock.microseconds += 86_400_000_000 - (state.clock.microseconds + 3_600_000_000) % 86_400_000_000 }
            return state.clock
        }
        try await client.advance(to: target)
        journal.count("clock")
    }

    mutating func takeHold() -> OpenHold { holds.remove(at: Int.random(in: 0..<holds.count, using: &random)) }

    /// Mixed amounts and kinds of calls.
    mutating func nextCall() -> Call {
        var tags = ["team_id": "team-\(Int.random(in: 0..<4, using: &random))", "agent_id": "agent-\(number % 8)"]
        tags["run_id"] = "run-\(number)-\(calls / 15)"
        let isTool = random.percent(12)
        let model = random.percent(70) ? "whole" : "fine"
        var call = Call(tags: tags, model: isTool ? nil : model, tool: isTool ? "search" : nil)
        if !isTool, random.percent(80) {
            call.inputTokens = .random(in: 0...3_000, using: &random)
            call.outputTokens = .random(in: 0...2_000, using: &random)
        }
        if call.inputTokens == nil || random.percent(30) { call.cost = .random(in: 0...400_000_000, using: &random) }
        call.ttlSeconds = .random(in: 1...180, using: &random)
        return call
    }

    mutating func nextKey() -> String {
        calls += 1
        return "c\(number)-\(calls)"
    }
}
