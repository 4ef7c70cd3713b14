-- The facts of a run, in whichever month they lie.

-- Eight bytes a key, however long the run's id is, and all facts of a run in one place, so that a new one touches a page
-- that is in memory. Of 100,000 holds these take 1.1 MB and a tenth more of the table's own WAL; with the ids in the index
-- it is 7.8 MB, over the texts 1.4 MB and half as much WAL again. A reader compares the tag itself as well.
CREATE INDEX reservations_by_run ON reservations (org_id, hashtextextended(tags ->> 'run_id', 0)) WHERE tags ->> 'run_id' IS NOT NULL;
CREATE INDEX refusals_by_run ON refusals (org_id, hashtextextended(tags ->> 'run_id', 0)) WHERE tags ->> 'run_id' IS NOT NULL;
-- Other settlements carry no tags: their holds do.
CREATE INDEX settlements_by_run ON settlements (org_id, hashtextextended(tags ->> 'run_id', 0))
    WHERE kind = 'direct' AND tags ->> 'run_id' IS NOT NULL;

-- What was sent is kept for a limited time. Deliveries are made in the order of time and removed in it, and no column of this
-- index changes.
CREATE INDEX deliveries_by_time ON deliveries (org_id, created_at);
GRANT DELETE ON delivery_attempts TO purser_service;
