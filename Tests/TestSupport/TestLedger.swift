package import Ledger
package import LedgerStore
internal import Postgres
internal import Synchronization

/// An organisation in a database of its own, with a store that runs, a policy, and the short forms of what tests do
/// again and again.
package struct TestLedger: Sendable {
    package let database: LedgerDatabase
    package let store: Store
    package let organisation: Organisation
    /// A gateway key that is bound to nothing.
    package let gateway: APIKey
    package let log: LogRecorder

    private static let requests = Atomic(0)

    /// Lends a ledger. Afterwards the ledger must be free of contradictions and nothing may have been logged as an
    /// error, unless `isTampered`.
    package static func with<R>(
        policy: String? = nil, prices: String? = nil, options: Store.Options = RunningStore.testClock, isTampered: Bool = false,
        _ body: (TestLedger) async throws -> R
    ) async throws -> R {
        try await LedgerDatabase.with { database in
            let log = LogRecorder()
            return try await RunningStore.with(database, options, log: log) { store in
                let ledger = try await TestLedger(database: database, store: store, log: log)
                if let policy { try await ledger.apply(policy) }
                if let prices { _ = try await ledger.importPrices(prices) }
                let result = try await body(ledger)
                if !isTampered { try ledger.check() }
                return result
            }
        }
    }

    /// Makes an organisation with a gateway key in a database that has none.
    package init(database: LedgerDatabase, store: Store, log: LogRecorder) async throws {
        self.database = database
        self.store = store
        self.log = log
        organisation = try await Self.makeOrganisation("default", store: store)
        gateway = try await store.keys.create(role: .gateway, tags: Tags(), agentID: nil, name: nil, organisation: organisation).key
    }

    private init(_ other: TestLedger, store: Store) {
        database = other.database
        self.store = store
        organisation = other.organisation
        gateway = other.gateway
        log = other.log
    }

    /// The same ledger through another replica.
    package func through(_ store: Store) -> TestLedger { TestLedger(self, store: store) }

    /// Makes an organisation with an admin key.
    package static func makeOrganisation(_ name: String, store: Store) async throws -> Organisation {
        let text = KeyText.generate(organisation: name)
        guard let key = KeyText(text), let made = try await store.organisations.create(name: name, currency: "USD", adminKey: key) else {
            throw TestFailure("organisation \(name) could not be made")
        }
        return made
    }

    // MARK: - What is in force

    package func state() async throws -> OrganisationState {
        guard let state = try await store.organisations.current(organisation.name) else { throw TestFailure("the organisation is gone") }
        return state
    }

    @discardableResult
    package func apply(_ policy: String) async throws -> Int64 {
        try await store.policies.apply([PolicyFile(text: policy)], author: "test", message: "", organisation: organisation.id).version
    }

    /// Imports a LiteLLM price file. Nil: `effective` has passed.
    package func importPrices(_ json: String, effective: Timestamp? = nil) async throws -> PriceImport? {
        try await store.prices.add(try PriceFile(Array(json.utf8)), effective: effective, author: "test", organisation: organisation.id)
    }

    package var now: Timestamp { store.clock.now() }

    /// Moves the test clock on.
    package func advance(seconds: Int64) async throws {
        guard try await store.testClock.advance(to: now.adding(seconds: seconds)) else { throw TestFailure("the clock did not move") }
    }

    // MARK: - Operations

    /// Does an operation by what is known of the organisation, which may be old.
    package func submit(_ operation: LedgerStore.Operation) async throws -> Outcome {
        let known = store.organisations.known(organisation.name)
        let state = if let known { known } else { try await state() }
        return try await store.lanes.submit(operation, state: state)
    }

    /// A model call with a stated cost; a new idempotency key unless one is given.
    package func call(
        _ cost: String = "1", _ tags: [String: String] = [:], model: String? = "gpt-5", usage: TokenUsage? = nil, key: APIKey? = nil,
        idempotency: String? = nil, ttlSeconds: Int64 = 120
    ) -> ReserveRequest {
        ReserveRequest(
            key: key ?? gateway, idempotency: Self.idempotency(idempotency, "\(cost) \(tags)"), tags: Self.tags(tags), model: model,
            tool: model == nil ? "search" : nil, usage: usage, statedCost: Money(cost), ttlSeconds: ttlSeconds, step: nil, stateHash: nil)
    }

    package func reserve(_ cost: String = "1", _ tags: [String: String] = [:], idempotency: String? = nil) async throws -> Outcome {
        try await submit(.reserve(call(cost, tags, idempotency: idempotency)))
    }

    /// Opens a hold that must be admitted.
    package func hold(_ cost: String = "1", _ tags: [String: String] = [:], ttlSeconds: Int64 = 120) async throws -> Identifier {
        let outcome = try await submit(.reserve(call(cost, tags, ttlSeconds: ttlSeconds)))
        guard case .admitted(let hold) = outcome else { throw TestFailure("not admitted: \(outcome)") }
        return hold.id
    }

    package func commit(_ id: Identifier, _ cost: String, key: APIKey? = nil) async throws -> Outcome {
        try await commit(id, UsageReport(statedCost: Money(cost)), key: key)
    }

    package func commit(_ id: Identifier, _ report: UsageReport, key: APIKey? = nil) async throws -> Outcome {
        try await settle(id, .commit(report, fingerprint: report.fingerprint), key: key)
    }

    package func settle(_ id: Identifier, _ action: SettleRequest.Action, key: APIKey? = nil) async throws -> Outcome {
        try await submit(.settle(SettleRequest(key: key ?? gateway, reservation: id, action: action)))
    }

    package func charge(_ cost: String, _ tags: [String: String] = [:], idempotency: String? = nil) async throws -> Outcome {
        try await submit(.charge(charging(cost, tags, idempotency: idempotency)))
    }

    /// A call that was made without asking; of a model, unless a tool is named.
    package func charging(_ cost: String, _ tags: [String: String] = [:], tool: String? = nil, idempotency: String? = nil) -> ChargeRequest {
        ChargeRequest(
            key: gateway, idempotency: Self.idempotency(idempotency, "\(cost) \(tags)"), tags: Self.tags(tags), model: tool == nil ? "gpt-5" : nil,
            tool: tool, report: UsageReport(statedCost: Money(cost)), step: nil)
    }

    package static func tags(_ pairs: [String: String]) -> Tags { Tags(pairs.map { Tags.Tag(name: $0.key, value: $0.value) }) }

    /// - Parameter body: stands for the decoded body.
    package static func idempotency(_ key: String?, _ body: String) -> IdempotencyKey {
        let key = key ?? "request \(requests.add(1, ordering: .relaxed).newValue)"
        var bytes = CanonicalBytes()
        bytes.append(body)
        return IdempotencyKey(route: "test", key: key, body: bytes)
    }
}
