"""Reports: what they add up to, who may read them, and what they refuse."""

import pytest

import jobs
from organisation import model_call, usage

ROUTES = ["spend", "trends", "agents", "tag-coverage", "tag-coverage/keys", "envelopes"]
POLICY = {
    "tags": {"required": ["team_id", "cost_center"]},
    "envelopes": [
        {"name": "red", "match": {"team_id": "red"}, "meter": "cost", "limit": "100", "window": {"every": "month"}},
        {"name": "all", "per": ["agent_id"], "meter": "model_calls", "limit": 1000},
    ],
}


def roll_up(organisation):
    answer = jobs.run(organisation.installation, "roll-up")
    assert answer["last_state"] == "ok", answer


@pytest.fixture
def spent(own):
    own.apply({"envelopes": POLICY["envelopes"]})
    for team, agent, model, cost in [
        ("red", "a", "old", "1"), ("red", "a", "new", "2"), ("blue", "b", "old", "4"), (None, "c", "old", "8"),
    ]:
        tags = {"agent_id": agent, "workflow_name": "triage", "run_id": f"run {agent}"} | ({"team_id": team} if team else {})
        own.admin.charge(usage(tags=tags, model=model, cost=cost)).expect(201)
    roll_up(own)
    return own


def report(organisation, name="spend", **query):
    return organisation.admin.get(f"/v1/reports/{name}", query=query).expect(200)


def costs(answer, *names):
    return {tuple(row["group"][name] for name in names): row["cost"] for row in answer["data"]}


def test_groups_and_totals(spent):
    answer = report(spent)
    assert costs(answer, "team_id") == {("red",): "3", ("blue",): "4", (None,): "8"}
    assert [row["cost"] for row in answer["data"]] == ["8", "4", "3"], "the dearest first"
    assert (answer["totals"]["cost"], answer["totals"]["calls"], answer["totals"]["previous_cost"]) == ("15", 4, "0")
    assert answer["pending_settlements"] == 0 and answer["next"] is None and answer["interval"] == "none"
    assert costs(report(spent, group_by="model,agent_id"), "model", "agent_id") == {
        ("old", "c"): "8", ("old", "b"): "4", ("new", "a"): "2", ("old", "a"): "1",
    }
    assert costs(report(spent, group_by="envelope"), "envelope") == {("all",): "15", ("red",): "3"}
    assert [row["cost"] for row in report(spent, group_by="")["data"]] == ["15"]


def test_filters(spent):
    assert costs(report(spent, team_id="red"), "team_id") == {("red",): "3"}
    assert costs(report(spent, team_id=""), "team_id") == {(None,): "8"}
    assert report(spent, model="new")["totals"]["cost"] == "2"
    assert report(spent, envelope="red", group_by="model")["totals"]["cost"] == "3"
    assert report(spent, team_id="nobody")["data"] == []


def test_links_lead_to_the_calls(spent):
    (row,) = report(spent, team_id="red", group_by="agent_id")["data"]
    assert row["links"]["reservations"] == "/v1/reservations?agent_id=a&team_id=red" and row["links"]["runs"] is None
    (row,) = [row for row in report(spent, group_by="agent_id")["data"] if row["group"]["agent_id"] == "b"]
    assert row["links"]["runs"].startswith("/v1/runs?agent_id=b&from=")
    held = spent.admin.reserve(model_call(tags={"team_id": "red", "agent_id": "a"})).expect(201)
    found = spent.admin.get("/v1/reservations", query={"agent_id": "a", "team_id": "red"}).expect(200)["data"]
    assert [call["id"] for call in found] == [held["id"]]
    # A list cannot be asked for calls of a model, or without a tag.
    assert {row["links"]["reservations"] for row in report(spent, group_by="model")["data"]} == {None}
    assert report(spent, team_id="")["data"][0]["links"] == {"reservations": None, "runs": None}


def test_pages(spent):
    whole = report(spent, group_by="agent_id,model")["data"]
    after, rows = None, []
    while True:
        answer = report(spent, group_by="agent_id,model", limit=1, **({"after": after} if after else {}))
        rows += answer["data"]
        assert answer["totals"]["cost"] == "15"
        after = answer["next"]
        if not after:
            break
    assert rows == whole and len(rows) == 4


def test_intervals(spent):
    answer = report(spent, interval="day", group_by="")
    (row,) = [row for row in answer["data"] if row["calls"]]
    assert row["cost"] == "15" and row["start"] < row["end"]
    report(spent, interval="week", time_zone="America/New_York")


