internal import Ledger
internal import Postgres

/// Opens the windows of envelopes that carry credit, under the lock of the window before, in a transaction of its own:
/// what is carried depends on what the old window has left at that moment, and is never revised.
struct WindowOpening {
    enum Result {
        case done
        /// Another replica opened one of the windows at the same moment, or a window had turned by this time; nothing was done.
        case conflict(at: Timestamp)
        /// The configuration is no longer the one that the claims were made by; nothing was done.
        case stale
        /// Adjustments of these balances have expired and must be taken back first; nothing was done.
        case expired([Identifier])
    }

    /// The most windows that one opening is asked for.
    static let claimLimit = 16

    let state: OrganisationState
    let clock: StoreClock
    private var now = Timestamp(microseconds: 0)
    private var moment = Timestamp(microseconds: 0)
    private var sequence: UInt8 = 0
    private var writes = BatchWrites()
    /// Every balance that is new, with what it is the balance of.
    private var opened: [(identity: BalanceIdentity, balance: Balance)] = []
    private var moved: [(chain: Identifier, identity: BalanceIdentity)] = []

    private var organisation: Identifier { state.organisation.id }

    init(state: OrganisationState, clock: StoreClock) {
        self.state = state
        self.clock = clock
    }

    /// Opens what is not open yet.
    mutating func open(_ claims: [Claim], in session: Session) throws -> Result {
        let targets = claims.map { OpeningTarget($0, organisation: organisation) }.sorted { $0.chain < $1.chain }
        try session.run("BEGIN")
        let chains = try lockChains(targets.map(\.chain), in: session)
        let routes = targets.map { $0.route(from: chains[$0.chain], organisation: organisation) }
        let ids = Set(routes.flatMap { $0.windows.map(\.id) } + chains.values.map(\.balance)).sorted()
        let existing = try lockBalances(ids, in: session)
        guard try readEpoch(in: session) else {
            try session.rollback()
            return .stale
        }
        guard claims.allSatisfy({ $0.window.contains(now) }) else {
            try session.rollback()
            return .conflict(at: now)
        }
        let expired = existing.values.filter { $0.marks.nextExpiry.map { $0 <= now } ?? false }.map(\.id)
        guard expired.isEmpty else {
            try session.rollback()
            return .expired(expired)
        }
        for (target, route) in zip(targets, routes) {
            if existing[target.identity.id] == nil { open(target, route, existing) }
            if route.chain?.balance != target.identity.id { moved.append((target.chain, target.identity)) }
        }
        guard !opened.isEmpty || !moved.isEmpty else {
            try session.rollback()
            return .done
        }
        return try write(in: session) ? .done : .conflict(at: now)
    }

    // MARK: - What is opened

    private mutating func open(_ target: OpeningTarget, _ route: OpeningTarget.Route, _ existing: [Identifier: Balance]) {
        let envelope = target.claim.envelope
        guard let base = route.base(existing) else {
            // A first window carries nothing.
            return opened.append((target.identity, Balance(id: target.identity.id, limit: envelope.limit ?? 0, changedAt: now)))
        }
        let limit = envelope.limit(adjusted: base.balance.marks.adjusted) ?? base.balance.limit
        let left = Int64(clamping: Int128(limit) - base.balance.used)
        for link in CreditChain.links(after: base.end, left: left, to: target.claim.window, of: envelope) {
            let claim = Claim(envelope: envelope, values: target.claim.values, window: link.window, amount: 0)
            let identity = BalanceIdentity(claim, organisation: organisation)
            var book = Book([Balance(id: identity.id, limit: envelope.limit ?? 0, changedAt: now)])
            // Nobody needs to hear of credit that came and went unseen.
            carry(link, envelope, identity, tells: identity.id == target.identity.id, in: &book)
            opened.append((identity, book.balances[0]))
        }
    }

    private mutating func carry(
        _ link: CreditChain.Link, _ envelope: Envelope, _ identity: BalanceIdentity, tells: Bool, in book: inout Book
    ) {
        guard link.carry > 0 else { return }
        let id = nextID()
        // Of a window that went by unseen the end of its credit is booked too.
        let isOver = link.expiresAt.map { $0 <= now } ?? false
        let carry = Adjustment(
            kind: .carry, amount: link.carry, expiresAt: isOver ? nil : link.expiresAt, reason: "left of the window before", author: "purser")
        apply(carry, id, envelope, identity, tells: tells, in: &book)
        if isOver { apply(.expiry(of: id, amount: link.carry, adjusted: link.carry), nextID(), envelope, identity, tells: tells, in: &book) }
    }

    private mutating func apply(
        _ adjustment: Adjustment, _ id: Identifier, _ envelope: Envelope, _ identity: BalanceIdentity, tells: Bool, in book: inout Book
    ) {
        guard let booked = adjustment.book(slot: 0, envelope: envelope, identity: identity, book: &book, fact: id, at: now),
            let entry = booked.entries.first
        else { return }
        writes.adjustments.append(adjustment, id: id, entry: entry)
        for event in booked.events where tells { writes.append(event, id: nextID()) }
    }

    private mutating func nextID() -> Identifier {
        defer { sequence &+= 1 }
        return .fresh(at: now, sequence: sequence)
    }

    // MARK: - The database

    /// Reads the time, under the locks; false if the configuration has changed.
    private mutating func readEpoch(in session: Session) throws -> Bool {
        let read = try Epochs.read(organisation, clock: clock, in: session)
        now = read.now
        moment = read.moment
        writes.guards = read.epochs.guards
        return read.epochs == state.epochs
    }

    private func lockChains(_ ids: [Identifier], in session: Session) throws -> [Identifier: OpeningTarget.Chain] {
        let rows = try session.execute(AdjustmentStatements.lockChains, list(ids))
        var chains: [Identifier: OpeningTarget.Chain] = [:]
        for row in 0..<rows.count {
            chains[try rows.uuid(row, 0)] = OpeningTarget.Chain(
                balance: try rows.uuid(row, 1), windowEnd: Timestamp(microseconds: try rows.timestamp(row, 2)))
        }
        return chains
    }

    private func lockBalances(_ ids: [Identifier], in session: Session) throws -> [Identifier: Balance] {
        let balances = try BatchReads.decodeBalances(try session.execute(LaneStatements.lockBalances, list(ids)))
        return Dictionary(balances.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func write(in session: Session) throws -> Bool {
        let rows = opened.map { (identity: $0.identity, limit: $0.balance.limit) }
        let inserted = try session.pipeline([BatchPlan.insertBalances(rows, organisation: organisation, now: now), moveChains()])
        // A chain that moved on meanwhile was moved by somebody who opened these windows.
        guard inserted[0].affected == opened.count else {
            try session.rollback()
            return false
        }
        let book = Book(opened.map(\.balance)).touched()
        let last = writes.steps(
            organisation: organisation, batch: .batch(at: now, moment: moment), at: now, moment: moment, policyVersion: state.policy.version,
            book: book)
        _ = try session.pipeline(last.map(\.step))
        return true
    }

    private func moveChains() -> PipelineStep {
        var parameters = list(moved.map(\.chain))
        parameters.textArray(moved.map(\.identity.envelope))
        parameters.uuidArray(moved.map(\.identity.id))
        parameters.timestampArray(moved.map { $0.identity.window.end?.microseconds })
        return PipelineStep(AdjustmentStatements.moveChains, parameters)
    }

    private func list(_ ids: [Identifier]) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ids)
        return parameters
    }
}
