extension SealedTable {
    /// Every table that the seal covers; a batch's own row comes first, the facts that it names follow in this order.
    static let all = [
        batches, reservations, settlements, refusals, adjustments, approvalDecisions, importedCalls, policyVersions, prices, priceImports,
        envelopeFreezes, suspensions, suspensionLifts, approvals, events, windowOpenings, alertAcknowledgements, anomalies, anomalyClosures,
        outcomes, reviews, routeTrials, routeTrialVerdicts, corrections, correctionParts, imports,
    ]

    /// Facts that no seal covers, and why.
    static let uncovered = [
        "alert_clearances": "the event that cleared the alert is sealed",
        "alert_details": "measured from sealed facts, for people to read",
        "feed_entries": "the order in which sealed events were told",
        "import_chunks": "which sealed batches hold imported calls, and of which times",
        "seals": "the chain itself",
    ]

    static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// Those whose facts are entries of their own.
    static let single = all.filter { if case .batch = $0.road { false } else { true } }

    private static func columns(
        uuid: [String] = [], integer: [String] = [], text: [String] = [], time: [String] = [], json: [String] = [], uuids: [String] = [],
        integers: [String] = [], texts: [String] = []
    ) -> [SealedColumn] {
        let kinds: [(SealedColumn.Kind, [String])] = [
            (.uuid, uuid), (.integer, integer), (.text, text), (.time, time), (.json, json), (.uuids, uuids), (.integers, integers), (.texts, texts),
        ]
        return kinds.flatMap { kind, names in names.map { SealedColumn($0, kind) } }
    }

    // MARK: - What batches write

    static let batches = SealedTable(
        "batches", .batch, partition: "committed_at",
        columns: columns(
            uuid: ["id"], integer: ["policy_version", "guards", "raised"], time: ["committed_at"],
            uuids: ["opened", "settled", "refused", "adjusted", "decided", "imported"], integers: ["positions"], texts: ["settled_kinds"]))

    static let reservations = SealedTable(
        "reservations", .batch, partition: "opened_at",
        columns: columns(
            uuid: ["id", "key_id"],
            integer: [
                "policy_version", "input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens", "stated_cost",
                "step", "cost", "tokens",
            ],
            text: ["decision", "reason", "requested_model", "model", "tool", "state_hash"], time: ["opened_at", "expires_at"],
            json: ["tags", "shadow"], uuids: ["balances", "previous", "counters"], integers: ["amounts", "versions", "held", "spent", "limits"]))

    static let settlements = SealedTable(
        "settlements", .batch, key: "f.reservation_id", partition: "opened_at",
        columns: columns(
            uuid: ["reservation_id", "key_id", "fingerprint"],
            integer: [
                "policy_version", "input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens", "stated_cost",
                "latency_ms", "step", "cost", "tokens", "model_calls", "tool_calls",
            ],
            text: ["kind", "state", "model", "tool", "usage_source", "status", "route_reason", "state_hash", "reason"],
            time: ["opened_at", "settled_at"], json: ["tags", "shadow"], uuids: ["balances", "previous"],
            integers: ["held_changes", "charges", "versions", "held", "spent", "limits"]))

    static let refusals = SealedTable(
        "refusals", .batch, partition: "refused_at",
        columns: columns(
            uuid: ["id", "key_id"],
            integer: [
                "policy_version", "cost", "tokens", "step", "input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens",
                "reasoning_tokens", "stated_cost",
            ],
            text: ["problem", "model", "tool", "state_hash"], time: ["refused_at"], json: ["tags", "verdicts"]))

    static let adjustments = SealedTable(
        "adjustments", .batch,
        columns: columns(
            uuid: ["id", "balance_id", "source", "previous"], integer: ["amount", "version", "held", "spent", "limits"],
            text: ["kind", "reason", "author"], time: ["made_at", "expires_at"]))

    static let approvalDecisions = SealedTable(
        "approval_decisions", .batch, key: "f.approval_id",
        columns: columns(
            uuid: ["approval_id", "scope", "key_id"], integer: ["amount"], text: ["state", "reason", "decided_by"],
            time: ["grant_ends_at", "decided_at"]))

    static let importedCalls = SealedTable(
        "imported_calls", .batch,
        columns: columns(
            uuid: ["id", "import_id", "run_key"],
            integer: [
                "line", "input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens", "stated_cost", "cost",
                "tokens", "latency_ms",
            ],
            text: ["model", "tool", "status", "state_hash"], time: ["at", "imported_at"], json: ["tags"]))

    // MARK: - Facts that are entries of their own

    static let policyVersions = SealedTable(
        "policy_versions", .time("created_at"), key: "lpad(to_hex(f.version), 32, '0')::uuid",
        columns: columns(integer: ["version"], text: ["source", "checksum", "author", "message"], time: ["created_at"]))

