-- Suspensions that people open and lift, and the holds that they cover.

-- Which change of the guards a batch had seen when it decided, so that a replay lifts a suspension where it was lifted.
ALTER TABLE batches ADD COLUMN guards bigint NOT NULL DEFAULT 0;

-- Facts -----------------------------------------------------------------------------------------------------------

CREATE INDEX suspensions_by_subject ON suspensions (org_id, subject_type, subject_id, id);

-- The end of a suspension. `epoch` is that of the guards. `allow_steps`: so many steps on trial; null: as before the trip.
CREATE TABLE suspension_lifts (
    org_id         uuid        NOT NULL,
    suspension_id  uuid        NOT NULL,
    reason         text        NOT NULL,
    author         text        NOT NULL,
    lifted_at      timestamptz NOT NULL,
    allow_steps    bigint,
    epoch          bigint      NOT NULL,
    PRIMARY KEY (org_id, suspension_id)
);
CREATE INDEX suspension_lifts_by_epoch ON suspension_lifts (org_id, epoch);

-- Work lists ------------------------------------------------------------------------------------------------------

-- Suspensions that stop calls. A subject has more than one where two rules caught it at the same moment; they are lifted
-- together. `epoch` is that of the guards, so that who knows what was open at one epoch reads only what came after it.
CREATE TABLE open_suspensions (
    org_id         uuid   NOT NULL,
    suspension_id  uuid   NOT NULL,
    subject_type   text   NOT NULL,
    subject_id     text   NOT NULL,
    epoch          bigint NOT NULL,
    PRIMARY KEY (org_id, suspension_id)
);
CREATE INDEX open_suspensions_by_epoch ON open_suspensions (org_id, epoch);
CREATE INDEX open_suspensions_by_subject ON open_suspensions (org_id, subject_type, subject_id);

INSERT INTO open_suspensions (org_id, suspension_id, subject_type, subject_id, epoch)
SELECT s.org_id, s.id, s.subject_type, s.subject_id, 0 FROM suspensions s;

-- How far the open holds of a suspension's subject are released. `look_at` is when they are looked for next, by the
-- database's own clock; null: none can be left. `began_at` is the first look, `horizon` bounds the transactions that were
-- under way then. `holds` were found so far, `released` of them were released for the suspension.
CREATE TABLE suspension_sweeps (
    org_id         uuid        NOT NULL,
    suspension_id  uuid        NOT NULL,
    subject_type   text        NOT NULL,
    subject_id     text        NOT NULL,
    opened_at      timestamptz NOT NULL,
    look_at        timestamptz,
    began_at       timestamptz,
    horizon        bigint,
    holds          uuid[]      NOT NULL DEFAULT '{}',
    released       bigint      NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, suspension_id)
) WITH (fillfactor = 70);
CREATE INDEX suspension_sweeps_by_time ON suspension_sweeps (look_at) WHERE look_at IS NOT NULL;

GRANT SELECT ON suspension_lifts, open_suspensions, suspension_sweeps TO purser_service;
GRANT INSERT ON suspension_lifts TO purser_service;
GRANT INSERT, DELETE ON open_suspensions TO purser_service;
GRANT INSERT, UPDATE ON suspension_sweeps TO purser_service;
