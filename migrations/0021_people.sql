-- People who signed in at an identity provider.

-- What it said of him then, for a session of a person: `key_id` is his id, made from issuer and subject. All null for a key's session.
ALTER TABLE dashboard_sessions
    ADD COLUMN person_name          text,
    ADD COLUMN person_identities    text[],
    ADD COLUMN person_role          text,
    ADD COLUMN person_tags          jsonb,
    ADD COLUMN person_approve_up_to bigint,
    ADD CONSTRAINT dashboard_sessions_person CHECK (num_nonnulls(person_name, person_identities, person_role, person_tags) IN (0, 4));
