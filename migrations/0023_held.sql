-- What an open hold holds, so that a report over many of them reads this one table.

-- cost: that of the hold. group_key: a hash of what reports tell holds apart by, made anew by each server; holds with the same one
-- have their tags but for run and session, their model and their tool in common. Null in rows of an older release.
ALTER TABLE open_reservations
    ADD COLUMN cost      bigint,
    ADD COLUMN group_key bigint;
