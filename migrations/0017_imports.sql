-- Imports: calls of before, taken over from the logs of other programs. They touch no balance and no breaker; they count in the sums
-- of usage, at the time that the log tells.

-- Facts -----------------------------------------------------------------------------------------------------------

-- What a chunk of an import booked; NULL in batches of the write lanes.
ALTER TABLE batches ADD COLUMN imported uuid[];

-- A log that somebody sent. `key` is a hash of what names the import, so that a log which is sent again goes on with it. `tags` are what
-- the key that sent it is bound to: who is bound to others does not see it.
CREATE TABLE imports (
    org_id      uuid         NOT NULL,
    id          uuid         NOT NULL,
    key         uuid         NOT NULL,
    name        text         NOT NULL,
    format      text         NOT NULL CHECK (format IN ('csv', 'jsonl', 'litellm', 'otlp')),
    tags        jsonb        NOT NULL,
    author      text         NOT NULL,
    created_at  timestamptz  NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, key)
);

-- One logged call. `id` is a hash of what tells calls apart, so that none is booked twice, whoever sends it under whatever name.
-- `run_key` is a hash of run_id, as in run_usage; `line` is where the call stands in the log.
CREATE TABLE imported_calls (
    org_id               uuid         NOT NULL,
    id                   uuid         NOT NULL,
    import_id            uuid         NOT NULL,
    line                 bigint       NOT NULL,
    at                   timestamptz  NOT NULL,
    model                text,
    tool                 text,
    tags                 jsonb        NOT NULL,
    run_key              uuid,
    input_tokens         bigint,
    output_tokens        bigint,
    cached_input_tokens  bigint,
    cache_write_tokens   bigint,
    reasoning_tokens     bigint,
    stated_cost          bigint       CHECK (stated_cost >= 0),
    cost                 bigint       NOT NULL CHECK (cost >= 0),
    tokens               bigint       NOT NULL CHECK (tokens >= 0),
    status               text         CHECK (status IN ('ok', 'error', 'cancelled', 'empty')),
    latency_ms           bigint       CHECK (latency_ms >= 0),
    state_hash           text,
    imported_at          timestamptz  NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX imported_calls_by_time ON imported_calls (org_id, at);
CREATE INDEX imported_calls_by_run ON imported_calls (org_id, run_key) WHERE run_key IS NOT NULL;

-- Which batches hold imported calls, and of which times: what exports look through. It follows from the batches and their calls.
CREATE TABLE import_chunks (
    org_id        uuid         NOT NULL,
    batch_id      uuid         NOT NULL,
    committed_at  timestamptz  NOT NULL,
    import_id     uuid         NOT NULL,
    facts         bigint       NOT NULL,
    first_at      timestamptz  NOT NULL,
    last_at       timestamptz  NOT NULL,
    PRIMARY KEY (org_id, batch_id)
);

-- Projections -----------------------------------------------------------------------------------------------------

-- How far an import is. `taken`, `cost`, `tokens`, `first_at` and `last_at` are of all that it booked; the other counts are of the last
-- time that the log was read from its beginning, which `attempt` counts. `chunk` is the last chunk of that attempt.
CREATE TABLE import_progress (
    org_id         uuid         NOT NULL,
    import_id      uuid         NOT NULL,
    state          text         NOT NULL CHECK (state IN ('reading', 'done', 'failed', 'interrupted')),
    attempt        bigint       NOT NULL,
    chunk          bigint       NOT NULL,
    lines          bigint       NOT NULL,
    resumed        bigint       NOT NULL,
    already_there  bigint       NOT NULL,
    refused        bigint       NOT NULL,
    passed_over    bigint       NOT NULL,
    unpriced       bigint       NOT NULL,
    taken          bigint       NOT NULL,
    cost           bigint       NOT NULL,
    tokens         bigint       NOT NULL,
    first_at       timestamptz,
    last_at        timestamptz,
    ignored        text[]       NOT NULL,
    failure        text,
    began_at       timestamptz  NOT NULL,
    touched_at     timestamptz  NOT NULL,
    finished_at    timestamptz,
    PRIMARY KEY (org_id, import_id)
) WITH (fillfactor = 50);

-- The lines that were refused in the last attempt, the first of them; `part` tells several of one line apart.
CREATE TABLE import_refusals (
    org_id     uuid    NOT NULL,
    import_id  uuid    NOT NULL,
    line       bigint  NOT NULL,
    part       bigint  NOT NULL,
    place      text    NOT NULL,
    reason     text    NOT NULL,
    PRIMARY KEY (org_id, import_id, line, part)
);

-- Sums of one import by day of UTC, as usage_daily.
CREATE TABLE import_usage (
    org_id            uuid         NOT NULL,
    import_id         uuid         NOT NULL,
    day               timestamptz  NOT NULL,
    id                uuid         NOT NULL,
    tags              jsonb        NOT NULL,
    model             text,
    tool              text,
    calls             bigint       NOT NULL,
    tool_calls        bigint       NOT NULL,
    failed            bigint       NOT NULL,
    cost              bigint       NOT NULL,
    tokens            bigint       NOT NULL,
    PRIMARY KEY (org_id, import_id, day, id)
) WITH (fillfactor = 70);

-- The runs of one import, as run_usage.
CREATE TABLE import_runs (
    org_id         uuid         NOT NULL,
    import_id      uuid         NOT NULL,
    id             uuid         NOT NULL,
    run_id         text         NOT NULL,
    first_at       timestamptz  NOT NULL,
    last_at        timestamptz  NOT NULL,
    calls          bigint       NOT NULL,
    tool_calls     bigint       NOT NULL,
    failed         bigint       NOT NULL,
    cost           bigint       NOT NULL,
    tokens         bigint       NOT NULL,
    tags           jsonb        NOT NULL,
    PRIMARY KEY (org_id, import_id, id)
) WITH (fillfactor = 70);

GRANT SELECT, INSERT ON imports, imported_calls, import_chunks TO purser_service;
GRANT SELECT, INSERT, UPDATE ON import_progress, import_usage, import_runs TO purser_service;
GRANT SELECT, INSERT, DELETE ON import_refusals TO purser_service;
