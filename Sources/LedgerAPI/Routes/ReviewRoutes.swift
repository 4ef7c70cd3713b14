internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/reviews`: what each week was like, and what the running one is like.
struct ReviewRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/reviews", list)
        table.add(.get, "/v1/reviews/preview", preview)
        table.add(.get, "/v1/reviews/{id}", find)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let found = try await store.reviews.list(of: caller.organisation.id, before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id?.description : nil) { writer, review in
            writer.object { $0.head(of: review) }
        }
    }

    @Sendable private func preview(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        return Self.answer(try await store.reviews.preview(caller.state))
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let id = try context.id("id", of: "review")
        guard let review = try await store.reviews.find(id, of: caller.organisation.id) else { throw Problem.notFound("There is no such review.") }
        return Self.answer(review)
    }

    private static func answer(_ review: StoredReview) -> Response {
        Answer.json(capacity: review.content.count + 512) { writer in
            writer.object { writer in
                writer.head(of: review)
                writer.members(review.content)
            }
        }
    }

    /// A review is of the whole organisation, and cannot be shown in part.
    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .approver, .operator)
        guard caller.key.boundTags.isEmpty else {
            throw Problem.forbidden("A review is of the whole organisation. Ask with a key that is bound to no tags and no agent.")
        }
        return caller
    }
}

extension JSONWriter {
    /// The members that a review has in lists too.
    fileprivate mutating func head(of review: StoredReview) {
        name("id")
        string(review.id?.description)
        name("state")
        string(review.id == nil ? "preview" : "final")
        name("week")
        window(Window(start: review.start, end: review.end))
        name("made_at")
        time(review.madeAt)
        name("missed")
        integer(review.missed)
        name("summary")
        string(review.summary)
    }

    /// The members of a JSON object, without its braces.
    fileprivate mutating func members(_ object: [UInt8]) {
        let inner = object.drop { $0 != UInt8(ascii: "{") }.dropFirst().dropLast()
        if !inner.isEmpty { raw(inner) }
    }
}
