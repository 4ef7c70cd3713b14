import Postgres

extension LedgerTables {
    enum Queries {
        static let balances = Statement(
            "e2e_balances",
            """
            SELECT id, envelope, meter, names, "values", window_start, window_end, limit_amount, held, spent, version, last_fact
            FROM balances
            """)
        static let reservations = Statement(
            "e2e_reservations",
            """
            SELECT id, opened_at, expires_at, cost, tokens, model IS NOT NULL, balances, amounts, versions, held, spent, limits, previous
            FROM reservations
            """)
        static let settlements = Statement(
            "e2e_settlements",
            """
            SELECT reservation_id, kind, opened_at, settled_at, state, cost, tokens, model_calls, tool_calls,
                   balances, held_changes, charges, versions, held, spent, limits, previous
            FROM settlements
            """)
        static let adjustments = Statement(
            "e2e_adjustments", "SELECT id, balance_id, version, held, spent, limits, previous FROM adjustments")
        static let open = Statement("e2e_open", "SELECT id, expires_at FROM open_reservations")
        static let batches = Statement("e2e_batches", "SELECT opened, settled, settled_kinds, refused, adjusted FROM batches")
        static let now = Statement("e2e_now", "SELECT coalesce((SELECT t.now FROM test_clock t), clock_timestamp())")
        /// Of what is booked: people name what they tell, correct and try by keys too.
        static let keys = Statement(
            "e2e_keys",
            """
            SELECT fact_id FROM idempotency_keys
            WHERE fact_id NOT IN (SELECT id FROM outcomes UNION ALL SELECT id FROM corrections UNION ALL SELECT id FROM route_trials)
            """)
        static let refusals = Statement("e2e_refusals", "SELECT id FROM refusals")
        static let refusalsCounted = Statement(
            "e2e_refusals_counted", "SELECT coalesce(sum(refused), 0)::int8 FROM refusal_counts")
    }
}
