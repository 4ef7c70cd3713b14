/// A change of one balance's limit beside the policy.
public struct Adjustment: Sendable {
    public enum Kind: String, Sendable {
        /// By hand: a top-up or a correction.
        case adjustment
        /// Credit of the window before.
        case carry
        /// The end of an earlier one.
        case expiry
        /// What a person approved, on the balance of a run's grants.
        case grant
    }

    /// The most that adjustments of one balance may add up to, in either direction; far enough from what fits for their
    /// ends to fit too.
    public static let maximum = Int64.max / 64

    public let kind: Kind
    /// In the meter's unit; negative takes away.
    public let amount: Int64
    /// When an expiry takes it back; nil: it stays.
    public let expiresAt: Timestamp?
    /// The adjustment that an expiry ends; the approval that gave a grant.
    public let source: Identifier?
    /// What the grant gave that an expiry ends; 0 for all others.
    public let ended: Int64
    public let reason: String
    public let author: String

    public init(
        kind: Kind, amount: Int64, expiresAt: Timestamp? = nil, source: Identifier? = nil, ended: Int64 = 0, reason: String, author: String
    ) {
        self.kind = kind
        self.amount = amount
        self.expiresAt = expiresAt
        self.source = source
        self.ended = ended
        self.reason = reason
        self.author = author
    }

    /// The adjustment that ends one.
    ///
    /// - Parameters:
    ///   - adjusted: what adjustments have added up to; the end takes no more than fits.
    ///   - ended: what the grant gave that ends, of which `amount` is left; 0 where it is no grant.
    public static func expiry(of source: Identifier, amount: Int64, adjusted: Int64, ended: Int64 = 0) -> Adjustment {
        let after = Int64(clamping: Int128(adjusted) - Int128(amount))
        return Adjustment(
            kind: .expiry, amount: Int64(clamping: Int128(after) - Int128(adjusted)), source: source, ended: ended,
            reason: "an adjustment expired", author: "purser")
    }

    /// Books the change. It may leave the limit below what is used already.
    ///
    /// - Parameter envelope: as the policy has it now; nil where it is gone, and the recorded limit changes alone.
    /// - Returns: the entry and what it set off, or nil, with nothing booked, where the sum of adjustments would not fit.
    public func book(
        slot: Int, envelope: Envelope?, identity: BalanceIdentity, book: inout Book, fact: Identifier, at now: Timestamp
    ) -> Settlement.Booked? {
        let before = book.balances[slot]
        let (adjusted, overflow) = before.marks.adjusted.addingReportingOverflow(amount)
        guard !overflow, kind == .expiry || adjusted.magnitude <= Self.maximum.magnitude else { return nil }
        let recorded = Int64(clamping: max(0, Int128(before.limit) + Int128(amount)))
        let limit = envelope?.limit(adjusted: adjusted) ?? recorded
        book.mark(slot: slot) { marks in
            marks.adjusted = adjusted
            if identity.isGrant { marks.granted += kind == .grant ? amount : -ended }
            if let expiresAt { marks.nextExpiry = min(marks.nextExpiry ?? expiresAt, expiresAt) }
        }
        guard let entry = book.book(slot: slot, held: 0, spent: 0, limit: limit, fact: fact, at: now) else { return nil }
        var events: [Event] = []
        if let envelope {
            PlanWatch.look(at: slot, entry, limitBefore: before.limit, of: envelope, identity, book: &book, at: now, into: &events)
            events.append(Event(kind.event, of: envelope, identity, book.balances[slot], reason: "\(identity.meter.text(amount)): \(reason)"))
        } else if identity.isGrant, kind == .expiry {
            let balance = book.balances[slot]
            events.append(
                Event(
                    .grantExpired, envelope: identity.envelope, identity: identity, limit: balance.limit, held: balance.held, spent: balance.spent,
                    reason: "the time of a grant is over; \(identity.meter.text(-amount)) of it was not used"))
        }
        return Settlement.Booked(entries: [entry], events: events)
    }
}

extension Adjustment.Kind {
    var event: Event.Kind {
        switch self {
        case .adjustment: .balanceAdjusted
        case .carry: .creditCarried
        case .expiry: .adjustmentExpired
        case .grant: .approvalApproved
        }
    }
}
