\set team random(100, 115)
\set agent random(200, 263)
\set user random(300, 555)
BEGIN;
SELECT id, limit_amount - held - spent AS remaining FROM plain_balances WHERE id IN (1, :team, :agent, :user) ORDER BY id FOR UPDATE;
UPDATE plain_balances SET held = held + 9500000 WHERE id IN (1, :team, :agent, :user) AND held + spent + 9500000 <= limit_amount;
INSERT INTO plain_holds (id, opened_at, tags, balances, amount) VALUES (gen_random_uuid(), now(), '{"team_id":"team-1","cost_center":"cc-42","workflow_name":"bench","environment":"production","intent":"production","agent_id":"agent-1","run_id":"run-9f2","user_id":"user-1"}', ARRAY[1, :team, :agent, :user], 9500000);
COMMIT;
