-- When a counter was set back: the ends of calls that were opened before tell it nothing.
ALTER TABLE breaker_counters ADD COLUMN reset_at timestamptz;

-- How many steps of a half-open lift have still to end; NULL where there is none, and for one of before: those not made yet.
ALTER TABLE breaker_counters ADD COLUMN probation_pending bigint;

-- Answers of tools, good and bad, since the counter began or was set back.
ALTER TABLE breaker_counters ADD COLUMN tool_answers bigint NOT NULL DEFAULT 0;
