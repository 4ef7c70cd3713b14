-- Webhooks: who is told of events over HTTP, what was sent, and what became of it.

-- Configuration ---------------------------------------------------------------------------------------------------

-- The secrets sign messages, so they are kept as they are. A deleted webhook stays for the history of its deliveries.
CREATE TABLE webhooks (
    org_id           uuid        NOT NULL,
    id               uuid        NOT NULL,
    name             text,
    url              text        NOT NULL,
    kind             text        NOT NULL CHECK (kind IN ('standard', 'slack', 'pagerduty')),
    events           text[]      NOT NULL,
    routing_key      text,
    secret           bytea       NOT NULL,
    previous_secret  bytea,
    previous_until   timestamptz,
    state            text        NOT NULL CHECK (state IN ('active', 'disabled')),
    reason           text,
    created_at       timestamptz NOT NULL,
    created_by       text        NOT NULL,
    changed_at       timestamptz NOT NULL,
    deleted_at       timestamptz,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX webhooks_by_name ON webhooks (org_id, name) WHERE deleted_at IS NULL;

-- Facts -----------------------------------------------------------------------------------------------------------

-- One request to an endpoint. `stamp` is the time in its signature, in seconds since 1970 by the clock of the world;
-- `made_at` is the ledger's. Without a status there was no answer, and `error` says why.
CREATE TABLE delivery_attempts (
    org_id       uuid        NOT NULL,
    delivery_id  uuid        NOT NULL,
    number       bigint      NOT NULL,
    made_at      timestamptz NOT NULL,
    stamp        bigint      NOT NULL,
    signature    text        NOT NULL,
    url          text        NOT NULL,
    status       bigint,
    latency_ms   bigint      NOT NULL,
    answer       text,
    error        text,
    PRIMARY KEY (org_id, delivery_id, number)
);

-- Work lists ------------------------------------------------------------------------------------------------------

-- One event for one webhook; the id is a hash of both, so that it is made once for ever. `number` counts the deliveries of
-- the webhook as they were made, `position` is the place in its queue, which a replay changes. `failures` counts since the
-- delivery was put into the queue, `attempts` all requests.
CREATE TABLE deliveries (
    org_id           uuid        NOT NULL,
    id               uuid        NOT NULL,
    webhook_id       uuid        NOT NULL,
    event_id         uuid        NOT NULL,
    kind             text        NOT NULL,
    number           bigint      NOT NULL,
    position         bigint      NOT NULL,
    state            text        NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts         bigint      NOT NULL,
    failures         bigint      NOT NULL,
    body             text        NOT NULL,
    created_at       timestamptz NOT NULL,
    next_attempt_at  timestamptz NOT NULL,
    finished_at      timestamptz,
    last_status      bigint,
    last_error       text,
    PRIMARY KEY (org_id, id)
) WITH (fillfactor = 80);
CREATE INDEX deliveries_by_webhook ON deliveries (org_id, webhook_id, number);
CREATE INDEX deliveries_pending ON deliveries (org_id, webhook_id, position) WHERE state = 'pending';

-- The queue of each webhook. `next_attempt_at` is when its head is due by the ledger's clock (NULL: nothing waits); the
-- claim says which replica sends, until when by the database's own clock.
CREATE TABLE webhook_queues (
    org_id           uuid        NOT NULL,
    webhook_id       uuid        NOT NULL,
    last_position    bigint      NOT NULL,
    next_attempt_at  timestamptz,
    claimed_by       uuid,
    claimed_until    timestamptz,
    PRIMARY KEY (org_id, webhook_id)
) WITH (fillfactor = 50);
CREATE INDEX webhook_queues_by_time ON webhook_queues (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- Up to which position of its feed an organisation's events have been given to its webhooks.
CREATE TABLE delivery_cursors (
    org_id    uuid    NOT NULL,
    position  bigint  NOT NULL,
    PRIMARY KEY (org_id)
) WITH (fillfactor = 50);

GRANT SELECT ON ALL TABLES IN SCHEMA public TO purser_service;
GRANT INSERT ON delivery_attempts TO purser_service;
GRANT INSERT, UPDATE ON webhooks TO purser_service;
GRANT INSERT, UPDATE, DELETE ON deliveries, webhook_queues, delivery_cursors TO purser_service;