def test_trends_agents_coverage_envelopes(spent):
    trends = report(spent, "trends", group_by="team_id")
    assert [(row["group"]["team_id"], row["change"]) for row in trends["data"]] == [(None, "8"), ("blue", "4"), ("red", "3")]
    assert {model["model"]: model["state"] for model in trends["data"][2]["models"]} == {"old": "new", "new": "new"}
    agents = report(spent, "agents")["data"]
    assert [(row["agent_id"], row["runs"], row["cost_per_run"]) for row in agents] == [("c", 1, "8"), ("b", 1, "4"), ("a", 1, "3")]
    assert agents[0]["workflow_name"] == "triage" and agents[0]["median_day_cost"] is None
    spent.apply(POLICY)
    coverage = report(spent, "tag-coverage")
    assert [(row["tags"], row["calls"], row["covered_calls"], row["cost_percent"]) for row in coverage["data"]] == [
        (["team_id"], 4, 3, 46.66), (["cost_center"], 4, 0, 0),
    ]
    assert coverage["data"][0]["worst"] == [{"workflow_name": "triage", "agent_id": "c", "calls": 1, "cost": "8"}]
    red, everybody = report(spent, "envelopes")["data"]
    assert (red["envelope"], red["spent"], red["limit"], red["balances"]) == ("red", "3", "100", 1)
    assert (everybody["spent"], everybody["balances"], everybody["forecast"]) == (4, 3, None)
    (only,) = report(spent, "envelopes", envelope="red")["data"]
    assert (only["envelope"], only["spent"], len(only["fullest"])) == ("red", "3", 1)


def test_coverage_by_key_is_of_what_was_sent(spent):
    spent.apply(POLICY)
    tagged = spent.make_key("gateway", name="tagged", tags={"team_id": "red", "cost_center": "cc"})
    spent.admin.with_key(tagged["key"]).charge(usage(tags={"agent_id": "d"}, model="old", cost="16")).expect(201)
    roll_up(spent)
    shared, good = report(spent, "tag-coverage/keys")["data"]
    assert (good["name"], good["role"], good["calls"], good["covered_calls"], good["lacking"]) == ("tagged", "gateway", 1, 1, [])
    assert (shared["calls"], shared["covered_calls"], shared["cost"], shared["covered_cost"]) == (4, 0, "15", "0")
    assert shared["lacking"] == [{"tags": ["cost_center"], "calls": 4, "cost": "15"}, {"tags": ["team_id"], "calls": 1, "cost": "8"}]
    calls = {"match": {"cost_center": None}, "from": "2000-01-01T00:00:00Z", "set": {"team_id": "x", "cost_center": "x"}, "reason": "r"}
    assert spent.admin.post("/v1/corrections", calls, headers={"Idempotency-Key": "k"}).status in (201, 202)
    spent.eventually(lambda: report(spent, "tag-coverage")["whole"]["calls_percent"] == 100, "roll-up")
    assert report(spent, "tag-coverage/keys")["data"][0]["covered_calls"] == 0, "the key goes on sending such calls"
    red = spent.client("finance", tags={"team_id": "red"})
    assert [row["name"] for row in red.get("/v1/reports/tag-coverage/keys").expect(200)["data"]] == ["tagged"]


@pytest.mark.parametrize("name", ROUTES)
def test_who_may_read(spent, name):
    for role, status in [("gateway", 403), ("approver", 403), ("finance", 200), ("operator", 200)]:
        spent.client(role).get(f"/v1/reports/{name}").expect(status)


@pytest.mark.parametrize("name", ["spend", "trends", "agents"])
def test_a_bound_key_sees_its_own(spent, name):
    red = spent.client("finance", tags={"team_id": "red"})
    assert [row["cost"] for row in red.get(f"/v1/reports/{name}").expect(200)["data"]] == ["3"]
    for query in ({"team_id": "blue"}, {"team_id": ""}):
        assert red.get(f"/v1/reports/{name}", query=query).expect(200)["data"] == []


@pytest.mark.parametrize(
    "name, query, where",
    [
        ("spend", {"group_by": "run_id"}, "?group_by"),
        ("spend", {"group_by": "team_id,team_id"}, "?group_by"),
        ("spend", {"group_by": "a,b,c,d,e,f"}, "?group_by"),
        ("spend", {"interval": "year"}, "?interval"),
        ("spend", {"time_zone": "Mars/Base"}, "?time_zone"),
        ("spend", {"time_zone": "Asia/Kolkata", "interval": "day", "from": "2026-11-01T00:00:00Z"}, "?time_zone"),
        ("spend", {"from": "2026-11-01T00:30:00Z"}, "?from"),
        ("spend", {"from": "2026-02-30"}, "?from"),
        ("spend", {"from": "2026-11-01", "to": "2026-11-02T00:30:00Z"}, "?to"),
        ("spend", {"from": "2026-11-02", "to": "2026-11-01"}, "?from"),
        ("spend", {"from": "2020-01-01", "to": "2026-11-01"}, "?from"),
        ("spend", {"from": "2026-01-01", "to": "2026-06-01", "interval": "hour"}, "?interval"),
        ("spend", {"envelope": "nothing"}, "?envelope"),
        ("spend", {"run_id": "r"}, "?run_id"),
        ("spend", {"tier": "premium"}, "?tier"),
        ("spend", {"after": "1.2.3"}, "?after"),
        ("spend", {"after": "0.3600.0.5d7c0a31-9be2-4f6c-a8f0-13c2e94b7d05", "from": "2026-11-01"}, "?after"),
        ("trends", {"group_by": "envelope"}, "?group_by"),
        ("agents", {"model": "old"}, "?model"),
        ("agents", {"group_by": "team_id"}, "?group_by"),
        ("envelopes", {"envelope": "nothing"}, "?envelope"),
        ("envelopes", {"team_id": "red"}, "?team_id"),
    ],
)
def test_refuses(spent, name, query, where):
    spent.admin.get(f"/v1/reports/{name}", query=query).expect_problem(422, "invalid-request", where)
