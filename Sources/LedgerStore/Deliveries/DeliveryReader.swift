public import Ledger
internal import Postgres

/// Reads what was sent.
public struct DeliveryReader: Sendable {
    /// How many of a delivery's attempts are shown, the latest.
    public static let attemptLimit = 50

    let pool: Pool

    /// The deliveries of a webhook, newest first.
    ///
    /// - Parameter after: older than this delivery.
    public func list(
        webhook: Identifier, state: Delivery.State?, after: Identifier?, limit: Int, of organisation: Identifier
    ) async throws -> [Delivery] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(webhook)
            parameters.text(state?.rawValue)
            parameters.uuid(after)
            parameters.int8(Int64(limit))
            let rows = try session.execute(DeliveryStatements.list, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0) }
        }
    }

    /// A delivery with its body and its attempts, the latest first.
    public func find(
        _ id: Identifier, of organisation: Identifier
    ) async throws -> (delivery: Delivery, body: [UInt8], attempts: [DeliveryAttempt])? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            let rows = try session.execute(DeliveryStatements.find, parameters)
            guard rows.count == 1 else { return nil }
            parameters.int8(Int64(Self.attemptLimit))
            let found = try session.execute(DeliveryStatements.attempts, parameters)
            let attempts = try (0..<found.count).map { row in
                DeliveryAttempt(
                    number: try found.int8(row, 0), at: Timestamp(microseconds: try found.timestamp(row, 1)), stamp: try found.int8(row, 2),
                    signature: try found.text(row, 3), url: try found.text(row, 4), status: try found.int8IfPresent(row, 5),
                    latencyMilliseconds: try found.int8(row, 6), answer: try found.textIfPresent(row, 7), error: try found.textIfPresent(row, 8))
            }
            return (try Self.decode(rows, 0), Array(try rows.text(0, 12).utf8), attempts)
        }
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> Delivery {
        let id: Identifier = try rows.uuid(row, 0)
        guard let state = Delivery.State(rawValue: try rows.text(row, 5)) else { throw StoreError(.corrupt, "delivery \(id) has an unknown state") }
        let next = Timestamp(microseconds: try rows.timestamp(row, 8))
        return Delivery(
            id: id, webhook: try rows.uuid(row, 1), event: try rows.uuid(row, 2), kind: try rows.text(row, 3), number: try rows.int8(row, 4),
            state: state, attempts: try rows.int8(row, 6), createdAt: Timestamp(microseconds: try rows.timestamp(row, 7)),
            nextAttemptAt: state == .pending ? next : nil,
            finishedAt: try rows.timestampIfPresent(row, 9).map { Timestamp(microseconds: $0) }, lastStatus: try rows.int8IfPresent(row, 10),
            lastError: try rows.textIfPresent(row, 11))
    }
}
