/// The rules by which a hold ends. Real spend is never dropped: a commit is booked whatever the budget says, and once
/// even after the hold was given back.
public enum Settlement {
    public enum Request: Sendable {
        case commit(charge: Amounts, fingerprint: Identifier)
        case release
        case expire
        case extend(ttlSeconds: Int64)
    }

    public enum Decision: Sendable {
        /// Book the end of the hold.
        case end(Ending.State)
        /// Book a charge beside the end that already is.
        case late
        /// Keep the hold alive until then.
        case extend(until: Timestamp)
        /// The same request was booked before: answer from its fact.
        case replay(late: Bool)
        /// Another request ended the hold.
        case conflict(Ending)
        /// The hold would live longer than a hold may.
        case tooLong(latest: Timestamp)
        /// Nothing to do: an expiry that came too early or too late.
        case nothing
    }

    /// What becomes of a request on a hold in this state.
    public static func decide(_ request: Request, hold: Hold, state: HoldState, at now: Timestamp) -> Decision {
        switch state {
        case .open(let expiresAt):
            switch request {
            case .commit: return .end(.committed)
            case .release: return .end(.released)
            case .expire: return expiresAt <= now ? .end(.expired) : .nothing
            case .extend(let ttlSeconds):
                let latest = hold.openedAt.adding(seconds: Hold.maximumLifeSeconds)
                let until = now.adding(seconds: ttlSeconds)
                return until <= latest ? .extend(until: max(until, expiresAt)) : .tooLong(latest: latest)
            }
        case .ended(let ending, let late):
            switch request {
            case .commit(_, let fingerprint):
                if ending.state == .committed {
                    return ending.fingerprint == fingerprint ? .replay(late: false) : .conflict(ending)
                }
                guard let late else { return .late }
                return late.fingerprint == fingerprint ? .replay(late: true) : .conflict(late)
            case .release:
                return ending.state == .released ? .replay(late: false) : .conflict(late ?? ending)
            case .expire: return .nothing
            case .extend: return .conflict(late ?? ending)
            }
        }
    }

    /// What was booked, and what that set off.
    public struct Booked: Sendable {
        public let entries: [Entry]
        public let events: [Event]
    }

    /// One balance that a settlement changes.
    public struct Change: Sendable {
        let identity: BalanceIdentity
        /// The envelope as the policy has it now; nil where it is gone or cuts otherwise, and the balance keeps its limit.
        let envelope: Envelope?
        let held: Int64
        let spent: Int64

        public init(identity: BalanceIdentity, envelope: Envelope?, held: Int64, spent: Int64) {
            self.identity = identity
            self.envelope = envelope
            self.held = held
            self.spent = spent
        }
    }

    /// What the end of a hold, or its late charge, changes.
    ///
    /// - Parameters:
    ///   - charge: what was really used; zero for a release or an expiry.
    ///   - late: the hold was given back before, so nothing is held any more.
    ///   - balance: what a share's balance is the balance of, and the envelope that it has now.
    public static func changes(
        of hold: Hold, charge: Amounts, late: Bool, balance: (Identifier) -> (identity: BalanceIdentity, envelope: Envelope?)?
    ) -> [Change]? {
        var changes: [Change] = []
        for share in hold.shares {
            guard let found = balance(share.balance) else { return nil }
            changes.append(
                Change(
                    identity: found.identity, envelope: found.envelope, held: late ? 0 : -share.amount, spent: charge[share.meter]))
        }
        return changes
    }

    /// What a charge that no hold preceded changes.
    public static func changes(of requests: [Admission.Request]) -> [Change] {
        requests.filter { $0.slot != nil && $0.claim.envelope.limit != nil }
            .map { Change(identity: $0.identity, envelope: $0.claim.envelope, held: 0, spent: $0.claim.amount) }
    }

    /// What owners are told of a charge that is above what a single call may take.
    public static func callAlerts(of requests: [Admission.Request]) -> [Event] { requests.compactMap(Review.callAlert) }

    /// Books changes, all of them or none.
    ///
    /// - Parameter fact: the hold, or the charge.
    /// - Returns: nil, with nothing booked, where a sum would not fit.
    public static func book(_ changes: [Change], fact: Identifier, book: inout Book, at now: Timestamp) -> Booked? {
        var entries: [Entry] = []
        var before: [Balance] = []
        entries.reserveCapacity(changes.count)
        for change in changes {
            guard let slot = book.slot(of: change.identity.id) else {
                book.undo(entries, restoring: before)
                return nil
            }
            let balance = book.balances[slot]
            before.append(balance)
            let limit = change.envelope?.limit(adjusted: balance.marks.adjusted) ?? Grant.limit(of: balance, change.identity, after: change)
            guard let entry = book.book(slot: slot, held: change.held, spent: change.spent, limit: limit, fact: fact, at: now) else {
                book.undo(entries, restoring: before)
                return nil
            }
            entries.append(entry)
        }
        return Booked(entries: entries, events: watch(changes, entries, before, fact: fact, book: &book, at: now))
    }

    private static func watch(
        _ changes: [Change], _ entries: [Entry], _ before: [Balance], fact: Identifier, book: inout Book, at now: Timestamp
    ) -> [Event] {
        var events: [Event] = []
        for (index, change) in changes.enumerated() {
            guard let envelope = change.envelope, let slot = book.slot(of: change.identity.id) else { continue }
            PlanWatch.look(
                at: slot, entries[index], limitBefore: before[index].limit, of: envelope, change.identity, book: &book, at: now, into: &events)
        }
        return events
    }

    /// How far a charge stands beyond a limit, per meter: the largest excess among its balances, at most the charge.
    ///
    /// - Parameter excesses: of each balance after the charge how far its use is above its limit.
    public static func overrun(of charge: Amounts, excesses: some Sequence<(meter: Meter, excess: Int64)>) -> Amounts {
        excesses.reduce(into: .zero) { overrun, balance in
            overrun[balance.meter] = max(overrun[balance.meter], min(balance.excess, charge[balance.meter]))
        }
    }

    /// How far `held + spent` is above a limit, at least 0.
    public static func excess(held: Int64, spent: Int64, limit: Int64) -> Int64 {
        Int64(clamping: max(0, Int128(held) + Int128(spent) - Int128(limit)))
    }
}
