internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore

/// `GET /v1/events`: what happens, as it happens.
struct EventRoutes: Sendable {
    /// The longest that a reader can ask a stream to live, in seconds.
    private static let longestWaitSeconds: Int64 = 3_600

    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/events", stream)
    }

    @Sendable private func stream(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        let query = try Query(request, known: ["after", "types", "wait"])
        let kinds = try kinds(query["types"])
        let wait = try seconds(query["wait"])
        let start = try await start(request, query, of: caller.organisation.id)
        guard let subscription = store.feed.subscriptions.open(caller.organisation.id) else { throw Problem.tooManyStreams }
        let stream = EventStream(
            reader: store.feedReader, runs: store.runs, organisation: caller.organisation, bound: caller.key.boundTags, kinds: kinds, start: start,
            wait: wait,
            subscription: subscription, channel: context.channel, logger: context.logger,
            isAllowed: { try await isAllowed(request) })
        return Response(
            status: .ok, headers: Self.headers,
            body: ResponseBody { writer in
                try await request.body.consumeWithInboundCloseHandler { _ in
                    try await stream.write(to: &writer)
                } onInboundClosed: {
                    subscription.end()
                }
            })
    }

    /// The last tells proxies that hold answers back not to.
    private static let headers: HTTPFields = {
        var headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-cache"]
        if let buffering = HTTPField.Name("X-Accel-Buffering") { headers[buffering] = "no" }
        return headers
    }()

    /// The position after which the stream begins: where the reader stopped, else now.
    private func start(_ request: Request, _ query: Query, of organisation: Identifier) async throws -> Int64 {
        let last = try await store.feedReader.last(of: organisation)
        // A reader that comes back sends the header with the address it began with, so the header is newer.
        for (name, text) in [("Last-Event-ID", request.headers[.lastEventID]), ("?after", query["after"])] {
            guard let text, !text.isEmpty else { continue }
            guard let position = Int64(text), position >= 0 else {
                throw Problem.invalid(name, "send the id of the last event that you have seen, 0 for everything, or nothing to begin now")
            }
            guard position <= last else {
                throw Problem.invalid(name, "the feed ends at \(last), so this id is not one of its events; leave it out to begin now")
            }
            return position
        }
        return last
    }

    private func kinds(_ text: String?) throws -> EventSelection {
        guard let text else { return .all }
        do {
            return try EventSelection(patterns: text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        } catch {
            throw Problem.invalid("?types", "\(error)")
        }
    }

    private func seconds(_ text: String?) throws -> Duration? {
        guard let text else { return nil }
        guard let seconds = Int64(text), (0...Self.longestWaitSeconds).contains(seconds) else {
            throw Problem.invalid("?wait", "send how many seconds the stream is to live, 0 to \(Self.longestWaitSeconds), or leave it out")
        }
        return .seconds(seconds)
    }

    private func isAllowed(_ request: Request) async throws -> Bool {
        do {
            _ = try await authenticator.caller(request)
            return true
        } catch let problem as Problem where problem.status == .unauthorized || problem.status == .forbidden {
            return false
        }
    }
}

extension HTTPField.Name {
    /// WHATWG HTML, section 9.2: where a reader stopped.
    fileprivate static var lastEventID: HTTPField.Name { HTTPField.Name("Last-Event-ID") ?? .ifMatch }
}
