"""Anomalies: what they say, how they are closed, and who sees them."""

import datetime
import json

import pytest

import jobs
from events import read_until
from organisation import Organisation, usage

UNKNOWN_ID = "01a1fd8c-6900-752e-8269-e0d3f2a74de4"
POLICY = {
    "contacts": {"lead": ["slack-lead"]},
    "workflows": {"triage": {"owner": "lead", "playbook": "https://wiki.example.com/triage"}},
}


def work(organisation, model, cost, team="red", workflow="triage", runs=5):
    for run in range(runs):
        tags = {
            "team_id": team, "agent_id": f"agent of {team}", "workflow_name": workflow, "step_name": "draft",
            "run_id": f"{workflow} {team} {model} {run}",
        }
        organisation.admin.charge(usage(tags=tags, model=model, cost=cost)).expect(201)


def detect(organisation):
    answer = jobs.run(organisation.installation, "detect-anomalies")
    assert answer["last_state"] == "ok", answer


@pytest.fixture
def unlike(own):
    """The runs of one workflow cost three times as much since its model changed; another's, by another team, do not."""
    own.apply(POLICY)
    for model, cost in (("old", "1"), ("new", "3")):
        work(own, model, cost)
        work(own, model, "1", team="blue", workflow="review")
    detect(own)
    return own


def only(organisation, **query):
    (anomaly,) = organisation.pages("/v1/anomalies", **query)
    return anomaly


def test_says_what_is_needed(unlike):
    anomaly = only(unlike)
    assert (anomaly["kind"], anomaly["state"], anomaly["workflow_name"], anomaly["model"]) == ("cost_per_task", "open", "triage", "new")
    assert (anomaly["unit"], anomaly["baseline"], anomaly["observed"], anomaly["at_stake"]) == ("cost", "1", "3", "10")
    assert anomaly["agent_id"] == "agent of red" and anomaly["run_id"].startswith("triage red new")
    assert anomaly["steps"][0]["step_name"] == "draft" and anomaly["steps"][0]["cost"] == "15"
    assert (anomaly["owner"], anomaly["channels"], anomaly["unreachable"]) == ("lead", ["slack-lead"], False)
    assert anomaly["playbook"] == "https://wiki.example.com/triage"
    assert anomaly["key"] == {"team_id": "red", "agent_id": "agent of red", "workflow_name": "triage", "step_name": "draft"}
    for part in ("new", "old", "3 times", "agent of red"):
        assert part in anomaly["message"]
    assert unlike.admin.get(f"/v1/anomalies/{anomaly['id']}").expect(200) == anomaly
    detect(unlike)
    assert only(unlike) == anomaly


def test_an_event_tells_of_it(unlike):
    anomaly = only(unlike)
    ((_, kind, event),) = read_until(unlike.admin, 1, after=0, types="anomaly.*")
    assert kind == "anomaly.detected" and anomaly["id"] in json.dumps(event)


@pytest.mark.parametrize(
    "query, count",
    [
        ({"state": "open"}, 1), ({"state": "closed"}, 0), ({"kind": "cost_per_task"}, 1), ({"kind": "always_on"}, 0),
        ({"agent_id": "agent of red"}, 1), ({"agent_id": "agent of blue"}, 0),
    ],
)
def test_filters(unlike, query, count):
    assert len(list(unlike.pages("/v1/anomalies", **query))) == count


@pytest.mark.parametrize(
    "query, pointer",
    [({"state": "gone"}, "?state"), ({"kind": "odd"}, "?kind"), ({"after": "x"}, "?after"), ({"limit": "0"}, "?limit"), ({"agent": "a"}, "?agent")],
)
def test_bad_filters(own, query, pointer):
    own.admin.get("/v1/anomalies", query=query).expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("role", ["finance", "approver", "operator", "admin"])
def test_closed_as_expected(unlike, role):
    path = f"/v1/anomalies/{only(unlike)['id']}/close"
    body = {"expected": True, "reason": "the new model is worth it"}
    closed = unlike.client(role, name="ada").post(path, body).expect(200)
    assert (closed["state"], closed["outcome"], closed["reason"], closed["closed_by"]) == ("closed", "expected", body["reason"], "ada")
    assert unlike.admin.post(path, body | {"reason": "me too"}).expect(200) == closed
    unlike.admin.post(path, {"expected": False, "reason": "no"}).expect_problem(409, "conflict")
    detect(unlike)
    assert only(unlike) == closed


def test_beyond_what_was_expected(unlike):
    first = only(unlike)
    unlike.admin.post(f"/v1/anomalies/{first['id']}/close", {"expected": True, "reason": "x"}).expect(200)
    work(unlike, "newer", "20")
    detect(unlike)
    assert len(list(unlike.pages("/v1/anomalies", state="open"))) == 1


