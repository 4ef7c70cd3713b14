-- Prices of long contexts, and who imported which price file.

-- NULL: none. Otherwise an array of objects: above_input_tokens, and in units of 1e-15 of the currency what the tier
-- states of input, output, cached_input, cache_write and reasoning.
ALTER TABLE prices ADD COLUMN tiers jsonb;

-- A fact: one row an import. checksum is the SHA-256 of the file, rate in units of 1e-9.
CREATE TABLE price_imports (
    org_id          uuid        NOT NULL,
    id              uuid        NOT NULL,
    checksum        text        NOT NULL,
    effective_from  timestamptz NOT NULL,
    rate            bigint      NOT NULL,
    imported        bigint      NOT NULL,
    unchanged       bigint      NOT NULL,
    skipped         bigint      NOT NULL,
    author          text        NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
);

GRANT SELECT, INSERT ON price_imports TO purser_service;
