internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/prices`: the catalogue and its import.
struct PriceRoutes: Sendable {
    /// 32 MiB
    private static let limit = 33_554_432

    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/prices", list)
        table.add(.post, "/v1/prices/import", upload)
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
        let query = try Query(request, known: ["effective"])
        var effective: Timestamp?
        if let text = query["effective"] {
            guard let time = Timestamp(rfc3339: text) else { throw Problem.invalid("?effective", "send an RFC 3339 time") }
            effective = time
        }
        let buffer = try await RequestBody.bytes(request, limit: Self.limit)
        let file: PriceFile
        do throws(JSONError) {
            file = try PriceFile(Array(buffer: buffer))
        } catch {
            guard error.kind == .unexpected else { throw Problem.malformed("Byte \(error.offset): \(error.detail).") }
            let pointer = buffer.withUnsafeReadableBytes { JSONPointer.locate(error.offset, in: $0.assumingMemoryBound(to: UInt8.self)) }
            throw Problem.invalid(pointer, error.detail)
        }
        guard let done = try await store.prices.add(file, effective: effective, organisation: caller.organisation.id) else {
            throw Problem.invalid("?effective", "a price cannot take effect in the past, since calls were priced by then")
        }
        return Answer.json { writer in
            writer.object { writer in
                for (name, count) in [("imported", done.imported), ("unchanged", done.unchanged), ("skipped", done.skipped)] {
                    writer.name(name)
                    writer.integer(Int64(count))
                }
                writer.name("effective_from")
                writer.time(done.effectiveFrom)
                writer.name("checksum")
                writer.string(done.checksum)
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

extension JSONWriter {
    fileprivate mutating func price(_ listed: ListedPrice) {
        object { writer in
            writer.name("model")
            writer.string(listed.model)
            writer.name("input_cost_per_token")
            writer.perToken(listed.price.input)
            writer.name("output_cost_per_token")
            writer.perToken(listed.price.output)
            writer.name("cached_input_cost_per_token")
            writer.perToken(listed.price.cachedInput)
            writer.name("cache_write_cost_per_token")
            writer.perToken(listed.price.cacheWrite)
            writer.name("reasoning_cost_per_token")
            writer.perToken(listed.price.reasoning)
            writer.name("effective_from")
            writer.time(listed.effectiveFrom)
        }
    }

    private mutating func perToken(_ units: Int64?) {
        string(units.map { ExactDecimal.text($0, scale: ModelPrice.scale) })
    }
}
