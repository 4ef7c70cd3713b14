internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/orgs`: the organisations of this installation.
struct OrganisationRoutes: Sendable {
    private enum CreateField: String, CaseIterable { case name, currency }
    private enum ChangeField: String, CaseIterable { case state }
    private static let createFields = JSONFields<CreateField>()
    private static let changeFields = JSONFields<ChangeField>()

    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.post, "/v1/orgs", create)
        table.add(.get, "/v1/orgs", list)
        table.add(.get, "/v1/orgs/{name}", find)
        table.add(.patch, "/v1/orgs/{name}", change)
    }

    @Sendable private func create(_ request: Request, _ context: PurserContext) async throws -> Response {
        try await authenticator.caller(request).requireInstallation()
        _ = try Query(request)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in
            var body: (name: String?, currency: String?) = (nil, nil)
            try reader.object(Self.createFields) { field, reader throws(JSONError) in
                switch field {
                case .name: body.name = try reader.string()
                case .currency: body.currency = try reader.string()
                }
            }
            return body
        }
        guard let name = body.name, Organisation.isValid(name: name) else {
            throw Problem.invalid("/name", "send 1 to 39 lower-case letters, digits and '-', not beginning with '-'")
        }
        guard let currency = body.currency, Organisation.isValid(currency: currency) else {
            throw Problem.invalid("/currency", "send an ISO 4217 code such as EUR")
        }
        let key = KeyText.generate(organisation: name)
        guard let text = KeyText(key), let made = try await store.organisations.create(name: name, currency: currency, adminKey: text) else {
            throw Problem.conflict("There is an organisation of this name already.")
        }
        return Answer.json(.created) { writer in
            writer.object { writer in
                writer.organisation(made)
                writer.name("admin_key")
                writer.string(key)
            }
        }
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        try await authenticator.caller(request).requireInstallation()
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let found = try await store.organisations.list(after: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { writer, organisation in
            writer.object { $0.organisation(organisation) }
        }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        try await authenticator.caller(request).requireInstallation()
        _ = try Query(request)
        return try await answer(try name(context))
    }

    @Sendable private func change(_ request: Request, _ context: PurserContext) async throws -> Response {
        try await authenticator.caller(request).requireInstallation()
        _ = try Query(request)
        let name = try name(context)
        let state = try await RequestBody.decode(request) { reader throws(JSONError) in
            var state: String?
            try reader.object(Self.changeFields) { _, reader throws(JSONError) in state = try reader.string() }
            return state
        }
        guard let state = state.flatMap(Organisation.State.init) else { throw Problem.invalid("/state", "send active or closed") }
        guard state == .active || name != Organisation.defaultName else {
            throw Problem.conflict("The organisation '\(name)' looks after the installation and cannot be closed.")
        }
        guard try await store.organisations.setState(state, of: name) else { throw Problem.notFound("There is no such organisation.") }
        return try await answer(name)
    }

    private func name(_ context: PurserContext) throws -> String {
        guard let name = context.parameters.get("name"), Organisation.isValid(name: name) else {
            throw Problem.notFound("There is no such organisation.")
        }
        return name
    }

    private func answer(_ name: String) async throws -> Response {
        guard let organisation = try await store.organisations.find(name) else { throw Problem.notFound("There is no such organisation.") }
        return Answer.json { writer in writer.object { $0.organisation(organisation) } }
    }
}

extension JSONWriter {
    fileprivate mutating func organisation(_ organisation: Organisation) {
        name("name")
        string(organisation.name)
        name("currency")
        string(organisation.currency)
        name("state")
        string(organisation.state.rawValue)
        name("created_at")
        time(organisation.createdAt)
    }
}
