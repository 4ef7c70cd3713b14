public import Ledger
internal import Postgres

/// The versions of an organisation's policy.
public struct PolicyStore: Sendable {
    /// A version that was added, and what is odd about it.
    public struct Applied: Sendable {
        public let version: Int64
        public let warnings: [PolicyIssue]
    }

    private struct Unchanged: Error {}

    let pool: Pool
    let clock: StoreClock

    /// Adds a version, which binds every call that begins after this returned.
    ///
    /// - Throws: `PolicyError` with everything that is wrong with the files; nothing is stored then.
    public func apply(_ files: [PolicyFile], author: String, message: String, organisation: Identifier) async throws -> Applied {
        try await append(files, author: author, message: message, organisation: organisation, unless: nil)
    }

    /// - Parameter checksum: throws ``Unchanged`` where the version before has it.
    private func append(
        _ files: [PolicyFile], author: String, message: String, organisation: Identifier, unless checksum: String?
    ) async throws -> Applied {
        let reading = try PolicyYAML.read(files, version: 0)
        let source = PolicyFile.joined(files)
        let now = clock.now()
        return try await pool.withTransaction { session in
            let version = try PolicyQueries.append(
                source: source, checksum: Self.checksum(source), author: author, message: message, at: now, organisation: organisation,
                in: session)
            if let checksum, try PolicyQueries.find(version - 1, of: organisation, in: session)?.checksum == checksum { throw Unchanged() }
            return Applied(version: version, warnings: try Self.warnings(of: reading, organisation: organisation, at: now, in: session))
        }
    }

    /// Adds a version unless the current one has the same source. Nil: it has.
    public func applyIfChanged(_ files: [PolicyFile], author: String, message: String, organisation: Identifier) async throws -> Applied? {
        let checksum = Self.checksum(PolicyFile.joined(files))
        if try await current(of: organisation)?.checksum == checksum { return nil }
        do {
            // Another replica that starts may have been first.
            return try await append(files, author: author, message: message, organisation: organisation, unless: checksum)
        } catch is Unchanged {
            return nil
        }
    }

    /// Adds a version with the text of an earlier one. Nil: there is no such version.
    public func rollBack(to version: Int64, author: String, message: String, organisation: Identifier) async throws -> Applied? {
        guard let earlier = try await find(version, of: organisation) else { return nil }
        return try await apply([PolicyFile(text: earlier.source)], author: author, message: message, organisation: organisation)
    }

    /// What a policy would change: rules, and live balances that it would put over their limit. Stores nothing.
    ///
    /// - Throws: `PolicyError` with everything that is wrong with the files.
    public func preview(_ files: [PolicyFile], organisation: Identifier) async throws -> PolicyPreview {
        let reading = try PolicyYAML.read(files, version: 0)
        let now = clock.now()
        return try await pool.withSession { session in
            let current = try PolicyQueries.current(of: organisation, in: session)
            let over = try OverLimit.find(
                under: reading.policy, organisation: organisation, at: now, listing: PolicyPreview.maximumListed, in: session)
            return PolicyPreview(
                changes: PolicyDifference.between(current, reading.policy),
                warnings: try Self.warnings(of: reading, organisation: organisation, at: now, in: session),
                overLimit: over.first, overLimitTotal: over.total)
        }
    }

    /// Nil if the organisation never had a policy.
    public func current(of organisation: Identifier) async throws -> PolicyVersion? {
        try await pool.withSession { try PolicyQueries.currentVersion(of: organisation, in: $0) }
    }

    public func find(_ version: Int64, of organisation: Identifier) async throws -> PolicyVersion? {
        try await pool.withSession { try PolicyQueries.find(version, of: organisation, in: $0) }
    }

    /// Newest first, without the sources.
    public func list(of organisation: Identifier, before: Int64?, limit: Int) async throws -> [PolicyVersion] {
        try await pool.withSession { try PolicyQueries.list(of: organisation, before: before, limit: limit, in: $0) }
    }

    private static func checksum(_ source: String) -> String { Digest.hex(Digest.sha256(Array(source.utf8))) }

    /// Those of the reading; a warning for each model of the routes that has no price: its calls are refused, or held at the
    /// policy's price for unknown models; and one for each webhook that a contact names and that is not there.
    private static func warnings(
        of reading: PolicyReading, organisation: Identifier, at now: Timestamp, in session: Session
    ) throws -> [PolicyIssue] {
        let priced = try PriceQueries.priced(among: reading.models.map(\.name), of: organisation, at: now, in: session)
        let fate = reading.policy.unknownPrice == nil ? "refused" : "held at unknown_price"
        let unpriced = reading.models.filter { !priced.contains($0.name) }.map { place in
            PolicyIssue(
                file: place.file, pointer: place.pointer, line: place.line,
                detail: "the price catalogue has no price for '\(place.name)'; import one, or its calls are \(fate)")
        }
        let webhooks = try WebhookQueries.names(among: reading.channels.map(\.name), of: organisation, in: session)
        let unreached = reading.channels.filter { !webhooks.contains($0.name) }.map { place in
            PolicyIssue(
                file: place.file, pointer: place.pointer, line: place.line,
                detail:
                    "there is no webhook '\(place.name)', so nothing is sent to it; make one: POST /v1/webhooks { \"name\": \"\(place.name)\", … }")
        }
        return reading.warnings + unpriced + unreached
    }
}
