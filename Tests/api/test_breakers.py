"""Circuit breakers of a policy, as their callers meet them."""

import pytest

from organisation import model_call, tool_call


def breaker(when, on="run", do="suspend", **members):
    return {"breakers": [{"name": "guard", "on": on, "when": when, "do": do} | members]}


def call(run="r-1", tool=False, **members):
    made = tool_call() if tool else model_call()
    made["tags"] = made["tags"] | {"run_id": run, "agent_id": "triage-1", "session_id": "s-1"}
    return made | members


def expect_stopped(client, body, reason):
    problem = client.reserve(body).expect_problem(403, "suspended")
    assert problem["reason"] == reason
    return problem


def test_no_progress_is_stopped_at_the_step(own):
    own.apply(breaker({"same_state": 3}))
    held = [own.admin.reserve(call(state_hash="c0ffee")).expect(201)["id"] for _ in range(3)]
    own.admin.reserve(call(state_hash="other")).expect(201)
    problem = expect_stopped(own.admin, call(state_hash="c0ffee"), "run 'r-1' made 3 steps in one state, as many as 'guard' allows")
    assert problem["subject"] == {"type": "run", "id": "r-1"}
    expect_stopped(own.admin, call(state_hash="new"), problem["reason"])
    own.admin.reserve(call(run="r-2", state_hash="c0ffee")).expect(201)
    own.admin.post(f"/v1/reservations/{held[0]}/commit", {"cost": "0.02"}).expect(200)
    own.eventually(lambda: own.admin.get(f"/v1/reservations/{held[1]}").expect(200)["state"] == "released")
    own.admin.post(f"/v1/reservations/{held[1]}/extend", {"ttl_seconds": 60}).expect_problem(409, "already-settled")


def test_repeated_requests_count_once(own):
    own.apply(breaker({"steps": 2}))
    for _ in range(5):
        own.admin.reserve(call(), idempotency_key="same").expect(201)
    own.admin.reserve(call()).expect(201)
    expect_stopped(own.admin, call(), "run 'r-1' made 2 calls, as many as 'guard' allows")
    own.admin.reserve(call(), idempotency_key="another").expect_problem(403, "suspended")


def test_failed_answers_stop_the_retry(own):
    own.apply(breaker({"tool_errors": 2}))
    for status in ("error", "ok", "empty", "error"):
        held = own.admin.reserve(call(tool=True)).expect(201)["id"]
        own.admin.post(f"/v1/reservations/{held}/commit", {"status": status}).expect(200)
    expect_stopped(own.admin, call(), "run 'r-1' got 2 tool answers in a row that were errors or empty, as many as 'guard' allows")


def test_cost_stops_with_its_booking(own):
    own.apply(breaker({"cost": {"above": "0.5"}}, on="session"))
    held = own.admin.reserve(call()).expect(201)["id"]
    own.admin.post(f"/v1/reservations/{held}/commit", {"cost": "0.50"}).expect(200)
    held = own.admin.reserve(call()).expect(201)["id"]
    own.admin.post(f"/v1/reservations/{held}/commit", {"cost": "0.01"}).expect(200)
    expect_stopped(own.admin, call(run="r-2"), "session 's-1' has cost 0.51, more than the 0.5 that 'guard' allows")


def test_a_storm_of_one_tool(own):
    own.apply(breaker({"tool_calls": {"count": 2, "within": "5m"}}, on="agent"))
    for run in ("a", "b"):
        own.admin.reserve(call(run=run, tool=True)).expect(201)
    own.admin.reserve(call()).expect(201)
    problem = own.admin.reserve(call(tool=True)).expect_problem(403, "suspended")
    assert problem["subject"] == {"type": "agent", "id": "triage-1"}


def test_one_that_only_tells(own):
    own.apply(breaker({"steps": 1}, do="alert"))
    for _ in range(4):
        own.admin.reserve(call()).expect(201)


@pytest.mark.parametrize("on, tag", [("run", "run_id"), ("agent", "agent_id"), ("session", "session_id"), ("user", "user_id")])
def test_leaving_out_the_tag_is_no_way_around(own, on, tag):
    own.apply(breaker({"steps": 5}, on=on))
    asked = call()
    asked["tags"].pop(tag, None)
    problem = own.admin.reserve(asked).expect_problem(422, "tags-missing")
    assert [error["pointer"] for error in problem["errors"]] == [f"/tags/{tag}"]
    asked["tags"][tag] = "x"
    own.admin.reserve(asked).expect(201)
    own.apply(breaker({"steps": 5}, on=on, match={"environment": "elsewhere"}))
    del asked["tags"][tag]
    own.admin.reserve(asked).expect(201)
    own.apply(breaker({"steps": 5}, on=on, do="alert"))
    own.admin.reserve(asked).expect(201)


def test_spent_without_the_tag_is_booked(own):
    own.apply(breaker({"steps": 5}))
    own.admin.charge({"tags": {"agent_id": "triage-1"}, "model": "test-small", "cost": "0.5"}).expect(201)


def test_tool_calls_of_a_commit_count(own):
    own.apply(breaker({"tool_calls": {"count": 5, "within": "5m"}}, on="agent"))
    held = own.admin.reserve(call(tool=True)).expect(201)["id"]
    own.admin.post(f"/v1/reservations/{held}/commit", {"usage": {"tool_calls": 5}}).expect(200)
    own.admin.reserve(call(tool=True)).expect_problem(403, "suspended")


