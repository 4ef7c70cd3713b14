public import Ledger
internal import Postgres
internal import Synchronization

/// What each organisation's calls are decided by, as far as this replica knows. Nothing here is trusted: every batch
/// compares the epochs with the database inside its own transaction.
public final class OrganisationDirectory: Sendable {
    /// The most organisations that are remembered; beyond it all are forgotten and read again when they call.
    static let capacity = 1_000

    let ownerSettings: ConnectionSettings
    private let states = Mutex<[Identifier: OrganisationState]>([:])

    /// - Parameter ownerSettings: how to connect as the owner of the tables, for partitions.
    init(ownerSettings: ConnectionSettings) {
        self.ownerSettings = ownerSettings
    }

    public func cached(_ organisation: Identifier) -> OrganisationState? {
        states.withLock { $0[organisation] }
    }

    /// The organisations that this replica knows, in no order.
    var known: [Identifier] { states.withLock { $0.keys.map { $0 } } }

    /// Compares what is known with the database and reads what moved.
    ///
    /// - Returns: nil if there is no such organisation.
    func refresh(_ organisation: Identifier, in session: Session) throws -> OrganisationState? {
        try current(organisation, remembers: true, in: session)
    }

    /// The same, but an organisation that nobody calls through this replica is not remembered: a job that goes through all
    /// of them must not push out those that call.
    func look(at organisation: Identifier, in session: Session) throws -> OrganisationState? {
        try current(organisation, remembers: false, in: session)
    }

    private func current(_ organisation: Identifier, remembers: Bool, in session: Session) throws -> OrganisationState? {
        guard let (found, epochs) = try OrganisationQueries.find(organisation, in: session) else { return nil }
        let known = cached(organisation)
        if let known, known.epochs == epochs, known.organisation == found { return known }
        let state = try load(found, epochs: epochs, from: known, in: session)
        if remembers || known != nil { remember(state) }
        return state
    }

    /// Reads the parts that moved since `old`.
    func reload(_ organisation: Identifier, from old: OrganisationState, in session: Session) throws -> OrganisationState {
        guard let (found, epochs) = try OrganisationQueries.find(organisation, in: session) else {
            throw StoreError(.corrupt, "organisation \(old.organisation.name) is gone")
        }
        let state = try load(found, epochs: epochs, from: old, in: session)
        remember(state)
        return state
    }

    /// The epochs were read before the parts: a part may be newer than its epoch says, and is then read once more.
    private func load(
        _ organisation: Organisation, epochs: Epochs, from old: OrganisationState?, in session: Session
    ) throws -> OrganisationState {
        var policy = old?.policy ?? .empty
        if epochs.policy != old?.epochs.policy {
            policy = try PolicyQueries.current(of: organisation.id, in: session)
        }
        var prices = old?.prices ?? PriceBook()
        if epochs.prices != old?.epochs.prices {
            try PriceQueries.addChanges(to: &prices, organisation: organisation.id, since: old?.epochs.prices ?? -1, in: session)
        }
        var keys = old?.keys ?? KeyRing()
        if epochs.keys != old?.epochs.keys {
            try KeyQueries.addChanges(to: &keys, organisation: organisation.id, since: old?.epochs.keys ?? -1, in: session)
        }
        var guards = old?.guards ?? Guards()
        if epochs.guards != old?.epochs.guards {
            guards = try GuardQueries.current(
                of: organisation.id, known: guards, since: old?.epochs.guards ?? -1, in: session)
        }
        return OrganisationState(
            organisation: organisation, epochs: epochs, policy: policy, prices: prices, keys: keys, guards: guards)
    }

    private func remember(_ state: OrganisationState) {
        states.withLock { states in
            if states.count >= Self.capacity, states[state.organisation.id] == nil { states.removeAll() }
            states[state.organisation.id] = state
        }
    }
}
