"""Runs: what they tell step by step, to whom, and how they are paged."""


import pytest

from organisation import model_call

POLICY = {
    "envelopes": [
        {
            "name": "run-cost", "per": ["run_id"], "meter": "cost", "limit": "10", "window": {"every": "run"},
            "plan": [{"at": 100, "do": "refuse"}, {"at": 150, "do": "suspend"}],
        }
    ]
}
RUN = "run/1 ä?"
PATH = "/v1/runs/run%2F1%20%C3%A4%3F"


def call(cost, run=RUN, step=1, **tags):
    tags = {"run_id": run, "agent_id": "a", "step_name": "draft"} | tags
    return model_call(tags=tags, estimate={"cost": cost}) | {"step": step, "state_hash": f"s{step}"}


@pytest.fixture
def run(own):
    """Two steps, a refused one, and one whose end stopped the run."""
    own.apply(POLICY)
    first = own.admin.reserve(call("2")).expect(201)
    body = {"cost": "1.5", "usage": {"input_tokens": 7, "output_tokens": 3}, "status": "ok", "latency_ms": 12, "state_hash": "after"}
    own.admin.post(f"/v1/reservations/{first['id']}/commit", body).expect(200)
    own.admin.reserve(call("9", step=2)).expect_problem(402, "envelope-exhausted")
    last = own.admin.reserve(call("1", step=3)).expect(201)
    own.admin.post(f"/v1/reservations/{last['id']}/commit", {"cost": "15"}).expect(200)
    own.admin.reserve(call("1", step=4)).expect_problem(403, "suspended")
    return own


def test_every_step(run):
    found = run.admin.get(PATH).expect(200)
    assert (found["run_id"], found["state"], found["cost"], found["tokens"]) == (RUN, "suspended", "16.5", 10)
    steps = found["steps"]
    assert [step["state"] for step in steps] == ["committed", "refused", "committed", "refused"]
    assert [step["step"] for step in steps] == [1, 2, 3, 4] == [step["number"] for step in steps]
    assert [step["totals"]["cost"] for step in steps] == ["1.5", "1.5", "16.5", "16.5"]
    assert (steps[0]["latency_ms"], steps[0]["status"], steps[0]["state_hash"], steps[0]["result_state_hash"]) == (12, "ok", "s1", "after")
    assert {step["step_name"] for step in steps} == {"draft"}
    (verdict,) = steps[1]["verdicts"]
    assert (verdict["kind"], verdict["name"], verdict["action"], verdict["key"]) == ("envelope", "run-cost", "refuse", {"run_id": RUN})
    assert (verdict["limit"], verdict["held"], verdict["spent"], verdict["requested"]) == ("10", "0", "1.5", "9")
    (suspension,) = found["suspensions"]
    assert suspension["open"] and suspension["rule"] == "run-cost" and suspension["subject"] == {"type": "run", "id": RUN}
    assert {"kind": "suspension", "name": suspension["id"]} in steps[3]["verdicts"]
    assert found["refused"] == {"recorded": 2, "by_problem": {"envelope-exhausted": 1, "suspended": 1}, "unrecorded_of_agents": 0}
    assert (found["admitted"], found["open_holds"], found["next"]) == (2, 0, None)


