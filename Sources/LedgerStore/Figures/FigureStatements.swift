internal import Postgres

/// The SQL of the figures: across organisations, without locks, bounded.
enum FigureStatements {
    static let holds = Statement(
        "figures_holds",
        """
        SELECT d.org_id, count(*) FROM (SELECT o.org_id FROM open_reservations o LIMIT $1::bigint) d GROUP BY d.org_id
        """
    )
    static let outbox = Statement(
        "figures_outbox",
        """
        SELECT d.org_id, count(*), (1000000 * extract(epoch FROM clock_timestamp() - min(d.created_at)))::bigint
        FROM (SELECT o.org_id, o.created_at FROM outbox o LIMIT $1::bigint) d GROUP BY d.org_id
        """
    )
    static let approvals = Statement(
        "figures_approvals",
        """
        SELECT d.org_id, count(*)
        FROM (SELECT g.org_id FROM approval_gates g WHERE g.state = 'pending' LIMIT $1::bigint) d GROUP BY d.org_id
        """
    )
    static let deliveries = Statement(
        "figures_deliveries",
        """
        SELECT d.org_id, count(*)
        FROM (SELECT w.org_id FROM deliveries w WHERE w.state = 'pending' LIMIT $1::bigint) d GROUP BY d.org_id
        """
    )
}
