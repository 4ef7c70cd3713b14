-- The policy on the hot path: plans, routes, credit that is carried, adjustments, guards, and the events they set off.

-- What a balance remembers beside its sums; written only when it changes.
ALTER TABLE balances
    ADD COLUMN adjusted     bigint NOT NULL DEFAULT 0,
    ADD COLUMN next_expiry  timestamptz,
    ADD COLUMN alerted      bigint NOT NULL DEFAULT 0,
    ADD COLUMN route_tier   text,
    ADD COLUMN passed_at    timestamptz,
    ADD COLUMN suspended    bigint NOT NULL DEFAULT 0;

-- By envelope in shadow mode what it would have done (null: nothing); NULL where there is none.
ALTER TABLE reservations ADD COLUMN shadow jsonb;
ALTER TABLE settlements ADD COLUMN shadow jsonb;

-- A refused call can be decided again by another policy.
ALTER TABLE refusals
    ADD COLUMN input_tokens         bigint,
    ADD COLUMN output_tokens        bigint,
    ADD COLUMN cached_input_tokens  bigint,
    ADD COLUMN cache_write_tokens   bigint,
    ADD COLUMN reasoning_tokens     bigint,
    ADD COLUMN stated_cost          bigint;

-- In which order a batch decided: the positions of `opened`, then of `settled`, of `refused` and of `adjusted`.
ALTER TABLE batches
    ADD COLUMN positions  bigint[]  NOT NULL DEFAULT '{}',
    ADD COLUMN adjusted   uuid[]    NOT NULL DEFAULT '{}';

-- Facts -----------------------------------------------------------------------------------------------------------

-- What changed the limit of one balance. kind adjustment: by hand; carry: credit of the window before; expiry: the end
-- of an earlier one, which `source` names.
CREATE TABLE adjustments (
    org_id      uuid        NOT NULL,
    id          uuid        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('adjustment', 'carry', 'expiry')),
    made_at     timestamptz NOT NULL,
    balance_id  uuid        NOT NULL,
    amount      bigint      NOT NULL,
    expires_at  timestamptz,
    source      uuid,
    reason      text        NOT NULL,
    author      text        NOT NULL,
    version     bigint      NOT NULL,
    held        bigint      NOT NULL,
    spent       bigint      NOT NULL,
    limits      bigint      NOT NULL,
    previous    uuid        NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- An envelope was frozen, or unfrozen, by hand; the last of an envelope counts. `epoch` is that of the guards, which says
-- what came after what.
CREATE TABLE envelope_freezes (
    org_id    uuid        NOT NULL,
    id        uuid        NOT NULL,
    envelope  text        NOT NULL,
    kind      text        NOT NULL CHECK (kind IN ('freeze', 'unfreeze')),
    reason    text        NOT NULL,
    author    text        NOT NULL,
    made_at   timestamptz NOT NULL,
    epoch     bigint      NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX envelope_freezes_by_envelope ON envelope_freezes (org_id, envelope, epoch);

CREATE TABLE suspensions (
    org_id        uuid        NOT NULL,
    id            uuid        NOT NULL,
    subject_type  text        NOT NULL CHECK (subject_type IN ('run', 'session', 'agent', 'user', 'workflow', 'key')),
    subject_id    text        NOT NULL,
    rule          text,
    balance_id    uuid,
    reason        text        NOT NULL,
    opened_at     timestamptz NOT NULL,
    opened_by     text        NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- A person was asked. What became of it are facts of their own.
CREATE TABLE approvals (
    org_id        uuid        NOT NULL,
    id            uuid        NOT NULL,
    scope         uuid        NOT NULL,
    envelope      text        NOT NULL,
    balance_id    uuid        NOT NULL,
    meter         text        NOT NULL,
    names         text[]      NOT NULL,
    "values"      text[]      NOT NULL,
    window_end    timestamptz,
    run_id        text,
    agent_id      text,
    user_id       text,
    key_id        uuid        NOT NULL,
    requested     bigint      NOT NULL,
    model         text,
    tool          text,
    tags          jsonb       NOT NULL,
    reason        text        NOT NULL,
    requested_at  timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- What a decision set off and others must hear of.
CREATE TABLE events (
    org_id      uuid        NOT NULL,
    id          uuid        NOT NULL,
    kind        text        NOT NULL,
    envelope    text        NOT NULL,
    balance_id  uuid,
    made_at     timestamptz NOT NULL,
    data        jsonb       NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX events_by_envelope ON events (org_id, envelope, id);
CREATE INDEX events_by_kind ON events (org_id, kind, id);

-- Work lists ------------------------------------------------------------------------------------------------------

-- Events that nobody was told of yet.
CREATE TABLE outbox (
    org_id      uuid        NOT NULL,
    event_id    uuid        NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (org_id, event_id)
);

-- What is being asked, at most once for a scope: run (else agent, else nobody), envelope, key and window.
CREATE TABLE approval_gates (
    org_id       uuid NOT NULL,
    scope        uuid NOT NULL,
    approval_id  uuid NOT NULL,
    state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending')),
    PRIMARY KEY (org_id, scope)
);

-- Adjustments that will expire.
CREATE TABLE expiring_adjustments (
    org_id         uuid        NOT NULL,
    balance_id     uuid        NOT NULL,
    adjustment_id  uuid        NOT NULL,
    amount         bigint      NOT NULL,
    expires_at     timestamptz NOT NULL,
    PRIMARY KEY (org_id, balance_id, adjustment_id)
);
CREATE INDEX expiring_adjustments_by_time ON expiring_adjustments (expires_at);

-- The latest window that was opened for each key of an envelope with rollover.
CREATE TABLE credit_chains (
    org_id      uuid        NOT NULL,
    id          uuid        NOT NULL,
    envelope    text        NOT NULL,
    balance_id  uuid        NOT NULL,
    window_end  timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX credit_chains_by_end ON credit_chains (window_end);

-- Balances whose calls are downgraded.
CREATE TABLE downgraded_balances (
    org_id      uuid        NOT NULL,
    balance_id  uuid        NOT NULL,
    envelope    text        NOT NULL,
    tier        text        NOT NULL,
    reason      text        NOT NULL,
    since       timestamptz NOT NULL,
    window_end  timestamptz,
    PRIMARY KEY (org_id, balance_id)
);
CREATE INDEX downgraded_balances_by_end ON downgraded_balances (window_end);
CREATE INDEX downgraded_balances_by_envelope ON downgraded_balances (org_id, envelope, since);

GRANT SELECT ON ALL TABLES IN SCHEMA public TO purser_service;
GRANT INSERT ON adjustments, envelope_freezes, suspensions, approvals, events TO purser_service;
GRANT INSERT, UPDATE, DELETE ON outbox, approval_gates, expiring_adjustments, credit_chains, downgraded_balances TO purser_service;
