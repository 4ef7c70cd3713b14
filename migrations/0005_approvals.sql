-- Questions are answered: what people decided, and what they grant.

-- The most that an approver may grant to one run of an envelope in a window; NULL: any amount.
ALTER TABLE api_keys ADD COLUMN approve_up_to bigint CHECK (approve_up_to >= 0);

-- Of a balance of grants what those gave that have not ended.
ALTER TABLE balances ADD COLUMN granted bigint NOT NULL DEFAULT 0;

-- A question ends after a day, or with the window if that is sooner.
ALTER TABLE approvals ADD COLUMN window_start timestamptz, ADD COLUMN expires_at timestamptz;
UPDATE approvals SET expires_at = LEAST(requested_at + interval '24 hours', window_end);
ALTER TABLE approvals ALTER COLUMN expires_at SET NOT NULL;
CREATE INDEX approvals_by_run ON approvals (org_id, run_id, id);

-- kind grant: what an approval, which `source` names, gives to a run; its balance is that of the run's grants.
ALTER TABLE adjustments DROP CONSTRAINT adjustments_kind_check;
ALTER TABLE adjustments ADD CONSTRAINT adjustments_kind_check CHECK (kind IN ('adjustment', 'carry', 'expiry', 'grant'));

-- How a question ended: a fact, once.
CREATE TABLE approval_decisions (
    org_id         uuid        NOT NULL,
    approval_id    uuid        NOT NULL,
    scope          uuid        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('approved', 'rejected', 'expired')),
    amount         bigint,
    grant_ends_at  timestamptz,
    reason         text        NOT NULL,
    decided_at     timestamptz NOT NULL,
    decided_by     text        NOT NULL,
    key_id         uuid,
    PRIMARY KEY (org_id, approval_id)
);
CREATE INDEX approval_decisions_by_scope ON approval_decisions (org_id, scope);
CREATE INDEX approval_decisions_by_state ON approval_decisions (org_id, state, approval_id);

-- The approvals that a batch ended; `positions` goes on with theirs.
ALTER TABLE batches ADD COLUMN decided uuid[] NOT NULL DEFAULT '{}';

-- pending: somebody was asked; rejected: somebody said no. The row goes when it expires; NULL: never.
ALTER TABLE approval_gates DROP CONSTRAINT approval_gates_state_check;
ALTER TABLE approval_gates ADD CONSTRAINT approval_gates_state_check CHECK (state IN ('pending', 'rejected'));
ALTER TABLE approval_gates ADD COLUMN expires_at timestamptz, ADD COLUMN remind_at timestamptz;
UPDATE approval_gates g SET expires_at = a.expires_at FROM approvals a WHERE a.org_id = g.org_id AND a.id = g.approval_id;
CREATE INDEX approval_gates_by_expiry ON approval_gates (expires_at);
CREATE INDEX approval_gates_by_reminder ON approval_gates (remind_at) WHERE remind_at IS NOT NULL;

GRANT SELECT ON approval_decisions TO purser_service;
GRANT INSERT ON approval_decisions TO purser_service;
