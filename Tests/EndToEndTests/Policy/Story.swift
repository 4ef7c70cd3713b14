import Foundation
import Testing

/// A server with one of the sample policies, the sample prices and a clock that the test moves.
struct Story: Sendable {
    let replicas: Replicas

    var client: APIClient { replicas.first }

    /// Runs `body` from a moment on, and expects that the ledger is sound in the end.
    ///
    /// - Parameter ceilings: by envelope, up to which share of its limit its plan admits calls, in per cent; 100 for the others.
    static func with(_ policy: String, from start: String, ceilings: [String: Int64] = [:], body: (Story) async throws -> Void) async throws {
        let root = Options.packageRoot
        try await Replicas.with(1, "--test-clock", "--policy", "\(root)/policies/\(policy)", "--prices", "\(root)/prices/sample.json") { replicas in
            let story = Story(replicas: replicas)
            try await story.advance(to: start)
            try await body(story)
            try await replicas.expectSound(ceilings: ceilings)
        }
    }

    /// The files of a sample policy as one text.
    static func text(of policy: String) throws -> String {
        let folder = "\(Options.packageRoot)/policies/\(policy)"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try files.map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }.joined(separator: "\n---\n")
    }

    func advance(to time: String) async throws { try await client.advance(to: try moment(time)) }

    func moment(_ text: String) throws -> Moment { try #require(Moment(text), "\(text) is no time") }

    // MARK: - Calls

    /// Asks for a call under a key of its own.
    func ask(_ call: Call) async throws -> Answer { try await client.reserve(call, key: UUID().uuidString) }

    func hold(_ call: Call) async throws -> HoldAnswer { try await ask(call).decoded(201) }

    /// A call that is refused.
    func refusal(_ call: Call, _ status: Int) async throws -> ProblemAnswer { try await ask(call).decoded(status) }

    /// A call that is made and costs what was held.
    @discardableResult
    func spend(_ call: Call) async throws -> HoldAnswer {
        let hold = try await hold(call)
        try await commit(hold, cost: hold.held.cost)
        return hold
    }

    /// Settles a hold with a cost in nano-units.
    func commit(_ hold: HoldAnswer, cost: Int64) async throws {
        let answer = try await client.commit(hold.id, "{\"cost\":\"\(Quantity.money(cost))\"}")
        guard answer.status == 200 else { throw Failure("the hold was not settled: \(answer)") }
    }

    /// Books a cost that nobody asked for before.
    func charge(_ call: Call) async throws {
        let answer = try await client.charge(call.usageBody, key: UUID().uuidString)
        guard answer.status == 201 else { throw Failure("the charge was not booked: \(answer)") }
    }

    // MARK: - What owners see

    func envelope(_ name: String) async throws -> EnvelopeDetailView { try await client.get("/v1/envelopes/\(name)").decoded(200) }

    /// Oldest first.
    func alerts(_ envelope: String) async throws -> [AlertView] {
        try await client.all("/v1/alerts?envelope=\(envelope)", of: AlertView.self).reversed()
    }

    /// The balance of a key in the window that is open now; nil before its first call.
    func balance(_ envelope: String, _ key: [String: String] = [:]) async throws -> BalanceView? {
        let query = key.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        let page: Page<BalanceView> = try await client.get("/v1/envelopes/\(envelope)/balances?\(query)").decoded(200)
        return page.data.first { $0.key == key }
    }

    /// Newest first.
    func history(_ balance: BalanceView) async throws -> [HistoryLineView] {
        try await client.all("/v1/balances/\(balance.id)/history", of: HistoryLineView.self)
    }

    // MARK: - By hand

    func adjust(_ envelope: String, amount: String, key: [String: String] = [:], until end: String? = nil) async throws -> AdjustmentView {
        let members = key.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        let expiry = end.map { ",\"expires_at\":\"\($0)\"" } ?? ""
        let body = "{\"amount\":\"\(amount)\",\"reason\":\"asked for\",\"key\":{\(members)}\(expiry)}"
        return try await client.send(.post, "/v1/envelopes/\(envelope)/adjustments", body: body).decoded(201)
    }

    func freeze(_ envelope: String, _ word: String = "freeze", because reason: String) async throws -> Answer {
        try await client.send(.post, "/v1/envelopes/\(envelope)/\(word)", body: "{\"reason\":\"\(reason)\"}")
    }
}

extension Call {
    /// A model call by its tokens.
    init(_ tags: [String: String], model: String, input: Int64, output: Int64) {
        self.init(tags: tags, model: model, tool: nil)
        inputTokens = input
        outputTokens = output
    }

    /// A tool call; nothing is known of its cost unless it is stated.
    init(_ tags: [String: String], tool: String, cost: String? = nil) {
        self.init(tags: tags, model: nil, tool: tool)
        self.cost = cost.flatMap(Quantity.nanos)
    }
}
