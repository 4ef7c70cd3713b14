internal import Ledger

/// The history of one balance: each fact that changed it, and the freezes of its envelope.
enum BalancePage {
    static func add(to site: inout Site) {
        site.page("/envelopes/{name}/balances/{id}", show)
    }

    struct Content: Sendable {
        struct Line: Sendable {
            let at: TimeText
            let kind: String
            let isByHand: Bool
            let words: String?
            let author: String?
            let amount: AmountText?
            let held: AmountText?
            let spent: AmountText?
            let limit: AmountText?
            let version: String?
            let reservation: String?
            let expires: TimeText?
        }

        let lines: [Line]
        let isEmpty: Bool
        let more: String?
    }

    private static func show(_ visit: Visit) async throws -> View {
        let name = visit.parameter("name")
        let id = visit.parameter("id")
        let facts: Listing<Envelopes.Fact> = try await visit.get(
            ["v1", "balances", id, "history"], [("limit", "50"), ("after", visit.query["after"])])
        let content = Content(
            lines: facts.data.map { line(visit, $0) }, isEmpty: facts.data.isEmpty,
            more: facts.next.map { Paths.with(Paths.balance(id, of: name), [("after", $0)]) })
        return View(
            "Balance", entry: Paths.envelopes, crumbs: [.init("Envelopes", Paths.envelopes), .init(name, Paths.envelope(name))],
            template: "balance", content: content)
    }

    private static func line(_ visit: Visit, _ fact: Envelopes.Fact) -> Content.Line {
        Content.Line(
            at: visit.text(fact.at), kind: words(fact.kind), isByHand: fact.author != nil, words: fact.reason, author: fact.author,
            amount: visit.amount(fact.amount), held: visit.amount(fact.held), spent: visit.amount(fact.spent), limit: visit.amount(fact.limit),
            version: fact.version.map { "\($0)" }, reservation: fact.reservationId, expires: visit.text(fact.expiresAt))
    }

    private static func words(_ kind: String) -> String {
        switch kind {
        case "hold": "Held for a call"
        case "commit": "Call settled"
        case "release": "Hold released"
        case "expire": "Hold expired"
        case "late": "Charged late"
        case "usage": "Charged directly"
        case "adjustment": "Limit adjusted"
        case "carry": "Credit carried over"
        case "grant": "Grant of an approval"
        case "expiry": "Adjustment over"
        case "freeze": "Envelope frozen"
        case "unfreeze": "Envelope unfrozen"
        default: kind
        }
    }
}
