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
        guard let balance = try await store.balances.find(id, policy: caller.state.policy, of: caller.organisation.id) else {
            throw Problem.notFound("There is no such balance.")
        }
        let start = try cursor(query["after"]) ?? (balance.version, balance.lastFact)
        guard start.0 <= balance.version else { throw Problem.invalid("?after", "send the `next` of the page before") }
        let facts = try await store.balances.history(of: id, from: start.0, fact: start.1, limit: limit, organisation: caller.organisation.id)
        guard !facts.isEmpty || balance.version == 0 else { throw Problem.invalid("?after", "send the `next` of the page before") }
        let next = facts.last.flatMap { $0.version > 1 ? "\($0.version - 1).\($0.previous)" : nil }
        let meter = balance.view.identity.meter
        return Answer.list(facts, next: next) { writer, fact in
            writer.object { writer in
                writer.name("version")
                writer.integer(fact.version)
                writer.name("kind")
                writer.string(fact.kind.rawValue)
                writer.name("amount")
                writer.amount(fact.heldChange + fact.spentChange, meter)
                writer.name("held")
                writer.amount(fact.held, meter)
                writer.name("spent")
                writer.amount(fact.spent, meter)
                writer.name("limit")
                writer.amount(fact.limit, meter)
                writer.name("at")
                writer.time(fact.at)
                writer.name("reservation_id")
                writer.id(fact.reservation)
            }
        }
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
