internal import Ledger
internal import Postgres

/// The sums of one import, which its report reads.
enum ImportSums {
    /// What a page adds, rows in the order of their keys.
    static func steps(_ page: UsagePage, of importID: Identifier, _ organisation: Identifier) -> [PipelineStep] {
        var steps = [usageStep(page, importID, organisation)]
        if !page.runs.isEmpty { steps.append(runStep(page, importID, organisation)) }
        return steps
    }

    private static func usageStep(_ page: UsagePage, _ importID: Identifier, _ organisation: Identifier) -> PipelineStep {
        let rows = UsagePage.sorted(page.daily)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(importID)
        parameters.timestampArray(rows.map { $0.place.start * 1_000_000 })
        parameters.uuidArray(rows.map(\.place.dimension.id))
        parameters.jsonbArray(rows.map { TagsJSON.encode($0.place.dimension.tags) })
        parameters.textArray(rows.map(\.place.dimension.model))
        parameters.textArray(rows.map(\.place.dimension.tool))
        for column: KeyPath<UsageSums, Int64> in [\.calls, \.toolCalls, \.failed, \.cost, \.tokens] {
            parameters.int8Array(rows.map { $0.sums[keyPath: column] })
        }
        return PipelineStep(addUsage, parameters)
    }

    private static func runStep(_ page: UsagePage, _ importID: Identifier, _ organisation: Identifier) -> PipelineStep {
        let rows = page.runs.sorted { $0.key < $1.key }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(importID)
        parameters.uuidArray(rows.map(\.key))
        parameters.textArray(rows.map(\.value.runID))
        parameters.timestampArray(rows.map(\.value.firstAt.microseconds))
        parameters.timestampArray(rows.map(\.value.lastAt.microseconds))
        for column: KeyPath<UsageSums, Int64> in [\.calls, \.toolCalls, \.failed, \.cost, \.tokens] {
            parameters.int8Array(rows.map { $0.value.sums[keyPath: column] })
        }
        parameters.jsonbArray(rows.map(\.value.commonTags))
        return PipelineStep(addRuns, parameters)
    }

    private static let addUsage = Statement(
        "import_add_usage",
        """
        INSERT INTO import_usage AS u (org_id, import_id, day, id, tags, model, tool, calls, tool_calls, failed, cost, tokens)
        SELECT e.org_id, $2::uuid, d.* FROM org_epochs e,
             unnest($3::timestamptz[], $4::uuid[], $5::jsonb[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
                    $12::bigint[])
             AS d(day, id, tags, model, tool, calls, tool_calls, failed, cost, tokens)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, import_id, day, id) DO UPDATE
        SET calls = u.calls + excluded.calls, tool_calls = u.tool_calls + excluded.tool_calls, failed = u.failed + excluded.failed,
            cost = \(sum("cost")), tokens = \(sum("tokens"))
        """
    )

    private static let addRuns = Statement(
        "import_add_runs",
        """
        INSERT INTO import_runs AS u (org_id, import_id, id, run_id, first_at, last_at, calls, tool_calls, failed, cost, tokens, tags)
        SELECT e.org_id, $2::uuid, d.* FROM org_epochs e,
             unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
                    $11::bigint[], $12::jsonb[])
             AS d(id, run_id, first_at, last_at, calls, tool_calls, failed, cost, tokens, tags)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, import_id, id) DO UPDATE
        SET first_at = LEAST(u.first_at, excluded.first_at), last_at = GREATEST(u.last_at, excluded.last_at), calls = u.calls + excluded.calls,
            tool_calls = u.tool_calls + excluded.tool_calls, failed = u.failed + excluded.failed, cost = \(sum("cost")),
            tokens = \(sum("tokens")),
            tags = (SELECT coalesce(jsonb_object_agg(c.key, c.value), '{}') FROM jsonb_each(u.tags) AS c(key, value)
                    WHERE excluded.tags -> c.key = c.value)
        """
    )

    /// Stays at the largest number that fits.
    private static func sum(_ column: String) -> String {
        "LEAST(u.\(column)::numeric + excluded.\(column), 9223372036854775807)::bigint"
    }
}
