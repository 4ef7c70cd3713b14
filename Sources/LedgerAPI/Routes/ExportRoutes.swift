internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/exports/…` and `/v1/seal`: spending for finance, the sealed ledger for auditors.
struct ExportRoutes: Sendable {
    /// How many exports one replica writes at once.
    private static let slotCount = 4

    let store: Store
    let authenticator: Authenticator
    private let slots = ExportSlots(limit: Self.slotCount)

    init(store: Store, authenticator: Authenticator) {
        self.store = store
        self.authenticator = authenticator
    }

    func add(to table: inout RouteTable) {
        for format in SpendFormat.allCases {
            table.add(.get, "/v1/exports/\(format.rawValue)") { request, context in try await spend(format, request, context) }
        }
        table.add(.get, "/v1/exports/audit.jsonl", audit)
        table.add(.get, "/v1/seal", seal)
    }

    private func spend(_ format: SpendFormat, _ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance)
        let known: Set<String> = ["from", "to", "after"]
        let query = try Query(request, known: known, takesTags: true)
        guard let from = try query.time("from") else { throw Problem.invalid("?from", "send the time from which on, such as 2026-11-01T00:00:00Z") }
        let to = try query.time("to") ?? store.clock.now()
        try Self.check(from, to)
        let cursor = try cursor(query["after"])
        let selection = SpendReader.Selection(from: from, to: to, tags: try tags(query.tags(except: known), of: caller))
        guard let slot = slots.take() else { throw Problem.tooManyExports }
        let stream = ExportStream(channel: context.channel, lanes: store.lanes, slot: slot)
        let (state, reader) = (caller.state, store.spend)
        let body = ResponseBody { writer in
            try await stream.write(format, selection, after: cursor, state: state, reader: reader, to: &writer)
        }
        return Self.file(format.rawValue, format.contentType, body)
    }

    @Sendable private func audit(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await auditor(request)
        let query = try Query(request, known: ["from", "to"])
        let from = try query.time("from")
        let end = try query.time("to")
        if let from, let end { try Self.check(from, end) }
        guard let slot = slots.take() else { throw Problem.tooManyExports }
        let organisation = caller.organisation
        let start = try await store.seals.start(of: organisation.id, from: from ?? Timestamp(seconds: 0))
        let last = try await store.seals.head(of: organisation.id).position
        let stream = ExportStream(channel: context.channel, lanes: store.lanes, slot: slot)
        let reader = store.seals
        let body = ResponseBody { writer in
            try await stream.writeAudit(from: start, until: end, last: last, organisation: organisation, reader: reader, to: &writer)
        }
        return Self.file("audit.jsonl", "application/jsonl", body)
    }

    @Sendable private func seal(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await auditor(request)
        _ = try Query(request)
        let head = try await store.seals.head(of: caller.organisation.id)
        return Answer.json { writer in
            writer.object { writer in
                writer.name("position")
                writer.integer(head.position)
                writer.name("digest")
                writer.string(Digest.hex(head.digest))
                writer.name("sealed_at")
                writer.string(head.sealedAt?.description)
            }
        }
    }

    /// The chain is of the whole organisation, and cannot be shown in part.
    private func auditor(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance)
        guard caller.key.boundTags.isEmpty else {
            throw Problem.forbidden("An audit is of the whole organisation. Ask with a key that is bound to no tags and no agent.")
        }
        return caller
    }

    /// What was asked for, within what the key is bound to.
    private func tags(_ asked: Tags, of caller: Caller) throws -> Tags {
        guard let tags = caller.key.complete(asked) else {
            let name = caller.key.contradiction(in: asked) ?? ""
            throw Problem.forbidden("This key is bound to another \(name); leave ?\(name) out, or ask with another key.")
        }
        return tags
    }

    private func cursor(_ text: String?) throws -> SpendCursor? {
        guard let text else { return nil }
        guard let cursor = SpendCursor(text) else {
            throw Problem.invalid("?after", "send the cursor of the last whole row that you have, or nothing to begin at the first")
        }
        return cursor
    }

    private static func check(_ from: Timestamp, _ to: Timestamp) throws {
        guard from <= to else { throw Problem.invalid("?from", "send a time that is not after ?to") }
    }

    private static func file(_ name: String, _ type: String, _ body: ResponseBody) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: type, .cacheControl: "no-store", .contentDisposition: "attachment; filename=\"\(name)\""], body: body)
    }
}