def test_suspends_by_policy(own):
    own.apply(POLICY | {"anomalies": {"do": {"cost_per_task": "suspend"}}})
    for model, cost in (("old", "1"), ("new", "3")):
        work(own, model, cost)
    detect(own)
    anomaly = only(own)
    suspension = own.admin.get(f"/v1/suspensions/{anomaly['suspension_id']}").expect(200)
    assert suspension["subject"] == {"type": "agent", "id": "agent of red"}


def test_what_a_log_tells_suspends_nobody(own):
    own.apply(POLICY | {"anomalies": {"do": {"agent_spend": "suspend"}}})
    now = datetime.datetime.now(datetime.UTC)
    lines = [
        {"time": (now - datetime.timedelta(days=day, minutes=1, seconds=call)).isoformat(), "model": "m", "cost": "1000" if day == 0 else "100",
         "team_id": "red", "agent_id": "agent of red", "run_id": f"{day} {call}"}
        for day in range(9) for call in range(5)
    ]
    log = "\n".join(json.dumps(line) for line in lines).encode()
    own.admin.post(
        "/v1/imports", log, query={"format": "jsonl"}, content_type="application/x-ndjson", headers={"Idempotency-Key": "log"}).expect(201)
    detect(own)
    found = [anomaly for anomaly in own.pages("/v1/anomalies") if anomaly["kind"] == "agent_spend"]
    assert [anomaly["suspension_id"] for anomaly in found] == [None]
    assert list(own.pages("/v1/suspensions")) == []


def test_planned(own):
    plan = {"from": "2020-01-01", "to": "2099-12-31", "match": {"workflow_name": "tri*"}, "reason": "launch"}
    own.apply(POLICY | {"anomalies": {"planned": [plan]}})
    for model, cost in (("old", "1"), ("new", "3")):
        work(own, model, cost)
    detect(own)
    assert list(own.pages("/v1/anomalies")) == []


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"reason": "x"}, "/expected"), ({"expected": "true", "reason": "x"}, "/expected"), ({"expected": True}, "/reason"),
        ({"expected": True, "reason": ""}, "/reason"), ({"expected": True, "reason": "x" * 1025}, "/reason"),
        ({"expected": True, "reason": "x", "level": 2}, "/level"), (b"[]", ""),
    ],
)
def test_bad_closing(unlike, body, pointer):
    unlike.admin.post(f"/v1/anomalies/{only(unlike)['id']}/close", body).expect_problem(422, "invalid-request", pointer)
    assert only(unlike)["state"] == "open"


def test_closing_is_not_for_gateways(unlike):
    path = f"/v1/anomalies/{only(unlike)['id']}/close"
    unlike.client("gateway").post(path, {"expected": True, "reason": "x"}).expect_problem(403, "forbidden")


def test_bound_keys_and_other_organisations(unlike):
    anomaly = only(unlike)
    path = f"/v1/anomalies/{anomaly['id']}"
    for key, status in (({"team_id": "red"}, 200), ({"team_id": "blue"}, 404), ({"team_id": "red", "user_id": "u"}, 404)):
        client = unlike.client("finance", tags=key)
        assert client.get(path).status == status
        assert len(client.get("/v1/anomalies").expect(200)["data"]) == (status == 200)
        if status != 200:
            client.post(f"{path}/close", {"expected": True, "reason": "x"}).expect_problem(404, "not-found")
    stranger = Organisation(unlike.installation).admin
    stranger.get(path).expect_problem(404, "not-found")
    stranger.post(f"{path}/close", {"expected": True, "reason": "x"}).expect_problem(404, "not-found")


@pytest.mark.parametrize("path", [f"/v1/anomalies/{UNKNOWN_ID}", "/v1/anomalies/none"])
def test_not_found(own, path):
    own.admin.get(path).expect_problem(404, "not-found")
    own.admin.post(f"{path}/close", {"expected": True, "reason": "x"}).expect_problem(404, "not-found")


@pytest.mark.parametrize(
    "rules, pointer",
    [
        ({"minimum_cost": 1}, "/anomalies/minimum_cost"), ({"sensitivity": "extreme"}, "/anomalies/sensitivity"),
        ({"do": {"odd": "alert"}}, "/anomalies/do/odd"), ({"do": {"tag_coverage": "suspend"}}, "/anomalies/do/tag_coverage"),
        ({"planned": [{"from": "2027-01-01", "to": "2027-01-02"}]}, "/anomalies/planned/0"),
    ],
)
def test_bad_rules(own, rules, pointer):
    own.admin.post("/v1/policy/versions", {"anomalies": rules}).expect_problem(422, "policy-invalid", pointer)
