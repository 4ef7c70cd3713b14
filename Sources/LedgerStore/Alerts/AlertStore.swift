public import Ledger
internal import Logging
internal import Postgres

/// What owners are told: the alerts, what each tells beside its event, who has seen it and when it was over.
public struct AlertStore: Sendable {
    let pool: Pool
    let directory: OrganisationDirectory
    let clock: StoreClock
    let signal: FeedSignal
    let logger: Logger

    /// Newest first.
    ///
    /// - Parameters:
    ///   - envelope: nil: of all envelopes.
    ///   - before: older than this alert.
    ///   - bound: tags of a key; alerts of other values are not shown to it.
    public func list(of organisation: Identifier, envelope: String?, bound: Tags = Tags(), before: Identifier?, limit: Int) async throws
        -> [StoredAlert]
    {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.text(envelope)
            parameters.uuid(before ?? .last)
            parameters.int8(Int64(limit))
            parameters.append(bound)
            let rows = try session.execute(AlertStatements.list, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0) }
        }
    }

    /// One alert; nil where there is none, or none that a key with these tags may see.
    public func find(_ id: Identifier, bound: Tags = Tags(), of organisation: Identifier) async throws -> StoredAlert? {
        try await pool.withSession { try Self.find(id, bound: bound, of: organisation, in: $0) }
    }

    /// Notes who has seen an alert. The first counts; whoever comes later gets the same answer.
    ///
    /// - Returns: the alert with its acknowledgement; nil as `find`.
    public func acknowledge(
        _ id: Identifier, note: String?, author: String, bound: Tags = Tags(), of organisation: Identifier
    ) async throws -> StoredAlert? {
        let now = clock.now()
        return try await pool.withSession { session in
            guard let alert = try Self.find(id, bound: bound, of: organisation, in: session) else { return nil }
            guard alert.acknowledgement == nil else { return alert }
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.text(author)
            parameters.text(note)
            _ = try session.execute(AlertStatements.acknowledge, parameters)
            return try Self.find(id, bound: bound, of: organisation, in: session)
        }
    }

    private static func find(_ id: Identifier, bound: Tags, of organisation: Identifier, in session: Session) throws -> StoredAlert? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.append(bound)
        let rows = try session.execute(AlertStatements.find, parameters)
        return rows.count == 1 ? try decode(rows, 0) : nil
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> StoredAlert {
        let acknowledgement = try rows.timestampIfPresent(row, 9).map { at in
            StoredAlert.Acknowledgement(at: Timestamp(microseconds: at), author: try rows.text(row, 10), note: try rows.textIfPresent(row, 11))
        }
        let measurement = try rows.timestampIfPresent(row, 13).map { at in
            StoredAlert.Measurement(
                at: Timestamp(microseconds: at), burnRate: try rows.json(row, 14), exhaustedAt: try rows.json(row, 15),
                topSpenders: try rows.json(row, 16))
        }
        return StoredAlert(
            id: try rows.uuid(row, 0), envelope: try rows.text(row, 1), balance: try rows.uuidIfPresent(row, 2),
            key: try rows.jsonIfPresent(row, 3) ?? Array("{}".utf8), at: Timestamp(microseconds: try rows.timestamp(row, 4)),
            percent: try rows.int8IfPresent(row, 5), owner: try rows.textIfPresent(row, 6), playbook: try rows.textIfPresent(row, 7),
            message: try rows.text(row, 8), measurement: measurement, acknowledgement: acknowledgement,
            clearedAt: try rows.timestampIfPresent(row, 12).map { Timestamp(microseconds: $0) })
    }
}
