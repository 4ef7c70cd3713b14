import Ledger
import LedgerStore
import Postgres
import TestSupport

extension TestLedger {
    /// Replays what was recorded until now, over a session that cannot write.
    func replay(_ policy: String? = nil, since: Timestamp? = nil) async throws -> ReplayReport {
        var settings = Store.serviceSettings(database.connectionString)
        settings.setup.append("SET default_transaction_read_only = on")
        let session = try Session.connect(settings)
        defer { session.close() }
        let proposed = try policy.map { try PolicyYAML.read($0, version: 0) }
        return try Replay.run(
            proposed, state: try await state(), from: since ?? Timestamp(seconds: 0),
            until: Timestamp(microseconds: now.microseconds + 1), in: session)
    }
}
