public import Ledger
internal import Logging
internal import Postgres

/// Makes partitions as the owner of the tables, over a connection that is closed again.
public struct PartitionKeeper: Sendable {
    let directory: OrganisationDirectory
    let logger: Logger

    /// Makes those that are missing of the month of `time` and of so many months after it.
    public func create(from time: Timestamp, monthsAhead: Int) async throws {
        try await Pool.once(directory.ownerSettings, logger: logger) { session in
            try Partitions.create(from: time, ahead: monthsAhead, in: session)
        }
    }
}

extension Pool {
    /// Lends a session of its own, on a thread of its own, and ends it.
    static func once<R: Sendable>(
        _ settings: ConnectionSettings, logger: Logger, _ body: @Sendable (Session) throws -> R
    ) async throws -> R {
        let pool = Pool(settings, size: 1, logger: logger)
        do {
            let result = try await pool.withSession(body)
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }
}
