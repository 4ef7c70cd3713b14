-- The ledger: organisations, what they configure, facts, projections and work lists.
-- org_id comes first in every key; ids, times and random values come in as parameters.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'purser_service') THEN
        CREATE ROLE purser_service NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another database of this cluster made it at the same moment
END $$;
GRANT purser_service TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO purser_service;

-- Configuration ---------------------------------------------------------------------------------------------------

-- org_id is a hash of the name, so that the primary key guards the name too.
CREATE TABLE orgs (
    org_id      uuid        NOT NULL PRIMARY KEY,
    name        text        NOT NULL,
    currency    text        NOT NULL,
    state       text        NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'closed')),
    created_at  timestamptz NOT NULL
);

-- Counts the changes of each part of an organisation's configuration. Every batch reads its row and reloads what moved.
CREATE TABLE org_epochs (
    org_id  uuid   NOT NULL PRIMARY KEY,
    policy  bigint NOT NULL DEFAULT 0,
    prices  bigint NOT NULL DEFAULT 0,
    keys    bigint NOT NULL DEFAULT 0,
    guards  bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE api_keys (
    org_id      uuid        NOT NULL,
    id          uuid        NOT NULL,
    digest      bytea       NOT NULL CHECK (octet_length(digest) = 32),
    role        text        NOT NULL CHECK (role IN ('gateway', 'finance', 'approver', 'operator', 'admin')),
    tags        jsonb       NOT NULL,
    agent_id    text,
    name        text,
    created_at  timestamptz NOT NULL,
    revoked_at  timestamptz,
    epoch       bigint      NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, digest)
);
CREATE INDEX api_keys_by_epoch ON api_keys (org_id, epoch);

CREATE TABLE policy_versions (
    org_id      uuid        NOT NULL,
    version     bigint      NOT NULL,
    source      text        NOT NULL,
    checksum    text        NOT NULL,
    author      text        NOT NULL,
    message     text        NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (org_id, version)
);

-- Prices per token in units of 1e-15 of the currency; NULL: as the price of the whole it is part of.
CREATE TABLE prices (
    org_id          uuid        NOT NULL,
    model           text        NOT NULL,
    effective_from  timestamptz NOT NULL,
    input           bigint      NOT NULL,
    output          bigint      NOT NULL,
    cached_input    bigint,
    cache_write     bigint,
    reasoning       bigint,
    epoch           bigint      NOT NULL,
    PRIMARY KEY (org_id, model, effective_from)
);
CREATE INDEX prices_by_epoch ON prices (org_id, epoch);

-- Facts -----------------------------------------------------------------------------------------------------------
-- Inserted once, never changed. Each carries, for every balance it touched and in the same order, what it changed and
-- the balance after it. `previous` names the fact that made the balance's version before (all zero: none).

CREATE TABLE reservations (
    org_id               uuid        NOT NULL,
    id                   uuid        NOT NULL,
    opened_at            timestamptz NOT NULL,
    expires_at           timestamptz NOT NULL,
    key_id               uuid        NOT NULL,
    policy_version       bigint      NOT NULL,
    decision             text        NOT NULL,
    reason               text,
    requested_model      text,
    model                text,
    tool                 text,
    tags                 jsonb       NOT NULL,
    input_tokens         bigint,
    output_tokens        bigint,
    cached_input_tokens  bigint,
    cache_write_tokens   bigint,
    reasoning_tokens     bigint,
    stated_cost          bigint,
    step                 bigint,
    state_hash           text,
    cost                 bigint      NOT NULL,
    tokens               bigint      NOT NULL,
    balances             uuid[]      NOT NULL,
    amounts              bigint[]    NOT NULL,
    versions             bigint[]    NOT NULL,
    held                 bigint[]    NOT NULL,
    spent                bigint[]    NOT NULL,
    limits               bigint[]    NOT NULL,
    previous             uuid[]      NOT NULL,
    PRIMARY KEY (org_id, id, opened_at)
) PARTITION BY RANGE (opened_at);

