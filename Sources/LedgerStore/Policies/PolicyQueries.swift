internal import Ledger
internal import Postgres

enum PolicyQueries {
    private static let columns = "p.version, p.source, p.checksum, p.author, p.message, p.created_at"

    private static let currentStatement = Statement(
        "policy_current", "SELECT \(columns) FROM policy_versions p WHERE p.org_id = $1 ORDER BY p.version DESC LIMIT 1")
    private static let findStatement = Statement(
        "policy_find", "SELECT \(columns) FROM policy_versions p WHERE p.org_id = $1 AND p.version = $2::bigint")
    private static let listStatement = Statement(
        "policy_list",
        """
        SELECT p.version, '', p.checksum, p.author, p.message, p.created_at FROM policy_versions p
        WHERE p.org_id = $1 AND ($2::bigint IS NULL OR p.version < $2::bigint) ORDER BY p.version DESC LIMIT $3::bigint
        """
    )
    private static let raiseEpochStatement = Statement(
        "policy_raise_epoch", "UPDATE org_epochs SET policy = policy + 1 WHERE org_id = $1 RETURNING policy")
    private static let insertStatement = Statement(
        "policy_insert",
        """
        INSERT INTO policy_versions (org_id, version, source, checksum, author, message, created_at)
        VALUES ($1, $2::bigint, $3, $4, $5, $6, $7::timestamptz)
        """
    )

    /// The policy that is in force, the empty one if there never was any.
    static func current(of organisation: Identifier, in session: Session) throws -> Policy {
        guard let version = try currentVersion(of: organisation, in: session) else { return .empty }
        do throws(PolicyError) {
            return try PolicyYAML.read(version.source, version: version.version)
        } catch {
            throw StoreError(.corrupt, "policy version \(version.version) cannot be read by this release: \(error.issues.first?.description ?? "")")
        }
    }

    static func currentVersion(of organisation: Identifier, in session: Session) throws -> PolicyVersion? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let rows = try session.execute(currentStatement, parameters)
        return rows.count == 1 ? try decode(rows, 0) : nil
    }

    static func find(_ version: Int64, of organisation: Identifier, in session: Session) throws -> PolicyVersion? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(version)
        let rows = try session.execute(findStatement, parameters)
        return rows.count == 1 ? try decode(rows, 0) : nil
    }

    /// Newest first, without the sources.
    static func list(of organisation: Identifier, before: Int64?, limit: Int, in session: Session) throws -> [PolicyVersion] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(before)
        parameters.int8(Int64(limit))
        let rows = try session.execute(listStatement, parameters)
        return try (0..<rows.count).map { try decode(rows, $0) }
    }

    /// Adds the next version; the epoch row serialises who applies one.
    static func append(
        source: String, checksum: String, author: String, message: String, at now: Timestamp, organisation: Identifier, in session: Session
    ) throws -> Int64 {
        var key = Parameters()
        key.uuid(organisation)
        let rows = try session.execute(raiseEpochStatement, key)
        guard rows.count == 1 else { throw StoreError(.corrupt, "the organisation has no epoch row") }
        let version = try rows.int8(0, 0)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(version)
        parameters.text(source)
        parameters.text(checksum)
        parameters.text(author)
        parameters.text(message)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        _ = try session.execute(insertStatement, parameters)
        return version
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> PolicyVersion {
        PolicyVersion(
            version: try rows.int8(row, 0), source: try rows.text(row, 1), checksum: try rows.text(row, 2),
            author: try rows.text(row, 3), message: try rows.text(row, 4),
            createdAt: Timestamp(microseconds: try rows.timestamp(row, 5)))
    }
}
