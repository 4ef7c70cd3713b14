internal import Postgres

/// The SQL that moves sums from some rows to others. Rows are looked up one probe each, as in the roll-up.
enum MoveStatements {
    private static let names = [
        "calls", "tool_calls", "failed", "empty", "unused", "cost", "tokens", "input_tokens", "cached_tokens", "output_tokens",
        "reasoning_tokens", "latency_ms", "timed",
    ]
    private static let sliceNames = ["tool_calls", "cost", "tokens"]

    private static func list(_ names: [String]) -> String { names.map { "u.\($0)" }.joined(separator: ", ") }

    /// $4 … the amounts.
    private static func amounts(_ names: [String]) -> String {
        names.indices.map { "$\($0 + 4)::bigint[]" }.joined(separator: ", ") + ") AS d(start, id, " + names.joined(separator: ", ") + ")"
    }

    private static func less(_ names: [String]) -> String {
        names.map { "\($0) = GREATEST(0, u.\($0) - d.\($0))" }.joined(separator: ", ")
    }

    private static func isEmpty(_ names: [String]) -> String { names.map { "u.\($0) = 0" }.joined(separator: " AND ") }

    // MARK: - Hours

    /// Those of the rows $3 of the hours $2 that are there, with their places in $2.
    static let readHourly = Statement(
        "usage_move_read_hourly",
        """
        SELECT k.place, f.* FROM unnest($2::timestamptz[], $3::uuid[]) WITH ORDINALITY AS k(start, id, place)
        CROSS JOIN LATERAL (
            SELECT \(list(names)) FROM usage_hourly u WHERE u.org_id = $1 AND u.hour = k.start AND u.id = k.id LIMIT 1
        ) f
        """
    )

    static let takeHourly = Statement(
        "usage_move_take_hourly",
        """
        UPDATE usage_hourly AS u SET \(less(names)) FROM unnest($2::timestamptz[], $3::uuid[], \(amounts(names))
        WHERE u.org_id = $1 AND u.hour = d.start AND u.id = d.id
        """
    )

    static let removeHourly = Statement(
        "usage_move_remove_hourly",
        """
        DELETE FROM usage_hourly AS u USING unnest($2::timestamptz[], $3::uuid[]) AS d(start, id)
        WHERE u.org_id = $1 AND u.hour = d.start AND u.id = d.id AND \(isEmpty(names)) RETURNING u.hour
        """
    )

    static let countHours = Statement(
        "usage_move_count_hours",
        """
        UPDATE usage_hours AS h SET rows = GREATEST(0, h.rows + d.rows) FROM unnest($2::timestamptz[], $3::bigint[]) AS d(start, rows)
        WHERE h.org_id = $1 AND h.hour = d.start
        """
    )

    // MARK: - Days

    static let readDaily = Statement(
        "usage_move_read_daily",
        """
        SELECT k.place, f.* FROM unnest($2::timestamptz[], $3::uuid[]) WITH ORDINALITY AS k(start, id, place)
        CROSS JOIN LATERAL (
            SELECT \(list(names)) FROM usage_daily u WHERE u.org_id = $1 AND u.day = k.start AND u.id = k.id LIMIT 1
        ) f
        """
    )

    static let takeDaily = Statement(
        "usage_move_take_daily",
        """
        UPDATE usage_daily AS u SET \(less(names)) FROM unnest($2::timestamptz[], $3::uuid[], \(amounts(names))
        WHERE u.org_id = $1 AND u.day = d.start AND u.id = d.id
        """
    )

    static let removeDaily = Statement(
        "usage_move_remove_daily",
        """
        DELETE FROM usage_daily AS u USING unnest($2::timestamptz[], $3::uuid[]) AS d(start, id)
        WHERE u.org_id = $1 AND u.day = d.start AND u.id = d.id AND \(isEmpty(names)) RETURNING u.day
        """
    )

    static let countDays = Statement(
        "usage_move_count_days",
        """
        UPDATE usage_days AS h SET rows = GREATEST(0, h.rows + d.rows) FROM unnest($2::timestamptz[], $3::bigint[]) AS d(start, rows)
        WHERE h.org_id = $1 AND h.day = d.start
        """
    )

    // MARK: - Five minutes

    static let readSlices = Statement(
        "usage_move_read_slices",
        """
        SELECT k.place, f.* FROM unnest($2::timestamptz[], $3::uuid[]) WITH ORDINALITY AS k(start, id, place)
        CROSS JOIN LATERAL (
            SELECT \(list(sliceNames)) FROM usage_slices u WHERE u.org_id = $1 AND u.slice = k.start AND u.id = k.id LIMIT 1
        ) f
        """
    )

    static let takeSlices = Statement(
        "usage_move_take_slices",
        """
        UPDATE usage_slices AS u SET \(less(sliceNames)) FROM unnest($2::timestamptz[], $3::uuid[], \(amounts(sliceNames))
        WHERE u.org_id = $1 AND u.slice = d.start AND u.id = d.id
        """
    )

    static let removeSlices = Statement(
        "usage_move_remove_slices",
        """
        DELETE FROM usage_slices AS u USING unnest($2::timestamptz[], $3::uuid[]) AS d(start, id)
        WHERE u.org_id = $1 AND u.slice = d.start AND u.id = d.id AND \(isEmpty(sliceNames))
        """
    )
}