def test_direct_charges_trip(own):
    own.apply(breaker({"same_state": 3}))
    charge = {"tags": call()["tags"], "model": "test-small", "cost": "0.01", "state_hash": "c0ffee"}
    for _ in range(4):
        own.admin.charge(charge).expect(201)
    expect_stopped(own.admin, call(), "run 'r-1' made 3 steps in one state, as many as 'guard' allows")


def lift(own, **members):
    (made,) = own.admin.get("/v1/suspensions", query={"state": "open"}).expect(200)["data"]
    own.admin.post(f"/v1/suspensions/{made['id']}/lift", {"reason": "mended"} | members).expect(200)


def fail(own, **members):
    held = own.admin.reserve(call(tool=True, **members)).expect(201)["id"]
    own.admin.post(f"/v1/reservations/{held}/commit", {"status": "error"}).expect(200)


def test_half_open_waits_for_what_the_steps_show(own):
    own.apply(breaker({"tool_errors": 4}))
    for _ in range(4):
        fail(own)
    own.admin.reserve(call()).expect_problem(403, "suspended")
    lift(own, allow_steps=3)
    held = [own.admin.reserve(call(tool=tool)).expect(201)["id"] for tool in (False, True, False)]
    for id in (held[0], held[2]):
        own.admin.post(f"/v1/reservations/{id}/release").expect(200)
    own.admin.reserve(call()).expect(201)
    (counter,) = own.admin.get("/v1/runs/r-1").expect(200)["counters"]
    assert counter["probation_steps_left"] == 0
    own.admin.post(f"/v1/reservations/{held[1]}/commit", {"status": "empty"}).expect(200)
    expect_stopped(own.admin, call(), "run 'r-1' got 1 tool answers, all errors or empty, while on probation for 3 steps")


def test_half_open_ends_well(own):
    own.apply(breaker({"tool_errors": 2}))
    for _ in range(2):
        fail(own)
    own.admin.reserve(call()).expect_problem(403, "suspended")
    lift(own, allow_steps=1)
    held = own.admin.reserve(call(tool=True)).expect(201)["id"]
    own.admin.post(f"/v1/reservations/{held}/commit", {"status": "ok"}).expect(200)
    fail(own)
    (counter,) = own.admin.get("/v1/runs/r-1").expect(200)["counters"]
    assert counter["probation_steps_left"] is None
    fail(own)
    own.admin.reserve(call()).expect_problem(403, "suspended")


def test_policy_shows_its_breakers(own):
    own.apply(breaker({"tool_calls": {"within": "5m"}}, on="agent", do="alert", owner="me", playbook="https://wiki.example.com/p"))
    assert own.admin.get("/v1/policy").expect(200)["breakers"] == [
        {
            "name": "guard",
            "on": "agent",
            "when": "tool_calls: 10 times the usual within 300 s",
            "do": "alert",
            "owner": "me",
            "playbook": "https://wiki.example.com/p",
        }
    ]
    preview = own.admin.post("/v1/policy/versions", breaker({"steps": 5}), query={"dry_run": "true"}).expect(200)
    assert [(change["kind"], change["what"], change["name"]) for change in preview["changes"]] == [("changed", "breaker", "guard")]


@pytest.mark.parametrize(
    "document, pointer",
    [
        ({"breakers": {}}, "/breakers"),
        ({"breakers": [{"on": "run", "when": {"steps": 1}, "do": "alert"}]}, "/breakers/0"),
        (breaker({"steps": 1}, on="team"), "/breakers/0/on"),
        (breaker({"steps": 1}, do="refuse"), "/breakers/0/do"),
        (breaker({"steps": 1}, mode="shadow"), "/breakers/0/mode"),
        (breaker({}), "/breakers/0/when"),
        (breaker({"steps": 1, "same_state": 2}), "/breakers/0/when"),
        (breaker({"steps": 0}), "/breakers/0/when/steps"),
        (breaker({"same_state": 1}), "/breakers/0/when/same_state"),
        (breaker({"same_state": 1000001}), "/breakers/0/when/same_state"),
        (breaker({"tool_errors": "5"}), "/breakers/0/when/tool_errors"),
        (breaker({"cost": {"above": 5}}), "/breakers/0/when/cost/above"),
        (breaker({"cost": "5"}), "/breakers/0/when/cost"),
        (breaker({"tool_calls": {"count": 5}}), "/breakers/0/when/tool_calls"),
        (breaker({"tool_calls": {"count": 5, "within": "8d"}}), "/breakers/0/when/tool_calls/within"),
        (breaker({"tokens": {"times": 1, "within": "1h"}}), "/breakers/0/when/tokens/times"),
        (breaker({"overrun": {"percent": 50, "within": "1h", "envelope": "none"}}), "/breakers/0/when/overrun/envelope"),
        (breaker({"tool_errors": 5}, match={"model": "gpt-5"}), "/breakers/0/match"),
    ],
)
def test_breakers_that_cannot_be(own, document, pointer):
    before = own.admin.get("/v1/policy").expect(200)["version"]
    problem = own.admin.post("/v1/policy/versions", document).expect_problem(422, "policy-invalid")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert own.admin.get("/v1/policy").expect(200)["version"] == before
