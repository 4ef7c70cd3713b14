internal import Postgres

/// A table of facts that the seal covers: which columns a fact's line has, and how facts that no seal has yet are found.
///
/// A column that is added later joins the end of no list by itself: it must be NULL in older rows, whose lines then stay what
/// they were. `org_id` is in no line, since the chain begins with it.
struct SealedTable: Sendable {
    /// How what is not sealed yet is found.
    enum Road: Sendable {
        /// Its batch names it.
        case batch
        /// By its id, a UUIDv7 of the moment at which it was written.
        case id
        /// By the time in a column.
        case time(String)
        /// By the epoch of the prices: whoever raised it holds its row until the prices are there.
        case epoch
        /// By the position in the feed, behind which nothing appears later.
        case feed
    }

    let name: String
    let road: Road
    /// An SQL expression over `f` that names a fact within its table.
    let key: String
    /// The column by which the table is partitioned, or nil.
    let partition: String?
    /// In the order of their names.
    let columns: [SealedColumn]
    /// The facts $2; those of a partitioned table lie in [$3, $4), settlements are of the kinds $5.
    let facts: Statement
    /// Facts that are in no seal, after the key $2, at most $3; on from $4, which is a time or an epoch by the road.
    let unsealed: Statement?
    /// A page of all facts after the key $3, at most $4, each with whether no seal has it although it is older than $2.
    let forgotten: Statement?

    init(_ name: String, _ road: Road, key: String = "f.id", partition: String? = nil, columns: [SealedColumn]) {
        self.name = name
        self.road = road
        self.key = key
        self.partition = partition
        self.columns = columns.sorted { $0.name < $1.name }
        let list = self.columns.map { "f.\"\($0.name)\"" }.joined(separator: ", ")
        facts = Self.facts(name, key: key, partition: partition, list: list)
        unsealed = Self.unsealed(name, road, key: key, list: list)
        forgotten = Self.forgotten(name, road, key: key)
    }

    private static func facts(_ name: String, key: String, partition: String?, list: String) -> Statement {
        let bounds = partition.map { "AND f.\($0) >= $3::timestamptz AND f.\($0) < $4::timestamptz" } ?? ""
        switch name {
        case "settlements":
            return Statement(
                "seal_facts_settlements",
                """
                SELECT x.* FROM unnest($2::uuid[], $5::text[]) AS k(key, kind)
                CROSS JOIN LATERAL (
                    SELECT \(key), \(list) FROM settlements f
                    WHERE f.org_id = $1 AND f.reservation_id = k.key AND f.kind = k.kind \(bounds) LIMIT 1
                ) x
                """)
        case "prices", "window_openings":
            // Their keys are hashes, which no index knows; the tables are small.
            return Statement("seal_facts_\(name)", "SELECT \(key), \(list) FROM \(name) f WHERE f.org_id = $1 AND \(key) = ANY($2::uuid[])")
        case "policy_versions":
            return Statement(
                "seal_facts_policy_versions",
                "SELECT \(key), \(list) FROM policy_versions f WHERE f.org_id = $1 AND \(key) = ANY($2::uuid[])")
        default:
            return Statement(
                "seal_facts_\(name)",
                """
                SELECT x.* FROM unnest($2::uuid[]) AS k(key)
                CROSS JOIN LATERAL (
                    SELECT \(key), \(list) FROM \(name) f WHERE f.org_id = $1 AND \(key) = k.key \(bounds) LIMIT 1
                ) x
                """)
        }
    }

    private static func isSealed(_ name: String, key: String) -> String {
        "EXISTS (SELECT FROM seals s WHERE s.org_id = $1 AND s.source = '\(name)' AND s.key = \(key))"
    }

    private static func unsealed(_ name: String, _ road: Road, key: String, list: String) -> Statement? {
        let from =
            switch road {
            case .batch: String?.none
            case .id: "true"
            case .time(let column): "f.\(column) >= $4::timestamptz"
            case .epoch: "f.epoch > $4::bigint"
            case .feed: String?.none
            }
        if case .feed = road {
            return Statement(
                "seal_unsealed_\(name)",
                """
                SELECT n.position, \(key), \(list) FROM feed_entries n JOIN \(name) f ON f.org_id = $1 AND f.id = n.event_id
                WHERE n.org_id = $1 AND n.position > $2::bigint ORDER BY n.position LIMIT $3::bigint
                """)
        }
        return from.map { from in
            Statement(
                "seal_unsealed_\(name)",
                """
                SELECT \(key), \(list) FROM \(name) f
                WHERE f.org_id = $1 AND \(key) > $2 AND \(from) AND NOT \(isSealed(name, key: key)) ORDER BY \(key) LIMIT $3::bigint
                """)
        }
    }

    private static func forgotten(_ name: String, _ road: Road, key: String) -> Statement? {
        let old =
            switch road {
            case .batch: String?.none
            case .id: "f.id < $2"
            case .time(let column): "f.\(column) < $2::timestamptz"
            case .epoch: "f.epoch <= $2::bigint"
            case .feed: "f.made_at < $2::timestamptz"
            }
        return old.map { old in
            Statement(
                "seal_forgotten_\(name)",
                """
                WITH page AS MATERIALIZED (
                    SELECT \(key) AS key, \(old) AS old FROM \(name) f WHERE f.org_id = $1 AND \(key) > $3 ORDER BY \(key) LIMIT $4::bigint
                )
                SELECT p.key, p.old AND NOT \(isSealed(name, key: "p.key")) FROM page p ORDER BY p.key
                """)
        }
    }
}
