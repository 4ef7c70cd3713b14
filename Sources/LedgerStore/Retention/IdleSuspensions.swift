public import Ledger
internal import Logging
internal import Postgres

/// Suspensions of runs and sessions that nobody uses any more. A run or session ends and is never called again, so without an end of
/// their own these suspensions would stay in the memory of every replica for ever.
public struct IdleSuspensions: Sendable {
    /// 30 days. A call that was refused within them keeps the suspension open; once it is lifted, a call is admitted like any other.
    static let keptSeconds: Int64 = 30 * 86_400
    /// How many suspensions one statement looks at.
    static let pageSize = 200
    /// Who lifts them.
    public static let author = "retention"
    public static let reason = "no call for 30 days"

    let pool: Pool
    let organisations: OrganisationStore
    let suspensions: SuspensionStore

    /// Lifts what was opened `keptSeconds` ago on a run or session of which no call was refused since, each in a transaction of its
    /// own. A failure of one organisation does not stop the others; the first is thrown at the end.
    ///
    /// - Returns: how many were lifted.
    @discardableResult
    public func lift(at now: Timestamp) async throws -> Int {
        let limit = now.adding(seconds: -Self.keptSeconds)
        var lifted = 0
        var failure: (any Error)?
        for organisation in try await organisations.all() {
            do {
                lifted += try await lift(of: organisation.id, before: limit)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return lifted
    }

    private func lift(of organisation: Identifier, before limit: Timestamp) async throws -> Int {
        var lifted = 0
        var after: Identifier? = Identifier.none
        while let last = after {
            let page = try await page(of: organisation, after: last, before: limit)
            for id in page.idle {
                try Task.checkCancellation()
                _ = try await suspensions.lift(id, reason: Self.reason, author: Self.author, allowSteps: nil, of: organisation)
                lifted += 1
            }
            after = page.next
        }
        return lifted
    }

    private func page(
        of organisation: Identifier, after: Identifier, before limit: Timestamp
    ) async throws -> (idle: [Identifier], next: Identifier?) {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(after)
            parameters.uuid(Identifier.version7(at: limit, sequence: 0, random: 0))
            parameters.timestamp(microsecondsSince1970: limit.microseconds)
            parameters.int8(Int64(Self.pageSize))
            let rows = try session.execute(RetentionStatements.oldSuspensions, parameters)
            var idle: [Identifier] = []
            var last: Identifier?
            for row in 0..<rows.count {
                let id: Identifier = try rows.uuid(row, 0)
                last = id
                if try rows.bool(row, 1) { idle.append(id) }
            }
            return (idle, rows.count < Self.pageSize ? nil : last)
        }
    }
}
