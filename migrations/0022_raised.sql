-- The epoch of the guards with which others knew what a batch suspended; null where it suspended nobody. A batch of another server
-- may have decided in between, and a replay needs to tell.
ALTER TABLE batches ADD COLUMN raised bigint;
