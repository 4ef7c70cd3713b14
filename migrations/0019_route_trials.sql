-- Route trials: a workflow's calls go to a cheaper tier, and stay there only if its results stay as good.

-- Facts -----------------------------------------------------------------------------------------------------------

-- What was tried, by whom, and why. `epoch` is that of the guards, so that a replay begins it where it began.
CREATE TABLE route_trials (
    org_id         uuid         NOT NULL,
    id             uuid         NOT NULL,
    workflow_name  text         NOT NULL,
    tier           text         NOT NULL,
    reason         text         NOT NULL,
    author         text         NOT NULL,
    cycle_days     bigint       NOT NULL CHECK (cycle_days BETWEEN 1 AND 30),
    started_at     timestamptz  NOT NULL,
    epoch          bigint       NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- How a trial went on: what a cycle was like, or that a person ended it (cycle NULL). `state` is that of the trial from then on;
-- `epoch` is NULL where nothing changed for calls. `measured` has the numbers that were compared.
CREATE TABLE route_trial_verdicts (
    org_id    uuid         NOT NULL,
    id        uuid         NOT NULL,
    trial_id  uuid         NOT NULL,
    cycle     bigint       CHECK (cycle >= 1),
    finding   text         CHECK (finding IN ('flat', 'worse', 'too_few')),
    state     text         NOT NULL CHECK (state IN ('trying', 'kept', 'rolled_back', 'ended')),
    reason    text         NOT NULL,
    author    text         NOT NULL,
    measured  jsonb,
    made_at   timestamptz  NOT NULL,
    epoch     bigint,
    PRIMARY KEY (org_id, id)
);
-- A cycle is judged once.
CREATE UNIQUE INDEX route_trial_verdicts_by_cycle ON route_trial_verdicts (org_id, trial_id, cycle);
CREATE INDEX route_trial_verdicts_by_time ON route_trial_verdicts (org_id, made_at);

-- Work lists ------------------------------------------------------------------------------------------------------

-- The trials that calls are routed by, one a workflow. `cycles` is how many were judged; `look_at` is when the next one is over, NULL
-- where none is to come.
CREATE TABLE open_route_trials (
    org_id         uuid         NOT NULL,
    workflow_name  text         NOT NULL,
    trial_id       uuid         NOT NULL,
    state          text         NOT NULL CHECK (state IN ('trying', 'kept')),
    cycles         bigint       NOT NULL,
    look_at        timestamptz,
    PRIMARY KEY (org_id, workflow_name)
);

GRANT SELECT, INSERT ON route_trials, route_trial_verdicts TO purser_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON open_route_trials TO purser_service;
