-- Who is signed in at the dashboard.

-- Work list. `digest` is the SHA-256 of the cookie's token, which is kept nowhere. A session ends at `expires_at` at the latest, and
-- earlier when nothing was asked for since `seen_at` for long; a revoked key ends it at once.
CREATE TABLE dashboard_sessions (
    org_id      uuid        NOT NULL,
    digest      bytea       NOT NULL CHECK (octet_length(digest) = 32),
    key_id      uuid        NOT NULL,
    opened_at   timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (org_id, digest)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON dashboard_sessions TO purser_service;