    static let prices = SealedTable(
        "prices", .epoch,
        key: "md5(f.model || chr(31) || (extract(epoch FROM f.effective_from) * 1000000)::bigint::text)::uuid",
        columns: columns(
            integer: ["input", "output", "cached_input", "cache_write", "reasoning", "epoch"], text: ["model"], time: ["effective_from"],
            json: ["tiers"]))

    static let priceImports = SealedTable(
        "price_imports", .id,
        columns: columns(
            uuid: ["id"], integer: ["rate", "imported", "unchanged", "skipped"], text: ["checksum", "author"],
            time: ["effective_from", "created_at"]))

    static let envelopeFreezes = SealedTable(
        "envelope_freezes", .id,
        columns: columns(uuid: ["id"], integer: ["epoch"], text: ["envelope", "kind", "reason", "author"], time: ["made_at"]))

    static let suspensions = SealedTable(
        "suspensions", .id,
        columns: columns(
            uuid: ["id", "balance_id"], text: ["subject_type", "subject_id", "rule", "reason", "opened_by"], time: ["opened_at"]))

    static let suspensionLifts = SealedTable(
        "suspension_lifts", .time("lifted_at"), key: "f.suspension_id",
        columns: columns(
            uuid: ["suspension_id"], integer: ["allow_steps", "epoch", "spent"], text: ["reason", "author"], time: ["lifted_at"]))

    static let approvals = SealedTable(
        "approvals", .id,
        columns: columns(
            uuid: ["id", "scope", "balance_id", "key_id"], integer: ["requested"],
            text: ["envelope", "meter", "run_id", "agent_id", "user_id", "model", "tool", "reason"],
            time: ["window_start", "window_end", "requested_at", "expires_at"], json: ["tags"], texts: ["names", "values"]))

    static let events = SealedTable(
        "events", .feed,
        columns: columns(uuid: ["id", "balance_id"], text: ["kind", "envelope"], time: ["made_at"], json: ["data"]))

    static let windowOpenings = SealedTable(
        "window_openings", .time("opened_at"),
        key: "md5(f.envelope || chr(31) || f.rule || chr(31) || (extract(epoch FROM f.window_start) * 1000000)::bigint::text)::uuid",
        columns: columns(integer: ["keys", "missed"], text: ["envelope", "rule"], time: ["window_start", "window_end", "opened_at"]))

    static let alertAcknowledgements = SealedTable(
        "alert_acknowledgements", .time("made_at"), key: "f.event_id",
        columns: columns(uuid: ["event_id"], text: ["author", "note"], time: ["made_at"]))

    static let anomalies = SealedTable(
        "anomalies", .id,
        columns: columns(
            uuid: ["id", "subject_id", "suspension_id"], integer: ["observed", "baseline", "at_stake"],
            text: [
                "kind", "agent_id", "workflow_name", "run_id", "step_name", "model", "owner", "playbook", "action", "message",
            ],
            time: ["found_at"], json: ["detail", "tags"]))

    static let anomalyClosures = SealedTable(
        "anomaly_closures", .time("closed_at"), key: "f.anomaly_id",
        columns: columns(uuid: ["anomaly_id"], text: ["outcome", "reason", "closed_by"], time: ["closed_at"]))

    static let outcomes = SealedTable(
        "outcomes", .id,
        columns: columns(
            uuid: ["id"], integer: ["count", "value", "quality", "human_minutes", "rework_minutes"], text: ["workflow_name", "kind", "author"],
            time: ["began_at", "ended_at", "recorded_at"], json: ["tags"], texts: ["run_ids"]))

    static let reviews = SealedTable(
        "reviews", .id,
        columns: columns(
            uuid: ["id"], integer: ["missed"], text: ["summary"], time: ["week_start", "week_end", "made_at"], json: ["content"]))

    static let routeTrials = SealedTable(
        "route_trials", .id,
        columns: columns(
            uuid: ["id"], integer: ["cycle_days", "epoch"], text: ["workflow_name", "tier", "reason", "author"], time: ["started_at"]))

    static let routeTrialVerdicts = SealedTable(
        "route_trial_verdicts", .id,
        columns: columns(
            uuid: ["id", "trial_id"], integer: ["cycle", "epoch"], text: ["finding", "state", "reason", "author"], time: ["made_at"],
            json: ["measured"]))

    static let corrections = SealedTable(
        "corrections", .id,
        columns: columns(
            uuid: ["id"], integer: ["number"], text: ["reason", "author"], time: ["from_at", "to_at", "made_at"],
            json: ["match", "set_tags", "tags"], uuids: ["calls"], texts: ["removed"]))

    static let correctionParts = SealedTable(
        "correction_parts", .id, columns: columns(uuid: ["id"], integer: ["number"], time: ["applied_at"], uuids: ["calls"]))

    static let imports = SealedTable(
        "imports", .id,
        columns: columns(uuid: ["id", "key"], text: ["name", "format", "author"], time: ["created_at"], json: ["tags"]))
}
