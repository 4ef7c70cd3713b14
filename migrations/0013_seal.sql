-- The seal: a chain of digests over everything that an organisation's ledger wrote, so that a row which was changed, taken
-- away or added later is found.

-- Facts -----------------------------------------------------------------------------------------------------------

-- One entry of the chain, 1, 2, 3 … without a gap. source 'batches': a batch with all facts that it wrote; otherwise the
-- table of the one fact, which `key` names. made_at finds a batch's partition. `marks` are the first 8 bytes of the digest of
-- each fact, in order, so that a wrong one can be named; digest is that of the entry, chain that of all up to here.
CREATE TABLE seals (
    org_id     uuid         NOT NULL,
    position   bigint       NOT NULL,
    source     text         NOT NULL,
    key        uuid         NOT NULL,
    made_at    timestamptz,
    facts      bigint       NOT NULL,
    marks      bytea        NOT NULL,
    digest     bytea        NOT NULL CHECK (octet_length(digest) = 32),
    chain      bytea        NOT NULL CHECK (octet_length(chain) = 32),
    sealed_at  timestamptz  NOT NULL,
    PRIMARY KEY (org_id, position)
);
-- Nothing is sealed twice.
CREATE UNIQUE INDEX seals_by_key ON seals (org_id, source, key);
CREATE INDEX seals_by_time ON seals (org_id, sealed_at, position);

-- Work lists ------------------------------------------------------------------------------------------------------

-- Batches that are in no seal yet. Whoever seals one deletes the row in the same transaction.
CREATE TABLE unsealed_batches (
    org_id        uuid         NOT NULL,
    batch_id      uuid         NOT NULL,
    committed_at  timestamptz  NOT NULL,
    facts         bigint       NOT NULL,
    PRIMARY KEY (org_id, batch_id)
);

-- What was written before this release is sealed first.
INSERT INTO unsealed_batches (org_id, batch_id, committed_at, facts)
SELECT b.org_id, b.id, b.committed_at,
       1 + cardinality(b.opened) + cardinality(b.settled) + cardinality(b.refused) + cardinality(b.adjusted) + cardinality(b.decided)
FROM batches b;

-- The end of each chain; whoever seals locks this row. `prices` and `feed` are the epoch of the prices and the position of
-- the feed up to which all is sealed; `looked_at` is when the tables in `sources` were looked through last.
CREATE TABLE seal_heads (
    org_id     uuid         NOT NULL,
    position   bigint       NOT NULL DEFAULT 0,
    chain      bytea        NOT NULL,
    sealed_at  timestamptz  NOT NULL,
    prices     bigint       NOT NULL DEFAULT 0,
    feed       bigint       NOT NULL DEFAULT 0,
    looked_at  timestamptz,
    sources    text[]       NOT NULL,
    PRIMARY KEY (org_id)
) WITH (fillfactor = 50);

GRANT SELECT ON seals, unsealed_batches, seal_heads TO purser_service;
GRANT INSERT ON seals TO purser_service;
GRANT INSERT, UPDATE, DELETE ON unsealed_batches, seal_heads TO purser_service;
