internal import Ledger

/// Proves that every approval gave what it says, once, and that no grant is without one.
struct GrantProof {
    /// What approvals gave that no grant was found for yet, by their ids.
    private var outstanding: [Identifier: (scope: Identifier, amount: Int64)] = [:]
    private var seen: Set<Identifier> = []

    /// Takes an approval into account; all of them before the first grant.
    mutating func expect(_ approval: Identifier, scope: Identifier, amount: Int64) { outstanding[approval] = (scope, amount) }

    /// Takes a grant into account.
    ///
    /// - Parameters:
    ///   - approval: the one that it names; nil: none.
    ///   - isApproved: whether that one gave this amount to this balance.
    /// - Returns: what is wrong with it, or nil.
    mutating func take(approval: Identifier?, isApproved: Bool) -> String? {
        guard let approval else { return "was granted something by no approval" }
        outstanding[approval] = nil
        guard seen.insert(approval).inserted else { return "was granted something twice by approval \(approval)" }
        return isApproved ? nil : "was granted something else than approval \(approval) says"
    }

    /// What was approved and never granted.
    var findings: [Finding] {
        outstanding.map { approval, given in
            Finding("approval \(approval)", "gave \(given.amount), but balance \(given.scope) was never granted it")
        }
    }
}
