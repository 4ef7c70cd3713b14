-- What lifting a suspension leaves behind.

-- When a counter was set back: the ends of calls that were opened before tell it nothing.
ALTER TABLE breaker_counters ADD COLUMN reset_at timestamptz;

-- How many steps of a half-open lift have still to end; NULL where there is none, and for one of before: those not made yet.
ALTER TABLE breaker_counters ADD COLUMN probation_pending bigint;

-- Answers of tools, good and bad, since the counter began or was set back.
ALTER TABLE breaker_counters ADD COLUMN tool_answers bigint NOT NULL DEFAULT 0;

-- What a balance had spent when what its plan suspended was last lifted: a step that was exceeded then waits for more.
ALTER TABLE balances ADD COLUMN pardoned bigint NOT NULL DEFAULT 0;

-- The same as a fact, where a balance's plan opened the suspension.
ALTER TABLE suspension_lifts ADD COLUMN spent bigint;

-- Of a suspended session: whether anybody still calls. Refused calls and those that did not ask are few.
CREATE INDEX refusals_by_session ON refusals (org_id, hashtextextended(tags ->> 'session_id', 0)) WHERE tags ->> 'session_id' IS NOT NULL;
CREATE INDEX settlements_by_session ON settlements (org_id, hashtextextended(tags ->> 'session_id', 0))
    WHERE kind = 'direct' AND tags ->> 'session_id' IS NOT NULL;

-- The tags, but for run and session, that all calls of a run have in common. NULL: of a run from before this nothing is known, and
-- only who sees everything sees it.
ALTER TABLE run_usage ADD COLUMN common_tags jsonb;
