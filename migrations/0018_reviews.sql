-- Reviews: what a week was like for money, written once each Friday.

-- Facts. `content` is the review as the interface shows it; `missed` counts the weeks before it that have none since nothing ran.
CREATE TABLE reviews (
    org_id      uuid         NOT NULL,
    id          uuid         NOT NULL,
    week_start  timestamptz  NOT NULL,
    week_end    timestamptz  NOT NULL CHECK (week_end > week_start),
    missed      bigint       NOT NULL CHECK (missed >= 0),
    summary     text         NOT NULL,
    content     jsonb        NOT NULL,
    made_at     timestamptz  NOT NULL,
    PRIMARY KEY (org_id, id)
);
-- A week has one.
CREATE UNIQUE INDEX reviews_by_week ON reviews (org_id, week_end);

-- Holds that nobody settled: a review counts them by time. Of other settlements it has no entry.
CREATE INDEX settlements_expired ON settlements (org_id, settled_at, reservation_id) WHERE kind = 'end' AND state = 'expired';

GRANT SELECT, INSERT ON reviews TO purser_service;
