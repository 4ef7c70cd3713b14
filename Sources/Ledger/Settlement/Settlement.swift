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

    /// Books the end of a hold, or its late charge, on all of its balances.
    ///
    /// - Parameters:
    ///   - charge: what was really used; zero for a release or an expiry.
    ///   - late: the hold was given back before, so nothing is held any more.
    ///   - limits: the limit of each share's balance now, in the order of the shares.
    /// - Returns: one entry a share, or nil, with nothing booked, where a sum would not fit.
    public static func book(
        _ hold: Hold, charge: Amounts, late: Bool, limits: [Int64], book: inout Book, at now: Timestamp
    ) -> [Entry]? {
        let changes = hold.shares.map { (balance: $0.balance, held: late ? 0 : -$0.amount, spent: charge[$0.meter]) }
        return apply(changes, limits: limits, fact: hold.id, book: &book, at: now)
    }

    /// Books a charge that no hold preceded.
    public static func charge(
        _ requests: [Admission.Request], fact: Identifier, book: inout Book, at now: Timestamp
    ) -> [Entry]? {
        let bounded = requests.filter { $0.slot != nil && $0.claim.envelope.limit != nil }
        let changes = bounded.map { (balance: $0.identity.id, held: Int64(0), spent: $0.claim.amount) }
        return apply(changes, limits: bounded.map { $0.claim.envelope.limit ?? 0 }, fact: fact, book: &book, at: now)
    }

    /// How far a charge stands beyond a limit, per meter: the largest excess among its balances, at most the charge.
    public static func overrun(_ entries: [Entry], meters: [Meter], charge: Amounts) -> Amounts {
        var overrun = Amounts.zero
        for (entry, meter) in zip(entries, meters) {
            overrun[meter] = max(overrun[meter], min(entry.excess, charge[meter]))
        }
        return overrun
    }

    private static func apply(
        _ changes: [(balance: Identifier, held: Int64, spent: Int64)], limits: [Int64], fact: Identifier,
        book: inout Book, at now: Timestamp
    ) -> [Entry]? {
        var entries: [Entry] = []
        var before: [Balance] = []
        entries.reserveCapacity(changes.count)
        for (change, limit) in zip(changes, limits) {
            guard let slot = book.slot(of: change.balance) else {
                book.undo(entries, restoring: before)
                return nil
            }
            before.append(book.balances[slot])
            guard let entry = book.book(slot: slot, held: change.held, spent: change.spent, limit: limit, fact: fact, at: now)
            else {
                book.undo(entries, restoring: before)
                return nil
            }
            entries.append(entry)
        }
        return entries
    }
}