-- kind end: how a hold ended; late: the charge that came after a release or an expiry; direct: a charge without a hold.
CREATE TABLE settlements (
    org_id               uuid        NOT NULL,
    reservation_id       uuid        NOT NULL,
    kind                 text        NOT NULL CHECK (kind IN ('end', 'late', 'direct')),
    opened_at            timestamptz NOT NULL,
    settled_at           timestamptz NOT NULL,
    state                text        NOT NULL CHECK (state IN ('committed', 'released', 'expired')),
    key_id               uuid,
    policy_version       bigint      NOT NULL,
    fingerprint          uuid,
    model                text,
    tool                 text,
    tags                 jsonb,
    input_tokens         bigint,
    output_tokens        bigint,
    cached_input_tokens  bigint,
    cache_write_tokens   bigint,
    reasoning_tokens     bigint,
    stated_cost          bigint,
    usage_source         text,
    status               text,
    latency_ms           bigint,
    route_reason         text,
    state_hash           text,
    step                 bigint,
    reason               text,
    cost                 bigint      NOT NULL,
    tokens               bigint      NOT NULL,
    model_calls          bigint      NOT NULL,
    tool_calls           bigint      NOT NULL,
    balances             uuid[]      NOT NULL,
    held_changes         bigint[]    NOT NULL,
    charges              bigint[]    NOT NULL,
    versions             bigint[]    NOT NULL,
    held                 bigint[]    NOT NULL,
    spent                bigint[]    NOT NULL,
    limits               bigint[]    NOT NULL,
    previous             uuid[]      NOT NULL,
    PRIMARY KEY (org_id, reservation_id, kind, opened_at)
) PARTITION BY RANGE (opened_at);

CREATE TABLE refusals (
    org_id          uuid        NOT NULL,
    id              uuid        NOT NULL,
    refused_at      timestamptz NOT NULL,
    key_id          uuid        NOT NULL,
    policy_version  bigint      NOT NULL,
    problem         text        NOT NULL,
    model           text,
    tool            text,
    tags            jsonb       NOT NULL,
    cost            bigint      NOT NULL,
    tokens          bigint      NOT NULL,
    step            bigint,
    state_hash      text,
    verdicts        jsonb       NOT NULL,
    PRIMARY KEY (org_id, id, refused_at)
) PARTITION BY RANGE (refused_at);

-- One row a transaction of the write lane: which facts became visible together.
CREATE TABLE batches (
    org_id          uuid        NOT NULL,
    id              uuid        NOT NULL,
    committed_at    timestamptz NOT NULL,
    policy_version  bigint      NOT NULL,
    opened          uuid[]      NOT NULL,
    settled         uuid[]      NOT NULL,
    settled_kinds   text[]      NOT NULL,
    refused         uuid[]      NOT NULL,
    PRIMARY KEY (org_id, id, committed_at)
) PARTITION BY RANGE (committed_at);

-- Projections and work lists --------------------------------------------------------------------------------------

-- The state of every balance; held, spent, limit_amount, version, last_fact and changed_at are those of its last fact.
-- No index on what changes, and room in every page, so that updates stay heap-only.
CREATE TABLE balances (
    org_id        uuid        NOT NULL,
    id            uuid        NOT NULL,
    envelope      text        NOT NULL,
    meter         text        NOT NULL,
    rule          text        NOT NULL,
    names         text[]      NOT NULL,
    "values"      text[]      NOT NULL,
    window_start  timestamptz,
    window_end    timestamptz,
    limit_amount  bigint      NOT NULL,
    held          bigint      NOT NULL DEFAULT 0,
    spent         bigint      NOT NULL DEFAULT 0,
    version       bigint      NOT NULL DEFAULT 0,
    last_fact     uuid        NOT NULL,
    changed_at    timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
) WITH (fillfactor = 50);
CREATE INDEX balances_by_envelope ON balances (org_id, envelope, id);

-- The holds that have not ended, and until when they live.
CREATE TABLE open_reservations (
    org_id      uuid        NOT NULL,
    id          uuid        NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
) WITH (fillfactor = 90);
CREATE INDEX open_reservations_by_expiry ON open_reservations (expires_at);

-- Which fact an idempotency key made. `key` is a hash of route and key, `fingerprint` one of the decoded body.
CREATE TABLE idempotency_keys (
    org_id       uuid        NOT NULL,
    key          uuid        NOT NULL,
    fingerprint  uuid        NOT NULL,
    fact_id      uuid        NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (org_id, key)
);

-- Calls refused beyond those that got a row in `refusals`, per agent and minute.
CREATE TABLE refusal_counts (
    org_id    uuid        NOT NULL,
    agent_id  text        NOT NULL,
    minute    timestamptz NOT NULL,
    refused   bigint      NOT NULL,
    PRIMARY KEY (org_id, agent_id, minute)
) WITH (fillfactor = 50);

-- Installation-wide: the time of a server that runs with a test clock.
CREATE TABLE test_clock (
    id   int         NOT NULL PRIMARY KEY CHECK (id = 1),
    now  timestamptz NOT NULL
);

-- The service may read everything, and never change a fact -----------------------------------------------------------

GRANT SELECT ON ALL TABLES IN SCHEMA public TO purser_service;
GRANT INSERT ON reservations, settlements, refusals, batches, policy_versions, prices TO purser_service;
GRANT INSERT, UPDATE ON orgs, org_epochs, api_keys, test_clock TO purser_service;
GRANT INSERT, UPDATE, DELETE ON balances, open_reservations, idempotency_keys, refusal_counts TO purser_service;
