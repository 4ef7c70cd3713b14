-- Scheduled jobs: who ticks, what is due, and which windows were opened.

-- Installation-wide -------------------------------------------------------------------------------------------------

-- The replica that runs what is due; no row: none yet. A term counts the holders.
CREATE TABLE scheduler_lease (
    id          int         NOT NULL PRIMARY KEY CHECK (id = 1),
    holder      uuid        NOT NULL,
    term        bigint      NOT NULL,
    expires_at  timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Times of the ledger, but for claimed_until, which is between replicas and by the database's own clock. attempts are
-- those of the present due time, and retry_at is when the next may begin.
CREATE TABLE schedules (
    name              text        NOT NULL PRIMARY KEY,
    next_due_at       timestamptz NOT NULL,
    last_due_at       timestamptz,
    last_started_at   timestamptz,
    last_finished_at  timestamptz,
    last_state        text        CHECK (last_state IN ('ok', 'failed')),
    last_error        text,
    missed            bigint      NOT NULL DEFAULT 0,
    runs              bigint      NOT NULL DEFAULT 0,
    failures          bigint      NOT NULL DEFAULT 0,
    attempts          bigint      NOT NULL DEFAULT 0,
    retry_at          timestamptz,
    claimed_by        uuid,
    claimed_until     timestamptz
) WITH (fillfactor = 25);

-- Facts -------------------------------------------------------------------------------------------------------------

-- A window of an envelope began, and every key that is to have a balance in it has one. keys counts these; missed, the
-- windows before it that came and went while nothing ran.
CREATE TABLE window_openings (
    org_id        uuid        NOT NULL,
    envelope      text        NOT NULL,
    rule          text        NOT NULL,
    window_start  timestamptz NOT NULL,
    window_end    timestamptz NOT NULL,
    opened_at     timestamptz NOT NULL,
    keys          bigint      NOT NULL,
    missed        bigint      NOT NULL,
    PRIMARY KEY (org_id, envelope, rule, window_start)
);

-- Ways in -----------------------------------------------------------------------------------------------------------

-- None of these columns ever changes, so that updates of balances stay heap-only.
CREATE INDEX balances_by_window ON balances (org_id, envelope, window_end, id) WHERE window_end IS NOT NULL;
-- Keys are inserted in the order of time and removed in it.
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (org_id, created_at);

GRANT SELECT ON scheduler_lease, schedules, window_openings TO purser_service;
GRANT INSERT, UPDATE ON scheduler_lease, schedules TO purser_service;
GRANT INSERT ON window_openings TO purser_service;
