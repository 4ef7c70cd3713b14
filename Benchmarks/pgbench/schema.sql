-- The same work as one ordinary transaction per reserve: four balances, one of them shared by all, and the hold.
DROP TABLE IF EXISTS plain_holds, plain_balances;
CREATE TABLE plain_balances (
    id            int    PRIMARY KEY,
    limit_amount  bigint NOT NULL,
    held          bigint NOT NULL DEFAULT 0,
    spent         bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE TABLE plain_holds (
    id         uuid        PRIMARY KEY,
    opened_at  timestamptz NOT NULL,
    tags       jsonb       NOT NULL,
    balances   int[]       NOT NULL,
    amount     bigint      NOT NULL
);
-- 1: shared by all; 100…: 16 teams; 200…: 64 agents; 300…: 256 users.
INSERT INTO plain_balances (id, limit_amount)
SELECT id, 1000000000000000000
FROM (SELECT 1 AS id UNION ALL SELECT generate_series(100, 115) UNION ALL SELECT generate_series(200, 263)
      UNION ALL SELECT generate_series(300, 555)) AS ids;
VACUUM ANALYZE plain_balances;
