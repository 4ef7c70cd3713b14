-- Usage: sums over the settlements by hour, by run and by five minutes, kept up to date batch by batch; and what is found in
-- them that is unlike before.

-- Work lists ------------------------------------------------------------------------------------------------------

-- Batches whose settlements are not in the sums yet. Whoever adds them deletes the row in the same transaction.
CREATE TABLE unrolled_batches (
    org_id        uuid         NOT NULL,
    batch_id      uuid         NOT NULL,
    committed_at  timestamptz  NOT NULL,
    facts         bigint       NOT NULL,
    PRIMARY KEY (org_id, batch_id)
);

-- What was booked before this release goes the same road.
INSERT INTO unrolled_batches (org_id, batch_id, committed_at, facts)
SELECT b.org_id, b.id, b.committed_at, cardinality(b.settled) FROM batches b WHERE cardinality(b.settled) > 0;

-- Sums ------------------------------------------------------------------------------------------------------------
-- Of the settlements that were booked in an hour of UTC. `calls` are model calls; `unused` are holds that were released or
-- expired; `failed` and `empty` go by the status that was told; `latency_ms` is the sum over the `timed` calls. Amounts of
-- money stay at the largest number that fits instead of overflowing.

-- `tags` are those of the call but for run_id and session_id; `id` is a hash of tags, model and tool.
CREATE TABLE usage_hourly (
    org_id            uuid         NOT NULL,
    hour              timestamptz  NOT NULL,
    id                uuid         NOT NULL,
    tags              jsonb        NOT NULL,
    model             text,
    tool              text,
    calls             bigint       NOT NULL,
    tool_calls        bigint       NOT NULL,
    failed            bigint       NOT NULL,
    empty             bigint       NOT NULL,
    unused            bigint       NOT NULL,
    cost              bigint       NOT NULL,
    tokens            bigint       NOT NULL,
    input_tokens      bigint       NOT NULL,
    cached_tokens     bigint       NOT NULL,
    output_tokens     bigint       NOT NULL,
    reasoning_tokens  bigint       NOT NULL,
    latency_ms        bigint       NOT NULL,
    timed             bigint       NOT NULL,
    PRIMARY KEY (org_id, hour, id)
) WITH (fillfactor = 70);

-- The whole of an hour, which verification compares with the facts; `rows` counts its rows in usage_hourly.
CREATE TABLE usage_hours (
    org_id      uuid         NOT NULL,
    hour        timestamptz  NOT NULL,
    facts       bigint       NOT NULL,
    rows        bigint       NOT NULL,
    calls       bigint       NOT NULL,
    tool_calls  bigint       NOT NULL,
    cost        bigint       NOT NULL,
    tokens      bigint       NOT NULL,
    PRIMARY KEY (org_id, hour)
) WITH (fillfactor = 50);

-- The last days by five minutes, for what is compared with itself of before; `id` as in usage_hourly.
CREATE TABLE usage_slices (
    org_id      uuid         NOT NULL,
    slice       timestamptz  NOT NULL,
    id          uuid         NOT NULL,
    agent_id    text,
    tags        jsonb        NOT NULL,
    model       text,
    tool        text,
    tool_calls  bigint       NOT NULL,
    cost        bigint       NOT NULL,
    tokens      bigint       NOT NULL,
    PRIMARY KEY (org_id, slice, id)
) WITH (fillfactor = 70);
CREATE INDEX usage_slices_by_agent ON usage_slices (org_id, agent_id, slice);

