"""Whom a person stops: suspending, looking, lifting; and keys of those who are stopped."""

import json
import time
import uuid

import pytest

from mistakes import MALFORMED, NAMES, NOT_OBJECTS, REASONS
from organisation import model_call, usage

PATH = "/v1/suspensions"
UNKNOWN_ID = "01a1fd8c-6900-752e-8269-e0d3f2a74de4"
WARDENS = ("operator", "admin")
ROLES = ("gateway", "finance", "approver", "operator", "admin")
TYPES = {
    "run": "run_id", "session": "session_id", "agent": "agent_id", "user": "user_id", "workflow": "workflow_name",
}


def body(type="agent", id="triage-7", reason="it loops"):
    return {"subject": {"type": type, "id": id}, "reason": reason}


def suspend(client, *arguments, **members):
    return client.post(PATH, body(*arguments, **members)).expect(201)


def lift(client, suspension, **members):
    return client.post(f"{PATH}/{suspension['id']}/lift", {"reason": "mended"} | members).expect(200)


def tagged(**tags):
    return model_call(tags={"team_id": "support"} | tags)


# Suspending and lifting


@pytest.mark.parametrize("type", TYPES)
def test_stops_its_subject_alone(own, type):
    name = TYPES[type]
    made = suspend(own.admin, type, "x")
    assert (made["state"], made["rule"], made["opened_by"], made["lifted_at"]) == ("open", None, "first admin", None)
    problem = own.admin.reserve(tagged(**{name: "x"})).expect_problem(403, "suspended")
    assert problem["suspension_id"] == made["id"] and problem["subject"] == {"type": type, "id": "x"}
    own.admin.reserve(tagged(**{name: "y"})).expect(201)
    own.admin.reserve(tagged(**{other: "x" for other in TYPES.values() if other != name})).expect(201)
    lifted = lift(own.admin, made)
    assert (lifted["state"], lifted["lifted_by"], lifted["lift_reason"], lifted["allow_steps"]) == ("lifted", "first admin", "mended", None)
    own.admin.reserve(tagged(**{name: "x"})).expect(201)


def test_a_suspended_key(own):
    key = own.make_key("gateway")
    client = own.admin.with_key(key["key"])
    held = client.reserve(model_call()).expect(201)["id"]
    made = suspend(own.admin, "key", key["id"].upper())
    assert made["subject"]["id"] == key["id"]
    client.reserve(model_call()).expect_problem(403, "suspended")
    client.get("/v1/envelopes").expect_problem(403, "suspended")
    own.admin.reserve(model_call()).expect(201)
    client.post(f"/v1/reservations/{held}/commit", {"cost": "0.02"}).expect(200)
    lift(own.admin, made)
    client.get("/v1/envelopes").expect(200)


def test_holds_are_released_and_what_was_spent_is_booked(own):
    call = tagged(agent_id="a")
    first, second = (own.admin.reserve(call).expect(201)["id"] for _ in range(2))
    other = own.admin.reserve(tagged(agent_id="b")).expect(201)["id"]
    made = suspend(own.admin, "agent", "a")
    deadline = time.monotonic() + 30
    while own.admin.get(f"{PATH}/{made['id']}").expect(200)["released_holds"] < 2:
        assert time.monotonic() < deadline, "the holds are not released"
    assert own.open_reservations() == {other}
    own.admin.post(f"/v1/reservations/{first}/extend", {"ttl_seconds": 60}).expect_problem(409, "already-settled")
    late = own.admin.post(f"/v1/reservations/{first}/commit", {"cost": "0.02"}).expect(200)
    assert late["late"] is True
    own.admin.post(f"/v1/reservations/{second}/release").expect(200)
    assert own.admin.get(f"/v1/reservations/{second}").expect(200)["state"] == "released"


def test_suspending_twice(own):
    first = suspend(own.admin)
    again = own.admin.post(PATH, body(reason="another")).expect(200)
    assert again["id"] == first["id"] and again["reason"] == "it loops"
    lifted = lift(own.admin, first, allow_steps=20)
    assert lifted["allow_steps"] == 20
    answer = own.admin.post(f"{PATH}/{first['id']}/lift", {"reason": "again", "allow_steps": 3}).expect(200)
    assert answer == lifted, "who lifts first lifts"
    assert suspend(own.admin)["id"] != first["id"]


