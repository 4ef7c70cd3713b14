public import Ledger
internal import Logging
internal import Postgres

/// Verifies organisations beside the running service, and tells where something is found.
public struct LedgerCheck: Sendable {
    let settings: ConnectionSettings
    let pool: Pool
    let clock: StoreClock
    let logger: Logger

    /// Verifies an organisation over a connection of its own, so that nobody else waits for one.
    public func verify(_ organisation: Organisation) async throws -> Verifier.Report {
        try await Pool.once(settings, logger: logger) { try Verifier.verify(organisation.id, in: $0) }
    }

    /// Records the event `ledger.inconsistent`, once for an organisation and day.
    ///
    /// - Parameter dueAt: of that day, in UTC.
    public func tell(_ findings: [Finding], of organisation: Organisation, dueAt: Timestamp) async throws {
        guard let first = findings.first else { return }
        let id = Self.eventID(of: organisation.id, day: CivilTime(dueAt).date)
        let event = Event(.ledgerInconsistent, envelope: "", reason: "\(findings.count) found, the first: \(first)")
        let now = clock.now()
        do {
            try await pool.withTransaction { session in
                var events = EventColumns()
                events.append(event, id: id)
                try events.write(organisation: organisation.id, at: now, in: session)
            }
        } catch let error as PostgresError where error.sqlState == .uniqueViolation {
            // It was told already today.
        }
    }

    /// The same for every run of a day, so that the key of the event guards that it is told once.
    static func eventID(of organisation: Identifier, day: CivilDate) -> Identifier {
        var bytes = CanonicalBytes()
        bytes.append(Event.Kind.ledgerInconsistent.rawValue)
        bytes.append(organisation)
        bytes.append(day.daysSince1970)
        return .version7(at: Timestamp(seconds: day.daysSince1970 * 86_400), sequence: 0, random: Digest.identifier(bytes.bytes).low)
    }
}
