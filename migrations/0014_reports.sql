-- Sums of usage by day of UTC, so that a report over months reads few rows.

-- As usage_hourly, of whole days.
CREATE TABLE usage_daily (
    org_id            uuid         NOT NULL,
    day               timestamptz  NOT NULL,
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
    PRIMARY KEY (org_id, day, id)
) WITH (fillfactor = 70);

-- How many settlements a day's rows sum up, and how many rows it has. Where the hours of the day sum up others (a binary of before
-- added them), the hours are read instead.
CREATE TABLE usage_days (
    org_id  uuid         NOT NULL,
    day     timestamptz  NOT NULL,
    facts   bigint       NOT NULL,
    rows    bigint       NOT NULL,
    PRIMARY KEY (org_id, day)
) WITH (fillfactor = 50);

INSERT INTO usage_daily
SELECT u.org_id, date_trunc('day', u.hour, 'UTC'), u.id, u.tags, u.model, u.tool, sum(u.calls), sum(u.tool_calls), sum(u.failed), sum(u.empty),
       sum(u.unused), LEAST(sum(u.cost), 9223372036854775807), LEAST(sum(u.tokens), 9223372036854775807),
       LEAST(sum(u.input_tokens), 9223372036854775807), LEAST(sum(u.cached_tokens), 9223372036854775807),
       LEAST(sum(u.output_tokens), 9223372036854775807), LEAST(sum(u.reasoning_tokens), 9223372036854775807),
       LEAST(sum(u.latency_ms), 9223372036854775807), sum(u.timed)
FROM usage_hourly u GROUP BY 1, 2, 3, 4, 5, 6;

INSERT INTO usage_days
SELECT h.org_id, h.day, h.facts, (SELECT count(*) FROM usage_daily d WHERE d.org_id = h.org_id AND d.day = h.day)
FROM (SELECT x.org_id, date_trunc('day', x.hour, 'UTC') AS day, sum(x.facts) AS facts FROM usage_hours x GROUP BY 1, 2) h;

GRANT SELECT, INSERT, UPDATE, DELETE ON usage_daily, usage_days TO purser_service;