-- One row a run; `id` is a hash of run_id. What stands for the whole run, such as the agent, is that of its dearest call.
CREATE TABLE run_usage (
    org_id         uuid         NOT NULL,
    id             uuid         NOT NULL,
    run_id         text         NOT NULL,
    first_at       timestamptz  NOT NULL,
    last_at        timestamptz  NOT NULL,
    calls          bigint       NOT NULL,
    tool_calls     bigint       NOT NULL,
    failed         bigint       NOT NULL,
    empty          bigint       NOT NULL,
    unused         bigint       NOT NULL,
    cost           bigint       NOT NULL,
    input_tokens   bigint       NOT NULL,
    output_tokens  bigint       NOT NULL,
    top_cost       bigint       NOT NULL,
    top_call       uuid         NOT NULL,
    top_model      text,
    top_step       text,
    tags           jsonb        NOT NULL,
    PRIMARY KEY (org_id, id)
) WITH (fillfactor = 70);
CREATE INDEX run_usage_by_time ON run_usage (org_id, first_at);

-- Breakers that watch a baseline and were tripped: told once, until they were quiet for a window.
CREATE TABLE baseline_trips (
    org_id      uuid         NOT NULL,
    id          uuid         NOT NULL,
    rule        text         NOT NULL,
    tripped_at  timestamptz  NOT NULL,
    seen_at     timestamptz  NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- Anomalies -------------------------------------------------------------------------------------------------------

-- What was found. `observed` and `baseline` in the unit of the kind: nano-units, or thousandths of a ratio; `at_stake` in
-- nano-units. `tags` are those that all calls which it is about have in common: who may see these may see it.
CREATE TABLE anomalies (
    org_id         uuid         NOT NULL,
    id             uuid         NOT NULL,
    kind           text         NOT NULL,
    subject_id     uuid         NOT NULL,
    agent_id       text,
    workflow_name  text,
    run_id         text,
    step_name      text,
    model          text,
    owner          text,
    playbook       text,
    action         text         NOT NULL CHECK (action IN ('alert', 'suspend')),
    suspension_id  uuid,
    observed       bigint       NOT NULL,
    baseline       bigint       NOT NULL,
    at_stake       bigint       NOT NULL,
    message        text         NOT NULL,
    detail         jsonb        NOT NULL,
    tags           jsonb        NOT NULL,
    found_at       timestamptz  NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX anomalies_by_agent ON anomalies (org_id, agent_id, id);

-- How an anomaly ended, once: somebody expected it, somebody did not, or it was over by itself.
CREATE TABLE anomaly_closures (
    org_id      uuid         NOT NULL,
    anomaly_id  uuid         NOT NULL,
    outcome     text         NOT NULL CHECK (outcome IN ('expected', 'unexpected', 'over')),
    reason      text         NOT NULL,
    closed_at   timestamptz  NOT NULL,
    closed_by   text         NOT NULL,
    PRIMARY KEY (org_id, anomaly_id)
);

-- At most one of a kind and subject. quiet: it was closed and is still seen, so it is not told again.
CREATE TABLE open_anomalies (
    org_id      uuid         NOT NULL,
    kind        text         NOT NULL,
    subject_id  uuid         NOT NULL,
    anomaly_id  uuid         NOT NULL,
    state       text         NOT NULL CHECK (state IN ('open', 'quiet')),
    observed    bigint       NOT NULL,
    seen_at     timestamptz  NOT NULL,
    PRIMARY KEY (org_id, kind, subject_id)
);

-- Levels that were closed as expected.
CREATE TABLE expected_levels (
    org_id      uuid         NOT NULL,
    kind        text         NOT NULL,
    subject_id  uuid         NOT NULL,
    level       bigint       NOT NULL,
    learned_at  timestamptz  NOT NULL,
    PRIMARY KEY (org_id, kind, subject_id)
);

GRANT SELECT ON unrolled_batches, usage_hourly, usage_hours, usage_slices, run_usage, baseline_trips, anomalies, anomaly_closures,
    open_anomalies, expected_levels TO purser_service;
GRANT INSERT ON anomalies, anomaly_closures TO purser_service;
GRANT INSERT, UPDATE, DELETE ON unrolled_batches, usage_hourly, usage_hours, usage_slices, run_usage, baseline_trips, open_anomalies,
    expected_levels TO purser_service;
