internal import Ledger
internal import Postgres

/// One look for the open holds of one suspended subject.
struct HoldSweep: Sendable {
    /// As long as a caller waits for the write lane: a hold that was admitted under the state before is on disk by then.
    private static let settledSeconds: Int64 = 5
    /// How far the clock of a batch may lie before that of the suspension it did not see yet.
    private static let marginSeconds: Int64 = 60
    /// A transaction that runs for longer is none of the write lanes', which end it.
    private static let longestSeconds: Int64 = 900

    let organisation: Identifier
    let suspension: Identifier
    let subject: Subject
    /// By the ledger's clock.
    let openedAt: Timestamp
    /// By the database's own, as all others.
    let beganAt: Timestamp
    let lookedAt: Timestamp
    /// Whether every transaction that was under way at the first look has ended.
    let isAlone: Bool
    var found: Set<Identifier>

    private var ageSeconds: Int64 { lookedAt.seconds - beganAt.seconds }
    private var isFirst: Bool { lookedAt == beganAt }
    /// After this look none can be left.
    private var isLast: Bool { ageSeconds > Self.settledSeconds && (isAlone || ageSeconds > Self.longestSeconds) }

    /// The first look and the last see every open hold; those between only what may be new.
    var firstHold: Identifier {
        isFirst || isLast ? .none : .version7(at: openedAt.adding(seconds: -Self.marginSeconds), sequence: 0, random: 0)
    }

    /// Notes holds before they are released, so that they are counted whatever happens then, whoever ends the sweep.
    mutating func note(_ holds: [Identifier], in session: Session) throws {
        found.formUnion(holds)
        var parameters = key
        parameters.uuidArray(holds)
        _ = try session.execute(SweepStatements.note, parameters)
    }

    /// Counts what was released, and says when to look again.
    ///
    /// - Parameter claim: until when the sweep is the caller's; does nothing where another replica has taken it over.
    func finish(until claim: Timestamp, in session: Session) throws {
        var parameters = key
        SweepPass.appendMonths(of: Array(found), to: &parameters)
        parameters.timestamp(microsecondsSince1970: nextLook?.microseconds)
        parameters.text(SuspensionSweeps.reason)
        parameters.timestamp(microsecondsSince1970: claim.microseconds)
        _ = try session.execute(SweepStatements.finish, parameters)
    }

    /// Soon at first, since what a batch under way admitted is there within milliseconds.
    private var nextLook: Timestamp? {
        guard !isLast else { return nil }
        return lookedAt.adding(seconds: ageSeconds < 10 ? 1 : 5)
    }

    private var key: Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(suspension)
        return parameters
    }
}
