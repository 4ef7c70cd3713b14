-- Corrections: which tags calls should have had, told afterwards. Facts of the past stay as they are; sums follow.

-- Facts -----------------------------------------------------------------------------------------------------------

-- What was asked. `number` counts an organisation's corrections: of one call the later wins, tag by tag. Either `calls` names the
-- calls, or `match` says what they look like and `from_at` … `to_at` (not included) when they were settled. `tags` are those that the key
-- which asked is bound to.
CREATE TABLE corrections (
    org_id   uuid         NOT NULL,
    id       uuid         NOT NULL,
    number   bigint       NOT NULL,
    calls    uuid[],
    match    jsonb,
    from_at  timestamptz,
    to_at    timestamptz,
    set_tags jsonb        NOT NULL,
    removed  text[]       NOT NULL,
    reason   text         NOT NULL,
    tags     jsonb        NOT NULL,
    made_at  timestamptz  NOT NULL,
    author   text         NOT NULL,
    PRIMARY KEY (org_id, id),
    CHECK ((calls IS NULL) <> (match IS NULL))
);
CREATE UNIQUE INDEX corrections_by_number ON corrections (org_id, number);

-- The calls that were corrected, one row a transaction that did so.
CREATE TABLE correction_parts (
    org_id      uuid         NOT NULL,
    id          uuid         NOT NULL,
    number      bigint       NOT NULL,
    calls       uuid[]       NOT NULL,
    applied_at  timestamptz  NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- Projections and work lists --------------------------------------------------------------------------------------

-- By call what correction_parts says: written in the same transaction, with the sums.
CREATE TABLE corrected_calls (
    org_id   uuid    NOT NULL,
    call_id  uuid    NOT NULL,
    number   bigint  NOT NULL,
    PRIMARY KEY (org_id, call_id, number)
);

-- How far each correction is: up to which batch its calls were looked for, and what was corrected so far. Nothing is looked for
-- while a transaction below `horizon` is under way, which may still book what belongs to it.
CREATE TABLE correction_progress (
    org_id       uuid         NOT NULL,
    number       bigint       NOT NULL,
    state        text         NOT NULL CHECK (state IN ('pending', 'applied')),
    batch_id     uuid         NOT NULL,
    horizon      bigint       NOT NULL,
    reached_at   timestamptz,
    looked_at    bigint       NOT NULL,
    unchanged    bigint       NOT NULL,
    calls        bigint       NOT NULL,
    settlements  bigint       NOT NULL,
    cost         bigint       NOT NULL,
    tokens       bigint       NOT NULL,
    applied_at   timestamptz,
    PRIMARY KEY (org_id, number)
) WITH (fillfactor = 50);
CREATE INDEX correction_progress_pending ON correction_progress (org_id, number) WHERE state = 'pending';

-- One row an organisation: whoever changes its sums of usage locks it, so that a settlement is summed up under the tags that hold
-- then and a correction moves exactly what was summed up before. `corrections` counts the organisation's corrections.
CREATE TABLE usage_heads (
    org_id       uuid    NOT NULL,
    corrections  bigint  NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id)
) WITH (fillfactor = 50);

-- By hour of UTC and API key, which tags its calls carried as they were sent: a correction mends a call, not the key that goes on
-- sending such calls. `id` is a hash of the rest; `present` are the names of the tags, but for run_id and session_id. What was summed
-- up before this release is not in it.
CREATE TABLE usage_keys (
    org_id       uuid         NOT NULL,
    hour         timestamptz  NOT NULL,
    id           uuid         NOT NULL,
    key_id       uuid         NOT NULL,
    environment  text,
    present      text[]       NOT NULL,
    calls        bigint       NOT NULL,
    cost         bigint       NOT NULL,
    PRIMARY KEY (org_id, hour, id)
) WITH (fillfactor = 70);

GRANT SELECT, INSERT ON corrections, correction_parts TO purser_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON corrected_calls, correction_progress, usage_heads, usage_keys TO purser_service;
