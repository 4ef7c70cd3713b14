internal import Ledger
internal import Postgres

/// One pass over the open holds of an organisation, for all of its suspensions that are due: a pass reads as much for a hundred of
/// them as for one.
struct SweepPass: Sendable {
    /// How many open holds one page reads.
    static let pageSize = 1_000

    /// Whoever took a sweep and is gone loses it after this long.
    static let claimSeconds: Int64 = 5
    private static let renewedAfter = Duration.seconds(1)

    let state: OrganisationState
    /// By suspension.
    private(set) var sweeps: [Identifier: HoldSweep]
    /// Until when they are this pass's, by the database's clock.
    private var claim: Timestamp
    private var claimedAt: ContinuousClock.Instant

    /// - Parameters:
    ///   - claim: until when the sweeps are the pass's, by the database's clock.
    ///   - claimedAt: when that was reckoned.
    init(state: OrganisationState, _ sweeps: [HoldSweep], claim: Timestamp, claimedAt: ContinuousClock.Instant) {
        self.state = state
        self.claim = claim
        self.claimedAt = claimedAt
        self.sweeps = Dictionary(sweeps.map { ($0.suspension, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private var organisation: Identifier { state.organisation.id }

    /// Before the first page.
    var firstHold: Identifier { sweeps.values.map(\.firstHold).min() ?? .last }

    /// Reads a page of open holds, and notes with each suspension those that it covers.
    ///
    /// - Returns: those, and where the next page begins; nil: there is none.
    mutating func page(after: Identifier, in session: Session) throws -> (covered: [Identifier], last: Identifier?) {
        try renew(in: session)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(Array(sweeps.keys))
        parameters.uuid(after)
        parameters.int8(Int64(Self.pageSize))
        let rows = try session.execute(SweepStatements.open, parameters)
        let suspensions: [Identifier] = try rows.uuidArray(0, 0)
        let holds: [Identifier] = try rows.uuidArray(0, 1)
        guard !suspensions.isEmpty, let last = holds.last else { return ([], nil) }
        let covered = try covered(holds, by: suspensions, in: session)
        for (suspension, found) in covered { try sweeps[suspension]?.note(found, in: session) }
        return (covered.values.flatMap(\.self), holds.count < Self.pageSize ? nil : last)
    }

    func finish(in session: Session) throws {
        for sweep in sweeps.values { try sweep.finish(until: claim, in: session) }
    }

    /// Many pages take longer than a claim lasts.
    private mutating func renew(in session: Session) throws {
        let age = ContinuousClock.now - claimedAt
        guard age > Self.renewedAfter else { return }
        let next = claim.adding(seconds: age.components.seconds)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(sweeps.keys.sorted())
        parameters.timestamp(microsecondsSince1970: claim.microseconds)
        parameters.timestamp(microsecondsSince1970: next.microseconds)
        _ = try session.execute(SweepStatements.renew, parameters)
        claim = next
        claimedAt += .seconds(age.components.seconds)
    }

    private func covered(_ holds: [Identifier], by suspensions: [Identifier], in session: Session) throws -> [Identifier: [Identifier]] {
        let open = suspensions.compactMap { sweeps[$0] }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(holds)
        Self.appendMonths(of: holds, to: &parameters)
        parameters.uuidArray(open.map(\.suspension))
        parameters.textArray(open.map { $0.subject.kind.tag ?? "" })
        parameters.textArray(open.map(\.subject.id))
        let rows = try session.execute(SweepStatements.covered, parameters)
        var covered: [Identifier: [Identifier]] = [:]
        for row in 0..<rows.count { covered[try rows.uuid(row, 1), default: []].append(try rows.uuid(row, 0)) }
        return covered
    }

    static func appendMonths(of holds: [Identifier], to parameters: inout Parameters) {
        let months = Partitions.months(of: holds)
        parameters.timestamp(microsecondsSince1970: months.start.microseconds)
        parameters.timestamp(microsecondsSince1970: months.end.microseconds)
    }
}