def test_idempotency_key(own):
    key = {"Idempotency-Key": "stop"}
    first = own.admin.post(PATH, body(), headers=key)
    made = first.expect(201)
    assert first.headers["Location"] == f"{PATH}/{made['id']}"
    lift(own.admin, made)
    again = own.admin.post(PATH, body(), headers=key)
    assert again.expect(200)["state"] == "lifted" and again.headers["Idempotent-Replayed"] == "true"
    own.admin.reserve(tagged(agent_id="triage-7")).expect(201)
    own.admin.post(PATH, body(id="other"), headers=key).expect_problem(422, "idempotency-mismatch")


def test_list(own):
    ids = [suspend(own.admin, type, name)["id"] for type, name in (("agent", "a"), ("agent", "b"), ("run", "a"))]
    own.admin.post(f"{PATH}/{ids[0]}/lift", {"reason": "x"}).expect(200)

    def listed(**query):
        return [entry["id"] for entry in own.pages(PATH, **query)]

    assert listed() == listed(limit=1) == sorted(ids, reverse=True)
    assert listed(state="lifted") == [ids[0]]
    assert set(listed(state="open")) == set(ids[1:])
    assert set(listed(subject_type="agent")) == set(ids[:2])
    assert set(listed(subject_id="a")) == {ids[0], ids[2]}
    assert listed(state="open", subject_type="agent", subject_id="a") == []


def test_what_a_plan_stops(own):
    own.apply({"envelopes": [{"name": "agent", "per": ["agent_id"], "meter": "cost", "limit": "1", "plan": [{"at": 150, "do": "suspend"}]}]})
    own.admin.charge(usage(tags={"agent_id": "a"}, cost="2")).expect(201)
    (made,) = own.pages(PATH)
    assert (made["rule"], made["opened_by"], made["subject"]) == ("agent", "policy", {"type": "agent", "id": "a"})
    own.admin.reserve(tagged(agent_id="a")).expect_problem(403, "suspended")
    lift(own.admin, made)
    own.admin.reserve(tagged(agent_id="a")).expect(201)
    events = own.admin.get("/v1/envelopes/agent").expect(200)["recent_events"]
    assert [event["kind"] for event in events] == ["suspension.lifted", "suspension.opened"]
    assert events[0]["data"]["related_id"] == events[1]["data"]["related_id"] == made["id"]


# Keys


@pytest.mark.parametrize("members", [{"agent_id": "a"}, {"tags": {"agent_id": "a"}}, {"tags": {"user_id": "u", "team_id": "support"}}])
@pytest.mark.parametrize("role", ["gateway", "finance", "approver", "operator", "admin"])
def test_keys_of_the_suspended_only_settle(own, role, members):
    client = own.client(role, **members)
    committed, released = (own.client("gateway", **members).reserve(tagged()).expect(201)["id"] for _ in range(2))
    made = suspend(own.admin, "user" if "user_id" in str(members) else "agent", "u" if "user_id" in str(members) else "a")
    for path in ("/v1/envelopes", "/v1/suspensions", "/v1/policy", "/v1/tags/schema", "/v1/prices", "/v1/alerts", "/v1/keys", "/v1/schedules"):
        problem = client.get(path).expect_problem(403, "suspended")
        assert problem["suspension_id"] == made["id"]
    client.post(f"{PATH}/{made['id']}/lift", {"reason": "x"}).expect_problem(403, "suspended")
    if role in ("gateway", "admin"):
        client.reserve(tagged()).expect_problem(403, "suspended")
        client.post(f"/v1/reservations/{committed}/commit", {"cost": "0.01"}).expect(200)
        client.post(f"/v1/reservations/{released}/release").expect(200)
        client.charge(usage(tags={"team_id": "support"})).expect(201)
    lift(own.admin, made)
    client.get("/v1/envelopes").expect(200)


def test_nobody_stops_himself(own):
    agent = own.client("operator", agent_id="a")
    agent.post(PATH, body("agent", "a")).expect_problem(409, "conflict")
    (first,) = [key["id"] for key in own.pages("/v1/keys") if key["name"] == "first admin"]
    own.admin.post(PATH, body("key", first)).expect_problem(409, "conflict")
    assert list(own.pages(PATH)) == []


def test_a_bound_key_stops_its_own(own):
    team = own.client("operator", tags={"team_id": "support"})
    theirs, others = own.make_key("gateway", tags={"team_id": "support"}), own.make_key("gateway", tags={"team_id": "sales"})
    team.post(PATH, body("agent", "a")).expect_problem(403, "forbidden")
    team.post(PATH, body("key", others["id"])).expect_problem(403, "forbidden")
    made = suspend(team, "key", theirs["id"])
    foreign = suspend(own.admin, "agent", "a")
    assert [entry["id"] for entry in team.get(PATH).expect(200)["data"]] == [made["id"]]
    team.get(f"{PATH}/{foreign['id']}").expect_problem(404, "not-found")
    team.post(f"{PATH}/{foreign['id']}/lift", {"reason": "x"}).expect_problem(404, "not-found")
    lift(team, made)
    user = own.client("operator", tags={"user_id": "u"})
    user.post(PATH, body("user", "v")).expect_problem(403, "forbidden")


