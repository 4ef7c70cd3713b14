"""Keys that are bound to tags: what they see of others, and what they may not touch."""

import pytest

from organisation import model_call

POLICY = {
    "envelopes": [
        {
            "name": "team", "per": ["team_id"], "meter": "cost", "limit": "10",
            "plan": [{"at": 50, "do": "alert"}, {"at": 100, "do": "require_approval"}],
        },
        {"name": "everybody", "meter": "cost", "limit": "1000"},
    ]
}


@pytest.fixture
def teams(own):
    """Two teams that were alerted and asked a person."""
    own.apply(POLICY)
    for team in ("red", "blue"):
        tags = {"team_id": team, "run_id": f"run of {team}"}
        own.admin.reserve(model_call(tags=tags, estimate={"cost": "6"})).expect(201)
        own.admin.reserve(model_call(tags=tags, estimate={"cost": "6"})).expect_problem(403, "approval-required")
    return own


def values(answer):
    return {entry["key"].get("team_id") for entry in answer["data"]}


@pytest.mark.parametrize("role", ["gateway", "finance", "approver", "operator"])
def test_sees_its_own(teams, role):
    blue = teams.client(role, tags={"team_id": "blue"})
    assert values(teams.admin.get("/v1/alerts").expect(200)) == {"red", "blue"}
    for path in ("/v1/alerts", "/v1/approvals", "/v1/envelopes/team/balances"):
        assert values(blue.get(path).expect(200)) == {"blue"}, path
    events = blue.get("/v1/envelopes/team").expect(200)["recent_events"]
    assert {event["data"]["key"]["team_id"] for event in events} == {"blue"}
    assert values(blue.get("/v1/envelopes/everybody/balances").expect(200)) == {None}


def test_does_not_find_others(teams):
    blue = teams.client("gateway", tags={"team_id": "blue"})
    (red,) = teams.admin.get("/v1/envelopes/team/balances", query={"team_id": "red"}).expect(200)["data"]
    teams.admin.get(f"/v1/balances/{red['id']}/history").expect(200)
    blue.get(f"/v1/balances/{red['id']}/history").expect_problem(404, "not-found")
    (approval,) = [one for one in teams.admin.get("/v1/approvals").expect(200)["data"] if one["key"] == {"team_id": "red"}]
    blue.get(f"/v1/approvals/{approval['id']}").expect_problem(404, "not-found")


def test_adjusts_its_own(teams):
    blue = teams.client("finance", tags={"team_id": "blue"})
    path, body = "/v1/envelopes/team/adjustments", {"amount": "5", "reason": "x"}
    blue.post(path, body | {"key": {"team_id": "red"}}).expect_problem(403, "forbidden")
    blue.post("/v1/envelopes/everybody/adjustments", body).expect_problem(403, "forbidden")
    assert blue.post(path, body | {"key": {"team_id": "blue"}}).expect(201)["limit"] == "15"


def test_freezes_nothing(teams):
    blue = teams.client("operator", tags={"team_id": "blue"})
    blue.post("/v1/envelopes/team/freeze", {"reason": "x"}).expect_problem(403, "forbidden")
    assert teams.books()["frozen"] == set()


def test_a_loop_of_new_runs_asks_a_person_a_few_times_only(own):
    own.apply(POLICY)
    own.admin.reserve(model_call(tags={"team_id": "red"}, estimate={"cost": "10"})).expect(201)
    asked = set()
    for number in range(40):
        call = model_call(tags={"team_id": "red", "agent_id": "loop", "run_id": f"r{number}"})
        asked.add(own.admin.reserve(call).expect_problem(403, "approval-required").get("approval_id"))
    # Twenty a minute, and a minute may turn meanwhile.
    assert 20 <= len(asked - {None}) < 40 and None in asked