def test_pages(run):
    whole = run.admin.get(PATH).expect(200)
    steps, after = [], {}
    while True:
        page = run.admin.get(PATH, query={"limit": 1} | after).expect(200)
        assert page["cost"] == whole["cost"]
        steps += page["steps"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert steps == whole["steps"]


@pytest.mark.parametrize("role", ["gateway", "finance", "approver", "operator"])
def test_bound_keys_see_their_calls(run, role):
    run.admin.reserve(call("0.5", "shared", team_id="red")).expect(201)
    run.admin.reserve(call("0.25", "shared", team_id="blue")).expect(201)
    blue = run.client(role, tags={"team_id": "blue"})
    assert [step["held"]["cost"] for step in blue.get("/v1/runs/shared").expect(200)["steps"]] == ["0.25"]
    blue.get(PATH).expect_problem(404, "not-found")
    assert run.caller(role).get("/v1/runs/shared").expect(200)["admitted"] == 2


def test_a_charge_and_a_hold_that_is_open(own):
    own.apply(POLICY)
    own.admin.reserve(call("2", "r")).expect(201)
    own.admin.charge({"tags": {"run_id": "r", "agent_id": "a"}, "model": "test-small", "cost": "0.5"}).expect(201)
    found = own.admin.get("/v1/runs/r").expect(200)
    assert [(step["kind"], step["state"]) for step in found["steps"]] == [("reservation", "held"), ("charge", "charged")]
    assert (found["state"], found["open_holds"], found["held"]["cost"], found["cost"]) == ("open", 1, "2", "0.5")


@pytest.mark.parametrize("segment", ["unknown", "%ff", "%2", "%00", "a%00b", "x" * 257, "%F0%9F%98%80"])
def test_no_such_run(run, segment):
    run.admin.get(f"/v1/runs/{segment}").expect_problem(404, "not-found")


@pytest.mark.parametrize(
    ("query", "pointer"), [({"limit": 0}, "?limit"), ({"limit": 201}, "?limit"), ({"after": "x"}, "?after"), ({"state": "open"}, "?state")]
)
def test_bad_queries(run, query, pointer):
    run.admin.get(PATH, query=query).expect_problem(422, "invalid-request", pointer)


def test_bound_keys_see_their_suspensions(run):
    """Who is bound to a team does not hear of an agent that others use too, nor of others' refused calls."""
    run.admin.reserve(call("0.5", "shared", team_id="red")).expect(201)
    run.admin.post("/v1/suspensions", {"subject": {"type": "agent", "id": "a"}, "reason": "it loops"}).expect(201)
    red = run.client("operator", tags={"team_id": "red"}).get("/v1/runs/shared").expect(200)
    assert red["suspensions"] == [] and red["refused"]["unrecorded_of_agents"] is None
    run.client("operator", tags={"agent_id": "a"}).get("/v1/runs/shared").expect_problem(403, "suspended")


# The list


@pytest.fixture
def runs(own):
    """Three runs, the second the dearest; one of two teams. Rolled up."""
    own.apply({"envelopes": [{"name": "all", "meter": "cost", "limit": "1000"}]})
    for run, cost, team, agent in [("r1", "1", "red", "a"), ("r2", "3", "red", "b"), ("r3", "2", "red", "a"), ("r3", "0.5", "blue", "a")]:
        own.admin.charge({"tags": {"run_id": run, "agent_id": agent, "team_id": team}, "model": "test-small", "cost": cost}).expect(201)
    own.eventually(lambda: sum(float(run["cost"]) for run in own.admin.get("/v1/runs").expect(200)["data"]) == 6.5, "roll-up")
    return own


def ids(client, **query):
    return [run["run_id"] for run in client.get("/v1/runs", query=query).expect(200)["data"]]


def test_lists_runs(runs):
    assert ids(runs.admin) == ["r3", "r2", "r1"]
    assert ids(runs.admin, sort="cost") == ["r2", "r3", "r1"]
    assert ids(runs.admin, agent_id="a") == ["r3", "r1"]
    assert ids(runs.admin, model="test-small", sort="recent") == ["r3", "r2", "r1"]
    assert ids(runs.admin, workflow_name="none") == [] == ids(runs.admin, user_id="u") == ids(runs.admin, model="gpt-9")
    newest = runs.admin.get("/v1/runs").expect(200)["data"][0]
    assert (newest["cost"], newest["model_calls"], newest["model"]) == ("2.5", 2, "test-small")
    assert newest["tags"] == {"agent_id": "a", "team_id": "red"}
    middle = runs.admin.get("/v1/runs/r2").expect(200)["first_at"]
    assert "r1" not in ids(runs.admin, **{"from": middle}) and "r3" not in ids(runs.admin, to=middle)


def test_pages_of_runs(runs):
    for sort in ["recent", "cost"]:
        seen, after = [], {}
        while True:
            page = runs.admin.get("/v1/runs", query={"limit": 1, "sort": sort} | after).expect(200)
            seen += [run["run_id"] for run in page["data"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        assert seen == ids(runs.admin, sort=sort)


@pytest.mark.parametrize("role", ["gateway", "finance", "approver", "operator"])
def test_bound_keys_list_runs_that_are_wholly_theirs(runs, role):
    assert ids(runs.client(role, tags={"team_id": "red"})) == ["r2", "r1"], "of r3 another team has a part"
    assert ids(runs.client(role, tags={"team_id": "blue"})) == []
    assert ids(runs.client(role, tags={"agent_id": "a"})) == ["r3", "r1"]
    assert ids(runs.client(role, tags={"run_id": "r3"})) == ["r3"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 0}, "?limit"), ({"after": "x"}, "?after"), ({"sort": "dear"}, "?sort"), ({"from": "yesterday"}, "?from"), ({"to": "1"}, "?to"),
        ({"from": "2026-11-21T10:00:00Z", "to": "2026-11-21T10:00:00Z"}, "?to"), ({"team_id": "x"}, "?team_id"),
    ],
)
def test_bad_queries_of_the_list(own, query, pointer):
    own.admin.get("/v1/runs", query=query).expect_problem(422, "invalid-request", pointer)


def test_another_organisation_finds_nothing(run, planned):
    planned.admin.get(PATH).expect_problem(404, "not-found")
