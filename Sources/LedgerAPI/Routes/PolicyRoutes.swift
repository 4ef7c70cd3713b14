internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/policy` and its versions.
struct PolicyRoutes: Sendable {
    /// 4 MiB
    private static let limit = 4_194_304

    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/policy", current)
        table.add(.get, "/v1/policy/versions", list)
        table.add(.post, "/v1/policy/versions", apply)
        table.add(.get, "/v1/policy/versions/{version}", find)
        table.add(.post, "/v1/policy/versions/{version}/rollback", rollBack)
    }

    @Sendable private func current(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        guard let version = try await store.policies.current(of: caller.organisation.id) else {
            throw Problem.notFound("There is no policy yet; post one to /v1/policy/versions.")
        }
        return answer(version)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        var before: Int64?
        if let after = query["after"] {
            guard let version = Int64(after), version > 0 else { throw Problem.invalid("?after", "send the `next` of the page before") }
            before = version
        }
        let found = try await store.policies.list(of: caller.organisation.id, before: before, limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last.map { String($0.version) } : nil) { writer, version in
            writer.object { $0.versionHead(version) }
        }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        guard let number = context.parameters.get("version").flatMap(Int64.init),
            let version = try await store.policies.find(number, of: caller.organisation.id)
        else { throw Problem.notFound("There is no such version.") }
        return answer(version)
    }

    @Sendable private func apply(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require()
        let query = try Query(request, known: ["message", "dry_run"])
        let message = query["message"] ?? ""
        let buffer = try await RequestBody.bytes(request, limit: Self.limit, types: ["application/yaml", "application/json"])
        guard let source = buffer.getString(at: buffer.readerIndex, length: buffer.readableBytes), !source.unicodeScalars.contains("\0")
        else { throw Problem.malformed("The policy is not UTF-8 text.") }
        let files = [PolicyFile(text: source)]
        let organisation = caller.organisation.id
        do {
            if try query.flag("dry_run") { return preview(try await store.policies.preview(files, organisation: organisation)) }
            return applied(try await store.policies.apply(files, author: caller.author, message: message, organisation: organisation))
        } catch let error as PolicyError {
            throw Problem.policyInvalid(error)
        }
    }

    @Sendable private func rollBack(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require()
        let query = try Query(request, known: ["message"])
        guard let version = context.parameters.get("version").flatMap(Int64.init) else { throw Problem.notFound("There is no such version.") }
        do {
            let done = try await store.policies.rollBack(
                to: version, author: caller.author, message: query["message"] ?? "back to version \(version)", organisation: caller.organisation.id)
            guard let done else { throw Problem.notFound("There is no such version.") }
            return applied(done)
        } catch let error as PolicyError {
            throw Problem.policyInvalid(error)
        }
    }

    private func applied(_ applied: PolicyStore.Applied) -> Response {
        Answer.json(.created) { writer in
            writer.object { writer in
                writer.name("version")
                writer.integer(applied.version)
                writer.name("warnings")
                writer.array(applied.warnings) { $0.issue($1) }
            }
        }
    }

    private func preview(_ preview: PolicyPreview) -> Response {
        Answer.json { writer in
            writer.object { writer in
                writer.name("version")
                writer.null()
                writer.name("valid")
                writer.bool(true)
                writer.name("warnings")
                writer.array(preview.warnings) { $0.issue($1) }
                writer.name("changes")
                writer.array(preview.changes) { $0.change($1) }
                writer.name("over_limit")
                writer.array(preview.overLimit) { $0.overLimit($1) }
                writer.name("over_limit_total")
                writer.integer(preview.overLimitTotal)
            }
        }
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        return caller
    }

    private func answer(_ version: PolicyVersion) -> Response {
        let reading = try? PolicyYAML.read([PolicyFile(text: version.source)], version: version.version)
        return Answer.json { writer in
            writer.object { writer in
                writer.versionHead(version)
                writer.name("source")
                writer.string(version.source)
                if let policy = reading?.policy { writer.summary(of: policy) }
                writer.name("warnings")
                writer.array(reading?.warnings ?? []) { $0.issue($1) }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func versionHead(_ version: PolicyVersion) {
        name("version")
        integer(version.version)
        name("author")
        string(version.author)
        name("message")
        string(version.message)
        name("created_at")
        time(version.createdAt)
        name("checksum")
        string(version.checksum)
    }
}
