internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `GET /v1/balances/{id}/history`: every fact of a balance, newest first.
struct BalanceRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/balances/{id}/history", history)
    }

    @Sendable private func history(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let id = try context.id("id", of: "balance")
        guard
            let balance = try await store.balances.find(
                id, policy: caller.state.policy, bound: caller.key.boundTags, of: caller.organisation.id)
        else {
            throw Problem.notFound("There is no such balance.")
        }
        let start = try cursor(query["after"]) ?? (balance.version, balance.lastFact)
        guard start.0 <= balance.version else { throw Problem.invalid("?after", "send the `next` of the page before") }
        let found = try await store.balances.history(of: id, from: start.0, fact: start.1, limit: limit + 1, organisation: caller.organisation.id)
        let facts = Array(found.prefix(limit))
        guard !facts.isEmpty || balance.version == 0 else { throw Problem.invalid("?after", "send the `next` of the page before") }
        let next = facts.last.flatMap { $0.version > 1 ? "\($0.version - 1).\($0.previous)" : nil }
        let freezes = try await store.envelopes.freezes(
            of: balance.view.identity.envelope, organisation: caller.organisation.id, from: found.count > limit ? found.last?.at : nil,
            until: query["after"] == nil ? nil : facts.first?.at)
        let meter = balance.view.identity.meter
        return Answer.list(HistoryLine.merge(facts, freezes), next: next) { $0.line($1, meter) }
    }

    /// `version.fact`, where the page before ended.
    private func cursor(_ text: String?) throws -> (Int64, Identifier)? {
        guard let text else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let version = Int64(parts[0]), version > 0, let fact = Identifier(parts[1]) else {
            throw Problem.invalid("?after", "send the `next` of the page before")
        }
        return (version, fact)
    }
}

/// A line of a balance's history: a fact of the balance, or of its whole envelope.
private enum HistoryLine {
    case fact(BalanceFact)
    case freeze(StoredFreeze)

    private var at: Timestamp {
        switch self {
        case .fact(let fact): fact.at
        case .freeze(let freeze): freeze.freeze.since
        }
    }

    /// Newest first; both lists are so already.
    static func merge(_ facts: [BalanceFact], _ freezes: [StoredFreeze]) -> [HistoryLine] {
        var lines: [HistoryLine] = []
        var rest = freezes[...]
        for fact in facts {
            while let freeze = rest.first, freeze.freeze.since >= fact.at {
                lines.append(.freeze(freeze))
                rest.removeFirst()
            }
            lines.append(.fact(fact))
        }
        return lines + rest.map(HistoryLine.freeze)
    }
}

extension JSONWriter {
    fileprivate mutating func line(_ line: HistoryLine, _ meter: Meter) {
        switch line {
        case .fact(let fact): object { $0.fact(fact, meter) }
        case .freeze(let freeze):
            object { writer in
                writer.name("kind")
                writer.string(freeze.isFrozen ? "freeze" : "unfreeze")
                writer.name("at")
                writer.time(freeze.freeze.since)
                writer.name("reason")
                writer.string(freeze.freeze.reason)
                writer.name("author")
                writer.string(freeze.freeze.author)
            }
        }
    }

    private mutating func fact(_ fact: BalanceFact, _ meter: Meter) {
        name("version")
        integer(fact.version)
        name("kind")
        string(fact.kind.rawValue)
        name("amount")
        amount(fact.adjustment?.amount ?? fact.heldChange + fact.spentChange, meter)
        name("held")
        amount(fact.held, meter)
        name("spent")
        amount(fact.spent, meter)
        name("limit")
        amount(fact.limit, meter)
        name("at")
        time(fact.at)
        guard let adjustment = fact.adjustment else {
            name("reservation_id")
            return id(fact.fact)
        }
        name("adjustment_id")
        id(fact.fact)
        name("reason")
        string(adjustment.reason)
        name("author")
        string(adjustment.author)
        name("expires_at")
        time(adjustment.expiresAt)
    }
}
