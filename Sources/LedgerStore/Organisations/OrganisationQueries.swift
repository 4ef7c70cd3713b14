internal import Ledger
internal import Postgres

enum OrganisationQueries {
    private static let columns = "o.org_id, o.name, o.currency, o.state, o.created_at"

    private static let findStatement = Statement(
        "org_find",
        """
        SELECT \(columns), e.policy, e.prices, e.keys, e.guards
        FROM orgs o JOIN org_epochs e ON e.org_id = o.org_id
        WHERE o.org_id = $1 AND e.org_id = $1
        """
    )
    private static let listStatement = Statement(
        "org_list",
        "SELECT \(columns) FROM orgs o WHERE o.org_id > $1 OR $1 = '00000000-0000-0000-0000-000000000000' ORDER BY o.org_id LIMIT $2::bigint"
    )
    private static let insertStatement = Statement(
        "org_insert",
        "INSERT INTO orgs (org_id, name, currency, created_at) VALUES ($1, $2, $3, $4::timestamptz) ON CONFLICT DO NOTHING"
    )
    private static let insertEpochsStatement = Statement("org_insert_epochs", "INSERT INTO org_epochs (org_id) VALUES ($1)")
    private static let setStateStatement = Statement("org_set_state", "UPDATE orgs SET state = $2 WHERE org_id = $1")
    private static let bumpGuardsStatement = Statement(
        "org_bump_guards", "UPDATE org_epochs SET guards = guards + 1 WHERE org_id = $1")

    static func find(_ id: Identifier, in session: Session) throws -> (Organisation, Epochs)? {
        var parameters = Parameters()
        parameters.uuid(id)
        let rows = try session.execute(findStatement, parameters)
        guard rows.count == 1 else { return nil }
        let epochs = Epochs(
            policy: try rows.int8(0, 5), prices: try rows.int8(0, 6), keys: try rows.int8(0, 7), guards: try rows.int8(0, 8))
        return (try decode(rows, 0), epochs)
    }

    /// In the order of ids, after one of them.
    static func list(after id: Identifier, limit: Int, in session: Session) throws -> [Organisation] {
        var parameters = Parameters()
        parameters.uuid(id)
        parameters.int8(Int64(limit))
        let rows = try session.execute(listStatement, parameters)
        return try (0..<rows.count).map { try decode(rows, $0) }
    }

    /// False if there is one of this name.
    static func insert(_ organisation: Organisation, in session: Session) throws -> Bool {
        var parameters = Parameters()
        parameters.uuid(organisation.id)
        parameters.text(organisation.name)
        parameters.text(organisation.currency)
        parameters.timestamp(microsecondsSince1970: organisation.createdAt.microseconds)
        guard try session.execute(insertStatement, parameters).affected == 1 else { return false }
        var key = Parameters()
        key.uuid(organisation.id)
        _ = try session.execute(insertEpochsStatement, key)
        return true
    }

    /// False if there is none. Raises the epoch of guards, so that every replica hears of it before its next decision.
    static func setState(_ state: Organisation.State, of id: Identifier, in session: Session) throws -> Bool {
        var parameters = Parameters()
        parameters.uuid(id)
        parameters.text(state.rawValue)
        guard try session.execute(setStateStatement, parameters).affected == 1 else { return false }
        var key = Parameters()
        key.uuid(id)
        _ = try session.execute(bumpGuardsStatement, key)
        return true
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> Organisation {
        let id: Identifier = try rows.uuid(row, 0)
        guard let state = Organisation.State(rawValue: try rows.text(row, 3)) else {
            throw StoreError(.corrupt, "organisation \(id) has an unknown state")
        }
        return Organisation(
            id: id, name: try rows.text(row, 1), currency: try rows.text(row, 2), state: state,
            createdAt: Timestamp(microseconds: try rows.timestamp(row, 4)))
    }
}