@pytest.mark.parametrize("role", ROLES)
def test_roles(own, role):
    client = own.client(role)
    answer = client.post(PATH, body())
    if role in WARDENS:
        made = answer.expect(201)
        lift(client, made)
    else:
        answer.expect_problem(403, "forbidden")
        made = suspend(own.admin)
        client.post(f"{PATH}/{made['id']}/lift", {"reason": "x"}).expect_problem(403, "forbidden")
    client.get(PATH).expect(200)
    client.get(f"{PATH}/{made['id']}").expect(200)


# Bad input


@pytest.mark.parametrize("value", REASONS.values(), ids=REASONS.keys())
def test_bad_reason(own, value):
    own.admin.post(PATH, body(reason=value)).expect_problem(422, "invalid-request", "/reason")
    made = suspend(own.admin)
    own.admin.post(f"{PATH}/{made['id']}/lift", {"reason": value}).expect_problem(422, "invalid-request", "/reason")
    assert own.admin.get(f"{PATH}/{made['id']}").expect(200)["state"] == "open"


@pytest.mark.parametrize("value", NAMES.values(), ids=NAMES.keys())
def test_bad_subject(own, value):
    own.admin.post(PATH, body(id=value)).expect_problem(422, "invalid-request", "/subject/id")
    own.admin.post(PATH, body(type=value)).expect_problem(422, "invalid-request", "/subject/type")
    assert list(own.pages(PATH)) == []


@pytest.mark.parametrize(
    "sent, pointer",
    [
        ({}, "/subject/type"),
        ({"reason": "x"}, "/subject/type"),
        ({"subject": {"type": "agent"}, "reason": "x"}, "/subject/id"),
        ({"subject": {"id": "a"}, "reason": "x"}, "/subject/type"),
        ({"subject": {"type": "agent", "id": "a"}}, "/reason"),
        (body(type="team"), "/subject/type"),
        (body() | {"rule": "x"}, "/rule"),
        (body("key", "no-key"), "/subject/id"),
        (body("key", UNKNOWN_ID), "/subject/id"),
    ],
)
def test_bad_body(own, sent, pointer):
    own.admin.post(PATH, sent).expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("value", [0, -1, 1001, 1.5, "5", True, [1]])
def test_bad_steps(own, value):
    made = suspend(own.admin)
    answer = own.admin.post(f"{PATH}/{made['id']}/lift", {"reason": "x", "allow_steps": value})
    answer.expect_problem(422, "invalid-request", "/allow_steps")


@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed(own, value):
    own.admin.post(PATH, value).expect_problem(400, "malformed")


@pytest.mark.parametrize("value", NOT_OBJECTS.values(), ids=NOT_OBJECTS.keys())
def test_not_an_object(own, value):
    own.admin.post(PATH, json.dumps(value).encode()).expect_problem(422, "invalid-request")
    own.admin.post(PATH, {"subject": value, "reason": "x"}).expect_problem(422, "invalid-request", "/subject")


@pytest.mark.parametrize(
    "query, pointer", [({"state": "closed"}, "?state"), ({"subject_type": "team"}, "?subject_type"), ({"agent_id": "a"}, "?agent_id")]
)
def test_bad_query(own, query, pointer):
    own.admin.get(PATH, query=query).expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("key", ["", "k" * 256, "a b"])
def test_bad_idempotency_key(own, key):
    own.admin.post(PATH, body(), headers={"Idempotency-Key": key}).expect_problem(400, "idempotency-key-missing")


@pytest.mark.parametrize("id", [UNKNOWN_ID, "no-such-id", "0" * 300])
def test_unknown_id(own, id):
    own.admin.get(f"{PATH}/{id}").expect_problem(404, "not-found")
    own.admin.post(f"{PATH}/{id}/lift", {"reason": "x"}).expect_problem(404, "not-found")


def test_other_organisations_do_not_meet(own, installation):
    made = suspend(own.admin, "agent", f"a-{uuid.uuid4()}")
    installation.get(f"{PATH}/{made['id']}").expect_problem(404, "not-found")
    installation.post(f"{PATH}/{made['id']}/lift", {"reason": "x"}).expect_problem(404, "not-found")
