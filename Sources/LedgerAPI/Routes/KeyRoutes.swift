internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/keys`: API keys of the caller's organisation.
struct KeyRoutes: Sendable {
    private enum Field: String, CaseIterable { case role, tags, agent_id, name, approve_up_to }
    private static let fields = JSONFields<Field>()

    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.post, "/v1/keys", create)
        table.add(.get, "/v1/keys", list)
        table.add(.get, "/v1/keys/{id}", find)
        table.add(.delete, "/v1/keys/{id}", revoke)
    }

    @Sendable private func create(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await admin(request)
        _ = try Query(request)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in
            var body: (role: APIKey.Role?, tags: Tags, agentID: String?, name: String?, approveUpTo: Money?) = (nil, Tags(), nil, nil, nil)
            try reader.object(Self.fields) { field, reader throws(JSONError) in
                switch field {
                case .role: body.role = try reader.choice(APIKey.Role.self)
                case .tags: body.tags = try reader.optional { reader throws(JSONError) in try reader.tags() } ?? Tags()
                case .agent_id: body.agentID = try reader.optional { reader throws(JSONError) in try reader.label(maximum: 256) }
                case .approve_up_to: body.approveUpTo = try reader.optional { reader throws(JSONError) in try reader.money() }
                case .name: body.name = try reader.optional { reader throws(JSONError) in try reader.label(maximum: 256) }
                }
            }
            return body
        }
        guard let role = body.role else { throw Problem.invalid("/role", "say what the key is for: gateway, finance, approver, operator or admin") }
        if let agent = body.agentID, let tag = body.tags["agent_id"], tag != agent {
            throw Problem.invalid("/tags/agent_id", "this contradicts agent_id; leave one out")
        }
        if body.approveUpTo != nil, !role.approves {
            throw Problem.invalid("/approve_up_to", "only keys of the roles approver and admin approve; leave this out")
        }
        let made = try await store.keys.create(
            role: role, tags: try bound(body.tags, body.agentID, caller), agentID: body.agentID, name: body.name,
            approveUpTo: try limit(body.approveUpTo, role, caller), organisation: caller.organisation)
        return Answer.json(.created) { writer in
            writer.object { writer in
                writer.name("key")
                writer.string(made.text)
                writer.key(made.key)
            }
        }
    }

    /// Nobody makes a key that reaches further than he does: it has his tags too.
    private func bound(_ tags: Tags, _ agentID: String?, _ caller: Caller) throws -> Tags {
        var asked = tags
        if let agentID { asked["agent_id"] = agentID }
        guard let bound = caller.key.complete(asked) else {
            let name = caller.key.contradiction(in: asked) ?? ""
            throw Problem.forbidden("You are bound to another \(name); the keys that you make are too.")
        }
        return caller.key.boundTags.isEmpty ? tags : bound
    }

    /// Nor one that grants more.
    private func limit(_ asked: Money?, _ role: APIKey.Role, _ caller: Caller) throws -> Money? {
        guard role.approves, let own = caller.key.approveUpTo else { return asked }
        guard let asked else { return own }
        guard asked <= own else { throw Problem.forbidden("You grant up to \(own) yourself; send at most this as approve_up_to.") }
        return asked
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await admin(request)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let found = try await store.keys.list(
            of: caller.organisation.id, bound: caller.key.boundTags, after: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { writer, key in
            writer.object { $0.key(key) }
        }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await admin(request)
        _ = try Query(request)
        let key = try await key(context, caller)
        return Answer.json { writer in writer.object { $0.key(key) } }
    }

    @Sendable private func revoke(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await admin(request)
        _ = try Query(request)
        switch try await store.keys.revoke(try await key(context, caller).id, of: caller.organisation.id) {
        case .revoked: return Response(status: .noContent)
        case .notFound: throw Problem.notFound("There is no such key.")
        case .lastAdmin: throw Problem.conflict("This is the last admin key of the organisation; make another one first.")
        }
    }

    private func key(_ context: PurserContext, _ caller: Caller) async throws -> APIKey {
        let key = try await store.keys.find(try context.id("id", of: "key"), of: caller.organisation.id)
        guard let key, key.boundTags.contains(caller.key.boundTags) else { throw Problem.notFound("There is no such key.") }
        return key
    }

    private func admin(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require()
        return caller
    }
}

extension JSONWriter {
    fileprivate mutating func key(_ key: APIKey) {
        name("id")
        id(key.id)
        name("role")
        string(key.role.rawValue)
        name("tags")
        tags(key.tags)
        name("agent_id")
        string(key.agentID)
        name("name")
        string(key.name)
        name("approve_up_to")
        string(key.approveUpTo?.description)
        name("created_at")
        time(key.createdAt)
        name("revoked_at")
        time(key.revokedAt)
    }
}
