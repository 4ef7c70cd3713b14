-- What circuit breakers count. A projection of admitted calls and their ends, which may be reset: by a person who lifts a
-- suspension, or by the retention of what was idle for long.

-- Three kinds of rows, told apart by scope and tool. scope '', tool NULL: all steps of a subject; it keeps its probation.
-- scope: only the calls that rules with this match look at. tool: the subject's calls of one tool, within a time.
-- No index on what changes, and room in every page, so that updates stay heap-only.
CREATE TABLE breaker_counters (
    org_id           uuid        NOT NULL,
    id               uuid        NOT NULL,
    subject_type     text        NOT NULL CHECK (subject_type IN ('', 'run', 'session', 'agent', 'user', 'workflow', 'key')),
    subject_id       text        NOT NULL,
    scope            text        NOT NULL,
    tool             text,
    within_seconds   bigint,
    steps            bigint      NOT NULL DEFAULT 0,
    spent            bigint      NOT NULL DEFAULT 0,
    failures         bigint      NOT NULL DEFAULT 0,
    -- The latest states, 16 bytes each: 64 bits of the hash, twice the count (one more: told with the commit).
    states           bytea       NOT NULL DEFAULT '',
    -- A ring of eleven counts of 32 bits, and the number of the newest since 1970.
    buckets          bytea       NOT NULL DEFAULT '',
    bucket_number    bigint      NOT NULL DEFAULT 0,
    probation_left   bigint,
    probation_total  bigint,
    -- The names of the rules that only tell, and have; divided by commas.
    told             text        NOT NULL DEFAULT '',
    changed_at       timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
) WITH (fillfactor = 50);
CREATE INDEX breaker_counters_by_subject ON breaker_counters (org_id, subject_type, subject_id) WHERE scope <> '' OR tool IS NOT NULL;

-- The counters that the end of a hold has something to tell; NULL where there are none.
ALTER TABLE reservations ADD COLUMN counters uuid[];

GRANT SELECT, INSERT, UPDATE, DELETE ON breaker_counters TO purser_service;
