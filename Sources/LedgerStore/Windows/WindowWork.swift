internal import Ledger
internal import Postgres

/// What is to be done for one window of one envelope, over one session at a time.
struct WindowWork: Sendable {
    enum Page {
        /// There may be more keys after this one.
        case more(after: Identifier)
        case done
        /// The configuration is another now, or the window is over.
        case changed
    }

    /// How many keys without credit one transaction opens.
    static let pageSize = 256

    let envelope: Envelope
    let window: Window
    let lastOpened: Timestamp?
    let state: OrganisationState
    let clock: StoreClock
    private let due: DueWindow

    private var organisation: Identifier { state.organisation.id }

    init(due: DueWindow, state: OrganisationState, clock: StoreClock) {
        self.due = due
        envelope = due.envelope
        window = due.window
        lastOpened = due.lastOpened
        self.state = state
        self.clock = clock
    }

    /// The last window before this one in which the envelope has balances.
    func lastInUse(in session: Session) throws -> Window? {
        guard let start = window.start else { return nil }
        let rows = try session.execute(WindowStatements.lastInUse, parameters { $0.timestamp(microsecondsSince1970: start.microseconds) })
        guard rows.count == 1 else { return nil }
        return Window(
            start: try rows.timestampIfPresent(0, 0).map { Timestamp(microseconds: $0) },
            end: try rows.timestampIfPresent(0, 1).map { Timestamp(microseconds: $0) })
    }

    /// Opens the window for the next keys.
    ///
    /// - Parameters:
    ///   - after: the last key of the page before, `none` for the first page.
    ///   - last: the last window before this one with balances.
    func openPage(after: Identifier, last: Window, in session: Session) throws -> Page {
        let carries = envelope.rollover != nil
        let limit = carries ? WindowOpening.claimLimit : Self.pageSize
        let end = carries ? window.start : last.end
        guard let end else { return .done }
        let keys = parameters { parameters in
            parameters.timestamp(microsecondsSince1970: end.microseconds)
            parameters.uuid(after)
            parameters.int8(Int64(limit))
        }
        let rows = try session.execute(carries ? WindowStatements.keysInChains : WindowStatements.keysInUse, keys)
        guard rows.count > 0 else { return .done }
        let claims = try (0..<rows.count).map { Claim(envelope: envelope, values: try rows.textArray($0, 1), window: window, amount: 0) }
        guard try carries ? openCarrying(claims, in: session) : openPlain(claims, in: session) else { return .changed }
        return rows.count < limit ? .done : .more(after: try rows.uuid(rows.count - 1, 0))
    }

    /// Records that the window is open, and tells of it unless it is the first of all; once, whoever else does it.
    func record(in session: Session) throws {
        guard let start = window.start, let end = window.end else { return }
        let first = try lastInUse(in: session)?.start
        let keys = try session.execute(WindowStatements.count, parameters { $0.timestamp(microsecondsSince1970: end.microseconds) }).int8(0, 0)
        let (_, now, _) = try Epochs.read(organisation, clock: clock, in: session)
        let missed = (lastOpened ?? first).map(due.missed) ?? 0
        let insert = parameters { parameters in
            for time in [start, end, now] { parameters.timestamp(microsecondsSince1970: time.microseconds) }
            parameters.int8(keys)
            parameters.int8(missed)
        }
        guard try session.execute(WindowStatements.insert, insert).affected == 1, lastOpened != nil || first != nil else { return }
        var events = EventColumns()
        var event = Event(
            .windowOpened, envelope: envelope.name, owner: envelope.owner, playbook: envelope.playbook,
            reason: missed == 0 ? "a window began" : "a window began after \(missed) that came and went while nothing ran")
        event.opening = Event.Opening(window: window, keys: keys, missed: missed)
        events.append(event, id: .fresh(at: now))
        try events.write(organisation: organisation, at: now, in: session)
    }

    // MARK: - Balances

    /// Through the same code as a call that comes first, under the lock of the window before.
    private func openCarrying(_ claims: [Claim], in session: Session) throws -> Bool {
        for _ in 0..<3 {
            var opening = WindowOpening(state: state, clock: clock)
            switch try opening.open(claims, in: session) {
            case .done: return true
            // Somebody else opened one of them, or the window is over; a second look tells which.
            case .conflict(let time): guard window.contains(time) else { return false }
            case .stale: return false
            case .expired(let balances):
                var identities = IdentityCache()
                let known = try identities.resolve(balances, organisation: organisation, in: session)
                try AdjustmentExpiry(state: state, clock: clock).run(balances, identities: known, in: session)
            }
        }
        return false
    }

    /// Leaves the rows that the first call of each key would.
    private func openPlain(_ claims: [Claim], in session: Session) throws -> Bool {
        let rows = claims.map { (identity: BalanceIdentity($0, organisation: organisation), limit: envelope.limit ?? 0) }
        try session.run("BEGIN")
        let (epochs, now, _) = try Epochs.read(organisation, clock: clock, in: session)
        guard epochs == state.epochs, window.contains(now) else {
            try session.rollback()
            return false
        }
        let insert = BatchPlan.insertBalances(rows, organisation: organisation, now: now)
        _ = try session.pipeline([insert, PipelineStep(Statement.commit)])
        return true
    }

    /// The organisation, the envelope and its rule, and what `more` adds.
    private func parameters(_ more: (inout Parameters) -> Void) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.text(envelope.name)
        parameters.text(envelope.rule)
        more(&parameters)
        return parameters
    }
}
