-- The feed: every event of an organisation under a number, and what an alert tells beside its event.

-- How far the feed of an organisation goes; 0: nothing was told yet. Whoever numbers events locks this row.
CREATE TABLE feeds (
    org_id         uuid    NOT NULL,
    last_position  bigint  NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id)
) WITH (fillfactor = 50);

-- Facts -----------------------------------------------------------------------------------------------------------

-- The events in the order in which they are told, 1, 2, 3 … without a gap.
CREATE TABLE feed_entries (
    org_id    uuid    NOT NULL,
    position  bigint  NOT NULL,
    event_id  uuid    NOT NULL,
    PRIMARY KEY (org_id, position)
);

-- What an alert tells beside its event: how fast it goes, how long it lasts, who spends. Measured once.
CREATE TABLE alert_details (
    org_id    uuid         NOT NULL,
    event_id  uuid         NOT NULL,
    made_at   timestamptz  NOT NULL,
    data      jsonb        NOT NULL,
    PRIMARY KEY (org_id, event_id)
);

-- Who has seen an alert first.
CREATE TABLE alert_acknowledgements (
    org_id    uuid         NOT NULL,
    event_id  uuid         NOT NULL,
    made_at   timestamptz  NOT NULL,
    author    text         NOT NULL,
    note      text,
    PRIMARY KEY (org_id, event_id)
);

-- What an alert told of is over; `cleared_by` is the event that says so.
CREATE TABLE alert_clearances (
    org_id      uuid         NOT NULL,
    event_id    uuid         NOT NULL,
    made_at     timestamptz  NOT NULL,
    cleared_by  uuid         NOT NULL,
    PRIMARY KEY (org_id, event_id)
);

-- Work lists ------------------------------------------------------------------------------------------------------

-- Alerts whose details are not measured yet.
CREATE TABLE alert_queue (
    org_id     uuid         NOT NULL,
    event_id   uuid         NOT NULL,
    queued_at  timestamptz  NOT NULL,
    PRIMARY KEY (org_id, event_id)
);
CREATE INDEX alert_queue_by_time ON alert_queue (queued_at);

-- Alerts of balances that are still where the alert said. `step` in per cent of the limit; `policy_epoch`: the policy that
-- was looked at last.
CREATE TABLE open_alerts (
    org_id        uuid         NOT NULL,
    event_id      uuid         NOT NULL,
    balance_id    uuid         NOT NULL,
    step          bigint       NOT NULL,
    limit_amount  bigint       NOT NULL,
    window_end    timestamptz,
    policy_epoch  bigint       NOT NULL,
    PRIMARY KEY (org_id, event_id)
);
CREATE INDEX open_alerts_by_end ON open_alerts (window_end);

GRANT SELECT ON ALL TABLES IN SCHEMA public TO purser_service;
GRANT INSERT ON feed_entries, alert_details, alert_acknowledgements, alert_clearances TO purser_service;
GRANT INSERT, UPDATE, DELETE ON feeds, alert_queue, open_alerts TO purser_service;
