"""Alerts: what they say, who has seen them, and when they are over."""

import time

import pytest

import jobs
from organisation import model_call

UNKNOWN_ID = "01a1fd8c-6900-752e-8269-e0d3f2a74de4"


def policy(limit="10", channels=("slack-lead",)):
    envelope = {
        "name": "team", "owner": "lead", "per": ["team_id"], "meter": "cost", "limit": limit, "window": {"every": "month"},
        "plan": [{"at": 50, "do": "alert"}, {"at": 100, "do": "refuse"}],
    }
    return {"contacts": {"lead": list(channels)}, "envelopes": [envelope]}


@pytest.fixture
def teams(own):
    own.apply(policy())
    for team in ("red", "blue"):
        own.admin.reserve(model_call(tags={"team_id": team, "agent_id": f"agent of {team}"}, estimate={"cost": "6"})).expect(201)
    return own


def alert_of(teams, team="red"):
    (alert,) = [alert for alert in teams.pages("/v1/alerts") if alert["key"] == {"team_id": team}]
    return alert


def eventually(read, is_there):
    deadline = time.monotonic() + 30
    while not is_there(found := read()):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_says_what_is_needed(teams):
    alert = eventually(lambda: alert_of(teams), lambda alert: alert["measured_at"])
    assert [spender["id"] for spender in alert["top_spenders"]] == ["agent of red"]
    assert alert["top_spenders"][0]["amount"] == "6" and alert["top_spenders"][0]["share_percent"] == 100
    assert (alert["channels"], alert["unreachable"]) == (["slack-lead"], False)
    assert alert["burn_rate"]["facts"] == 1
    for path in alert["links"].values():
        assert teams.admin.get(path).status == 200, path
    assert teams.admin.get(f"/v1/alerts/{alert['id']}").expect(200) == alert


def test_unreachable_owner(teams):
    """By the policy in force: a channel that is named later reaches the owner of an older alert."""
    teams.apply(policy(channels=()) | {"contacts": {}})
    alert = alert_of(teams)
    assert (alert["channels"], alert["unreachable"]) == ([], True)
    teams.apply(policy(channels=("pagerduty", "slack-lead")))
    assert alert_of(teams)["channels"] == ["pagerduty", "slack-lead"]


@pytest.mark.parametrize("role", ["finance", "approver", "operator", "admin"])
def test_acknowledge(teams, role):
    alert = alert_of(teams)
    path = f"/v1/alerts/{alert['id']}/acknowledge"
    assert [alert[name] for name in ("acknowledged_at", "acknowledged_by", "note")] == [None, None, None]
    seen = teams.client(role, name="ada").post(path, {"note": "on it"}).expect(200)
    assert (seen["acknowledged_by"], seen["note"]) == ("ada", "on it") and seen["acknowledged_at"]
    again = teams.client("admin", name="bob").post(path, {"note": "me too"}).expect(200)
    members = ("acknowledged_at", "acknowledged_by", "note")
    assert [again[name] for name in members] == [seen[name] for name in members]
    assert [alert_of(teams)[name] for name in members] == [seen[name] for name in members]
    assert alert_of(teams, "blue")["acknowledged_at"] is None


@pytest.mark.parametrize("body", [None, {}, {"note": None}])
def test_acknowledge_without_a_note(teams, body):
    seen = teams.admin.post(f"/v1/alerts/{alert_of(teams)['id']}/acknowledge", body).expect(200)
    assert seen["acknowledged_by"] and seen["note"] is None


def test_acknowledge_is_not_for_gateways(teams):
    path = f"/v1/alerts/{alert_of(teams)['id']}/acknowledge"
    teams.client("gateway").post(path, {}).expect_problem(403, "forbidden")
    assert alert_of(teams)["acknowledged_at"] is None


@pytest.mark.parametrize(
    "body, pointer", [({"note": ""}, "/note"), ({"note": 1}, "/note"), ({"note": "x" * 1025}, "/note"), ({"Note": "x"}, "/Note"), (b"[]", "")]
)
def test_bad_acknowledgement(teams, body, pointer):
    teams.admin.post(f"/v1/alerts/{alert_of(teams)['id']}/acknowledge", body).expect_problem(422, "invalid-request", pointer)


def test_bound_key(teams):
    blue = teams.client("finance", tags={"team_id": "blue"})
    for alert, status in ((alert_of(teams, "blue"), 200), (alert_of(teams, "red"), 404)):
        assert blue.get(f"/v1/alerts/{alert['id']}").status == status
        assert blue.post(f"/v1/alerts/{alert['id']}/acknowledge", {}).status == status
    assert alert_of(teams, "red")["acknowledged_at"] is None


@pytest.mark.parametrize("path", [f"/v1/alerts/{UNKNOWN_ID}", "/v1/alerts/none"])
def test_not_found(teams, path):
    teams.admin.get(path).expect_problem(404, "not-found")
    teams.admin.post(f"{path}/acknowledge", {}).expect_problem(404, "not-found")


def test_cleared_by_a_higher_limit(teams):
    alert = eventually(lambda: alert_of(teams), lambda alert: alert["measured_at"])
    assert alert["cleared_at"] is None
    teams.adjust("team", "90", key={"team_id": "red"})
    jobs.run(teams.installation, "threshold-alerts")
    eventually(lambda: alert_of(teams), lambda alert: alert["cleared_at"])
    assert alert_of(teams, "blue")["cleared_at"] is None
