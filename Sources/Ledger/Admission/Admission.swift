/// The rule that lets a call pass or refuses it: all of its envelopes agree, or nothing is held.
public enum Admission {
    /// One claim with the balance that it is made on; `slot` is nil where the envelope has only a `per_call` rule.
    public struct Request: Sendable {
        public let claim: Claim
        public let identity: BalanceIdentity
        public let slot: Int?

        public init(claim: Claim, identity: BalanceIdentity, slot: Int?) {
            self.claim = claim
            self.identity = identity
            self.slot = slot
        }
    }

    public enum Decision: Sendable {
        /// The hold is booked; one entry for each balance, in the order of the requests.
        case admitted([Entry])
        /// Nothing is booked; every envelope that refused.
        case refused([Violation])
    }

    /// Decides one call and books its hold.
    ///
    /// A call that fills an envelope exactly is admitted; one nano-unit more is refused.
    public static func decide(_ requests: [Request], book: inout Book, fact: Identifier, at now: Timestamp) -> Decision {
        var violations: [Violation] = []
        for request in requests { check(request, book: book, into: &violations) }
        guard violations.isEmpty else { return .refused(violations) }

        var entries: [Entry] = []
        entries.reserveCapacity(requests.count)
        for request in requests {
            guard let slot = request.slot, let limit = request.claim.envelope.limit else { continue }
            let entry = book.book(slot: slot, held: request.claim.amount, spent: 0, limit: limit, fact: fact, at: now)
            // The check above bounds every sum by the ceiling, and one call claims a balance once.
            if let entry { entries.append(entry) }
        }
        return .admitted(entries)
    }

    private static func check(_ request: Request, book: Book, into violations: inout [Violation]) {
        let envelope = request.claim.envelope
        let requested = request.claim.amount
        if let perCall = envelope.perCall, requested > perCall {
            let balance = request.slot.map { book.balances[$0] }
            violations.append(
                Violation(
                    rule: .perCall, identity: request.identity, limit: perCall, held: balance?.held ?? 0,
                    spent: balance?.spent ?? 0, requested: requested
                ))
        }
        guard let slot = request.slot, let limit = envelope.limit, let ceiling = envelope.ceiling else { return }
        let balance = book.balances[slot]
        let (used, first) = balance.held.addingReportingOverflow(balance.spent)
        let (wanted, second) = used.addingReportingOverflow(requested)
        if first || second || wanted > ceiling {
            violations.append(
                Violation(
                    rule: .limit, identity: request.identity, limit: limit, ceiling: ceiling, held: balance.held,
                    spent: balance.spent, requested: requested
                ))
        }
    }
}
