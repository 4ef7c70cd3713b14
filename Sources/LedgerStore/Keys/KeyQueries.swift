internal import Ledger
internal import Postgres

enum KeyQueries {
    private static let columns = "k.id, k.digest, k.role, k.tags, k.agent_id, k.name, k.created_at, k.revoked_at, k.approve_up_to"

    private static let changesStatement = Statement(
        "key_changes", "SELECT \(columns) FROM api_keys k WHERE k.org_id = $1 AND k.epoch > $2::bigint")
    private static let listStatement = Statement(
        "key_list",
        """
        SELECT \(columns) FROM api_keys k
        WHERE k.org_id = $1 AND ($2::uuid IS NULL OR k.id < $2::uuid)
            AND (CASE WHEN k.agent_id IS NULL THEN k.tags ELSE k.tags || jsonb_build_object('agent_id', k.agent_id) END) @> $4::jsonb
        ORDER BY k.id DESC LIMIT $3::bigint
        """
    )
    private static let findStatement = Statement(
        "key_find", "SELECT \(columns) FROM api_keys k WHERE k.org_id = $1 AND k.id = $2")
    private static let insertStatement = Statement(
        "key_insert",
        """
        INSERT INTO api_keys (org_id, id, digest, role, tags, agent_id, name, created_at, epoch, approve_up_to)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9::bigint, $10::bigint)
        """
    )
    private static let raiseEpochStatement = Statement(
        "key_raise_epoch", "UPDATE org_epochs SET keys = keys + 1 WHERE org_id = $1 RETURNING keys")
    private static let revokeStatement = Statement(
        "key_revoke",
        "UPDATE api_keys SET revoked_at = $3::timestamptz, epoch = $4::bigint WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL"
    )
    /// Those that reach everything.
    private static let countAdminsStatement = Statement(
        "key_count_admins",
        """
        SELECT count(*) FROM api_keys k
        WHERE k.org_id = $1 AND k.role = 'admin' AND k.revoked_at IS NULL AND k.id <> $2 AND k.tags = '{}' AND k.agent_id IS NULL
            AND k.approve_up_to IS NULL
        """
    )
    private static let findDigestStatement = Statement(
        "key_find_digest", "SELECT \(columns) FROM api_keys k WHERE k.org_id = $1 AND k.digest = $2")

    static func addChanges(to ring: inout KeyRing, organisation: Identifier, since epoch: Int64, in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(epoch)
        let rows = try session.execute(changesStatement, parameters)
        for row in 0..<rows.count { ring.update(try decode(rows, row), digest: try rows.bytes(row, 1)) }
    }

    /// Newest first.
    static func list(
        of organisation: Identifier, bound: Tags, after: Identifier?, limit: Int, in session: Session
    ) throws -> [APIKey] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(after)
        parameters.int8(Int64(limit))
        parameters.json(TagsJSON.encode(bound))
        let rows = try session.execute(listStatement, parameters)
        return try (0..<rows.count).map { try decode(rows, $0) }
    }

    static func find(_ id: Identifier, of organisation: Identifier, in session: Session) throws -> APIKey? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        let rows = try session.execute(findStatement, parameters)
        return rows.count == 1 ? try decode(rows, 0) : nil
    }

    static func find(digest: [UInt8], of organisation: Identifier, in session: Session) throws -> APIKey? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.bytes(digest)
        let rows = try session.execute(findDigestStatement, parameters)
        return rows.count == 1 ? try decode(rows, 0) : nil
    }

    /// Raises the epoch of the organisation's keys; serialises who changes them.
    static func raiseEpoch(of organisation: Identifier, in session: Session) throws -> Int64 {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let rows = try session.execute(raiseEpochStatement, parameters)
        guard rows.count == 1 else { throw StoreError(.corrupt, "the organisation has no epoch row") }
        return try rows.int8(0, 0)
    }

    static func insert(_ key: APIKey, digest: [UInt8], epoch: Int64, organisation: Identifier, in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(key.id)
        parameters.bytes(digest)
        parameters.text(key.role.rawValue)
        parameters.json(TagsJSON.encode(key.tags))
        parameters.text(key.agentID)
        parameters.text(key.name)
        parameters.timestamp(microsecondsSince1970: key.createdAt.microseconds)
        parameters.int8(epoch)
        parameters.int8(key.approveUpTo?.nanos)
        _ = try session.execute(insertStatement, parameters)
    }

    static func revoke(_ id: Identifier, at now: Timestamp, epoch: Int64, organisation: Identifier, in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.int8(epoch)
        _ = try session.execute(revokeStatement, parameters)
    }

    /// How many active admin keys without bounds there are besides this one.
    static func otherAdmins(than id: Identifier, organisation: Identifier, in session: Session) throws -> Int64 {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        return try session.execute(countAdminsStatement, parameters).int8(0, 0)
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> APIKey {
        let id: Identifier = try rows.uuid(row, 0)
        guard let role = APIKey.Role(rawValue: try rows.text(row, 2)) else { throw StoreError(.corrupt, "key \(id) has an unknown role") }
        return APIKey(
            id: id, role: role, tags: try TagsJSON.decode(try rows.json(row, 3)), agentID: try rows.textIfPresent(row, 4),
            name: try rows.textIfPresent(row, 5), approveUpTo: try rows.int8IfPresent(row, 8).map { Money(nanos: $0) },
            createdAt: Timestamp(microseconds: try rows.timestamp(row, 6)),
            revokedAt: try rows.timestampIfPresent(row, 7).map { Timestamp(microseconds: $0) })
    }
}
