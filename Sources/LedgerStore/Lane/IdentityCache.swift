internal import Ledger
internal import Postgres

/// The balances that a lane has met: that they exist, and what they are the balances of. Both never change.
struct IdentityCache {
    /// Beyond this many the cache starts anew.
    static let capacity = 100_000

    private var identities: [Identifier: BalanceIdentity] = [:]

    func contains(_ id: Identifier) -> Bool { identities[id] != nil }

    mutating func learn(_ met: [BalanceIdentity]) {
        if identities.count + met.count > Self.capacity { identities.removeAll() }
        for identity in met where identities[identity.id] == nil { identities[identity.id] = identity }
    }

    mutating func forget(_ ids: [Identifier]) {
        for id in ids { identities[id] = nil }
    }

    /// The identities of balances that exist; those that were never met are read.
    mutating func resolve(
        _ ids: [Identifier], organisation: Identifier, in session: Session
    ) throws -> [Identifier: BalanceIdentity] {
        var unknown = ids.filter { identities[$0] == nil }
        if identities.count + unknown.count > Self.capacity {
            identities.removeAll()
            unknown = ids
        }
        if !unknown.isEmpty {
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuidArray(unknown)
            learn(try BalanceIdentityRow.decode(try session.execute(LaneStatements.readIdentities, parameters)))
        }
        return identities
    }
}
