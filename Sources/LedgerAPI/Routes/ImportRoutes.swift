internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore
internal import NIOCore
internal import ServiceLifecycle

/// `/v1/imports`: logs of calls that were made before, or without, Purser.
struct ImportRoutes: Sendable {
    /// How many logs one replica reads at once.
    private static let slotCount = 2
    private static let types = ["text/csv", "application/x-ndjson", "application/jsonl", "application/json"]

    let store: Store
    let authenticator: Authenticator
    private let slots = ExportSlots(limit: Self.slotCount)

    init(store: Store, authenticator: Authenticator) {
        self.store = store
        self.authenticator = authenticator
    }

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/imports", list)
        table.add(.post, "/v1/imports", send)
        table.add(.get, "/v1/imports/{id}", find)
        table.add(.get, "/v1/imports/{id}/refused", refused)
        table.add(.get, "/v1/imports/{id}/report", report)
        table.add(.get, "/v1/imports/{id}/policy", policy)
    }

    // MARK: - Sending

    @Sendable private func send(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await importer(request)
        let asked = try ImportQuery(request)
        let identity = asked.isDryRun ? "" : try IdempotencyHeader.read(request)
        try RequestBody.requireType(request, Self.types)
        guard let slot = slots.take() else { throw Problem.tooManyImports }
        let wanted = ImportRequest(
            format: asked.format, name: asked.name ?? (asked.isDryRun ? "dry run" : identity), identity: identity, bound: caller.key.boundTags,
            author: caller.author, rate: asked.rate, takesUnpriced: asked.takesUnpriced, isDryRun: asked.isDryRun)
        let done = try await take(request.body, store.imports.sending(wanted, to: caller.state))
        return withExtendedLifetime(slot) {
            guard let id = done.id else { return Answer.json { $0.imported(done) } }
            return Answer.json(.created, headers: [.location: "/v1/imports/\(id)"]) { $0.imported(done) }
        }
    }

    /// Reads the log as it comes: the next part is taken from the connection when the one before is booked.
    private func take(_ body: Hummingbird.RequestBody, _ sending: LogImport) async throws -> StoredImport {
        var sending = sending
        var parts = body.makeAsyncIterator()
        do {
            while true {
                // Whoever is cut off by a shutdown goes on at another replica.
                if Task.isShuttingDownGracefully { throw Problem.importCutOff }
                let part: [UInt8]?
                do {
                    part = try await parts.next().map { Array(buffer: $0) }
                } catch {
                    throw Problem.malformed(
                        "The body broke off. Send the log again with the same Idempotency-Key: what was taken is not taken twice.")
                }
                guard let part else { return try await sending.finish() }
                try await sending.read(part)
            }
        } catch let error as ImportError {
            switch error {
            case .superseded: throw Problem.conflict("The same log was sent anew meanwhile; that import goes on, see /v1/imports.")
            case .otherFormat(let format): throw Problem.importMismatch(format.rawValue)
            case .unreadable(let fault, let id):
                let problem = Problem.invalid("", fault.place.isEmpty ? fault.reason : "\(fault.place): \(fault.reason)")
                throw id.map { problem.with(.text("import_id", $0.description)) } ?? problem
            }
        } catch {
            await sending.interrupt()
            throw error
        }
    }

    // MARK: - Reading

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let found = try await store.imports.list(
            of: caller.organisation.id, bound: caller.key.boundTags, before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id?.description : nil) { $0.imported($1) }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let found = try await stored(caller, context)
        return Answer.json { $0.imported(found) }
    }

    @Sendable private func refused(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let after = try query["after"].map(Self.cursor)
        let id = try await stored(caller, context).id ?? .none
        let found = try await store.imports.refusals(of: id, in: caller.organisation.id, after: after, limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last.map { "\($0.line).\($0.part)" } : nil) { $0.refusedLine($1) }
    }

    @Sendable private func report(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let summary = try await store.imports.summary(of: try await stored(caller, context), in: caller.organisation.id)
        return Answer.json(capacity: 16_384) { $0.importReport(summary, currency: caller.organisation.currency) }
    }

    @Sendable private func policy(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let found = try await stored(caller, context)
        let summary = try await store.imports.summary(of: found, in: caller.organisation.id)
        let text = StarterPolicy.text(summary, name: found.name, currency: caller.organisation.currency, prices: caller.state.prices)
        return Response(
            status: .ok, headers: [.contentType: "application/yaml", .contentDisposition: "attachment; filename=\"starter.yaml\""],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private func stored(_ caller: Caller, _ context: PurserContext) async throws -> StoredImport {
        let id = try context.id("id", of: "import")
        guard let found = try await store.imports.find(id, bound: caller.key.boundTags, of: caller.organisation.id) else {
            throw Problem.notFound("There is no such import.")
        }
        return found
    }

    private static func cursor(_ text: String) throws -> (line: Int64, part: Int64) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 2, let line = parts[0], let part = parts[1], line >= 0, part >= 0 else {
            throw Problem.invalid("?after", "send the `next` of the page before")
        }
        return (line, part)
    }

    private func importer(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .operator)
        return caller
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .approver, .operator)
        return caller
    }
}
