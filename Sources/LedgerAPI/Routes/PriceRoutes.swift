internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore
internal import NIOCore

/// `/v1/prices`: the catalogue, its import, and who imported what.
struct PriceRoutes: Sendable {
    /// 32 MiB
    private static let limit = 33_554_432

    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/prices", list)
        table.add(.post, "/v1/prices/import", upload)
        table.add(.get, "/v1/prices/imports", listImports)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        let query = try Query(request, known: ["model", "limit", "after"])
        let limit = try query.limit()
        let found = try await store.prices.list(
            of: caller.organisation.id, model: query["model"], after: try cursor(query["after"]), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last.map { "\($0.effectiveFrom.microseconds).\($0.model)" } : nil) {
            $0.price($1)
        }
    }

    @Sendable private func upload(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require()
        let asked = try PriceImportQuery(request)
        let file = try Self.read(try await RequestBody.bytes(request, limit: Self.limit), asked)
        let organisation = caller.organisation.id
        if asked.isDryRun {
            guard let preview = try await store.prices.preview(file, effective: asked.effective, organisation: organisation) else {
                throw Self.past
            }
            return Self.answer(preview)
        }
        guard let done = try await store.prices.add(file, effective: asked.effective, author: caller.author, organisation: organisation) else {
            throw Self.past
        }
        return Answer.json { writer in writer.object { $0.outcome(done) } }
    }

    @Sendable private func listImports(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let found = try await store.prices.imports(of: caller.organisation.id, after: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { writer, done in
            writer.object { writer in
                writer.name("id")
                writer.id(done.id)
                writer.outcome(done.outcome)
                writer.name("rate")
                writer.string(done.outcome.rate.description)
                writer.name("author")
                writer.string(done.author)
                writer.name("created_at")
                writer.time(done.createdAt)
            }
        }
    }

    private static let past = Problem.invalid("?effective", "a price cannot take effect in the past, since calls were priced by then")

    private static func read(_ buffer: ByteBuffer, _ asked: PriceImportQuery) throws -> PriceFile {
        do throws(PriceFileError) {
            return try PriceFile(Array(buffer: buffer), rate: asked.rate, pinned: asked.pinned)
        } catch {
            switch error {
            case .otherContent: throw Problem.invalid("?sha256", error.description)
            case .unreadable(let error):
                guard error.kind == .unexpected else { throw Problem.malformed("Byte \(error.offset): \(error.detail).") }
                let pointer = buffer.withUnsafeReadableBytes {
                    JSONPointer.locate(error.offset, in: $0.assumingMemoryBound(to: UInt8.self))
                }
                throw Problem.invalid(pointer, error.detail)
            }
        }
    }

    private static func answer(_ preview: PricePreview) -> Response {
        Answer.json(capacity: 1_024 + 512 * preview.changes.count) { writer in
            writer.object { writer in
                writer.outcome(preview.outcome)
                writer.name("changes")
                writer.array(preview.changes) { $0.change($1) }
                writer.name("changes_total")
                writer.integer(Int64(preview.outcome.imported))
            }
        }
    }

    /// `microseconds.model`, where the page before ended.
    private func cursor(_ text: String?) throws -> (model: String, effectiveFrom: Timestamp)? {
        guard let text else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let time = Int64(parts[0]), (0...253_402_300_799_000_000).contains(time) else {
            throw Problem.invalid("?after", "send the `next` of the page before")
        }
        return (String(parts[1]), Timestamp(microseconds: time))
    }
}
