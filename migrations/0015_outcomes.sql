-- Outcomes: what workflows brought about, as told from outside.

-- Facts. `quality` is in thousandths, minutes are thousandths of a minute; the span says when it was brought about. `tags`
-- say whose it is: the workflow, and what the key that told it is bound to.
CREATE TABLE outcomes (
    org_id          uuid         NOT NULL,
    id              uuid         NOT NULL,
    workflow_name   text         NOT NULL,
    kind            text         NOT NULL,
    count           bigint       NOT NULL CHECK (count >= 0),
    value           bigint       CHECK (value >= 0),
    quality         bigint       CHECK (quality BETWEEN 0 AND 1000),
    human_minutes   bigint       NOT NULL CHECK (human_minutes >= 0),
    rework_minutes  bigint       NOT NULL CHECK (rework_minutes >= 0),
    run_ids         text[]       NOT NULL,
    began_at        timestamptz  NOT NULL,
    ended_at        timestamptz  NOT NULL CHECK (ended_at >= began_at),
    tags            jsonb        NOT NULL,
    recorded_at     timestamptz  NOT NULL,
    author          text         NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX outcomes_by_time ON outcomes (org_id, ended_at);

GRANT SELECT, INSERT ON outcomes TO purser_service;
