"""What people do to envelopes by hand: freeze, unfreeze, adjust."""

import datetime
import time

import pytest

from organisation import model_call, tool_call

GUARDIANS = ("finance", "operator", "admin")


def in_seconds(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# Freezing


def test_freeze_stops_and_unfreeze_lets_through(own):
    held = own.admin.reserve(model_call(), idempotency_key="before").expect(201)
    before = own.books()
    frozen = own.set_frozen("team-month", True, "looks wrong")["frozen"]
    assert (frozen["reason"], frozen["frozen_by"]) == ("looks wrong", "first admin")
    problem = own.admin.reserve(model_call(), idempotency_key="during").expect_problem(403, "envelope-frozen")
    assert {name: problem[name] for name in ("envelope", "frozen_by", "reason", "since")} == {"envelope": "team-month"} | frozen
    extended = own.admin.post(f"/v1/reservations/{held['id']}/extend", {"ttl_seconds": 3600})
    assert extended.expect_problem(403, "envelope-frozen")["envelope"] == "team-month"
    assert own.books() == before | {"frozen": {"team-month"}}
    assert own.admin.get("/v1/envelopes/team-month").expect(200)["frozen"] == frozen
    assert own.admin.reserve(model_call(), idempotency_key="before").status == 422, "another body"

    assert own.set_frozen("team-month", False)["frozen"] is None
    assert own.books() == before
    own.admin.reserve(model_call(), idempotency_key="during").expect(201)
    own.admin.post(f"/v1/reservations/{held['id']}/extend", {"ttl_seconds": 3600}).expect(200)


def test_frozen_envelope_settles(own):
    """What was spent is booked, whoever froze what."""
    first, second = (own.admin.reserve(model_call()).expect(201)["id"] for _ in range(2))
    own.set_frozen("team-month", True)
    own.admin.post(f"/v1/reservations/{first}/commit", {"cost": "0.02"}).expect(200)
    own.admin.post(f"/v1/reservations/{second}/release").expect(200)
    (balance,) = own.admin.get("/v1/envelopes/team-month/balances").expect(200)["data"]
    assert (balance["held"], balance["spent"]) == ("0", "0.02")


def test_replay_while_frozen(own):
    call = model_call()
    first = own.admin.reserve(call, idempotency_key="again")
    own.set_frozen("team-month", True)
    assert own.admin.reserve(call, idempotency_key="again").content == first.content


def test_freeze_of_another_envelope(own):
    own.set_frozen("tool-rate", True)
    own.admin.reserve(tool_call()).expect_problem(403, "envelope-frozen")
    own.admin.reserve(model_call()).expect(201)


def test_freeze_twice(own):
    own.admin.post("/v1/envelopes/team-month/unfreeze", {"reason": "x"}).expect_problem(409, "conflict")
    own.set_frozen("team-month", True, "first")
    own.admin.post("/v1/envelopes/team-month/freeze", {"reason": "second"}).expect_problem(409, "conflict")
    assert own.admin.get("/v1/envelopes/team-month").expect(200)["frozen"]["reason"] == "first"
    own.set_frozen("team-month", False)
    own.admin.post("/v1/envelopes/team-month/unfreeze", {"reason": "x"}).expect_problem(409, "conflict")
    events = own.admin.get("/v1/envelopes/team-month").expect(200)["recent_events"]
    assert [event["kind"] for event in events] == ["envelope.unfrozen", "envelope.frozen"]


def test_envelope_in_shadow_mode_is_not_frozen(planned):
    """It stops nothing, so a freeze would promise what it does not do."""
    planned.admin.post("/v1/envelopes/tried/freeze", {"reason": "x"}).expect_problem(409, "conflict")
    planned.admin.reserve(model_call(tags={"team_id": "support", "workflow_name": "tried"})).expect(201)


def test_unfreeze_after_the_policy_dropped_the_envelope(own):
    own.set_frozen("team-month", True)
    own.admin.post("/v1/policy/versions", b"envelopes: []", content_type="application/yaml").expect(201)
    answer = own.admin.post("/v1/envelopes/team-month/unfreeze", {"reason": "gone"}).expect(200)
    assert answer["frozen"] is None


def test_freezes_outlive_a_new_policy(own):
    own.set_frozen("team-month", True)
    source = own.admin.get("/v1/policy").expect(200)["source"].replace('"100"', '"200"')
    own.admin.post("/v1/policy/versions", source.encode(), content_type="application/yaml").expect(201)
    own.admin.reserve(model_call()).expect_problem(403, "envelope-frozen")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 200])
def test_freezes_are_in_the_history(own, limit):
    """Between the facts of before and after, however the pages are cut."""
    for _ in range(2):
        own.admin.reserve(model_call()).expect(201)
    own.set_frozen("team-month", True, "stop")
    own.set_frozen("team-month", False, "go on")
    for _ in range(2):
        own.admin.reserve(model_call()).expect(201)
    lines = own.history("team-month", limit=limit)
    assert [line["kind"] for line in lines] == ["hold", "hold", "unfreeze", "freeze", "hold", "hold"]
    assert [line["version"] for line in lines if "version" in line] == [4, 3, 2, 1]
    assert [line.get("reason") for line in lines[2:4]] == ["go on", "stop"]


# Adjusting


def test_adjustment_moves_the_limit(own):
    call = model_call(estimate={"input_tokens": 1, "cost": "45"})
    for _ in range(2):
        own.admin.reserve(call).expect(201)
    own.admin.reserve(call).expect_problem(402, "envelope-exhausted")
    more = own.adjust("team-month", "35.5", key={"team_id": "support"}, reason="a workshop")
    assert (more["amount"], more["limit"], more["held"], more["spent"]) == ("35.5", "135.5", "90", "0")
    held = own.admin.reserve(call).expect(201)
    (view,) = [view for view in held["envelopes"] if view["name"] == "team-month"]
    assert (view["limit"], view["held"], view["remaining"]) == ("135.5", "135", "0.5")

    less = own.adjust("team-month", "-35.5", key={"team_id": "support"})
    assert (less["limit"], less["held"]) == ("100", "135"), "it may leave the limit below the use"
    problem = own.admin.reserve(model_call()).expect_problem(402, "envelope-exhausted")
    assert [violation["limit"] for violation in problem["violations"]] == ["100"]

    lines = own.history("team-month", team_id="support")
    assert [line["kind"] for line in lines] == ["adjustment", "hold", "adjustment", "hold", "hold"]
    assert lines[0]["amount"] == "-35.5" and lines[0]["limit"] == "100"
    booked = {name: more[name] for name in ("amount", "limit", "held", "spent", "reason", "author", "at", "expires_at")}
    assert {name: lines[2][name] for name in booked} == booked and lines[2]["adjustment_id"] == more["id"]
    events = own.admin.get("/v1/envelopes/team-month").expect(200)["recent_events"]
    assert [event["kind"] for event in events] == ["balance.adjusted", "balance.adjusted"]


def test_adjustment_of_one_balance_alone(own):
    own.adjust("team-month", "50", key={"team_id": "sales"})
    (balance,) = own.admin.get("/v1/envelopes/team-month/balances", query={"team_id": "sales"}).expect(200)["data"]
    assert (balance["limit"], balance["held"]) == ("150", "0")
    own.admin.reserve(model_call()).expect(201)
    (balance,) = own.admin.get("/v1/envelopes/team-month/balances", query={"team_id": "support"}).expect(200)["data"]
    assert balance["limit"] == "100"


def test_adjustment_never_below_zero(own):
    assert own.adjust("team-month", "-1000", key={"team_id": "support"})["limit"] == "0"
    own.admin.reserve(model_call()).expect_problem(402, "envelope-exhausted")
    assert own.adjust("team-month", "1000", key={"team_id": "support"})["limit"] == "100"


def test_adjustment_of_calls(own):
    call = tool_call()
    key = {"agent_id": call["tags"]["agent_id"], "tool": call["tool"]}
    for _ in range(3):
        assert own.adjust("tool-rate", -2, key=key)["limit"] == 1
        answers = [own.admin.reserve(call) for _ in range(2)]
        if [answer.status for answer in answers] == [201, 429]:
            break  # the minute did not turn in between
    assert answers[1].expect_problem(429, "rate-limited")["violations"][0]["limit"] == 1


def test_adjustment_beyond_every_amount(own):
    own.adjust("team-month", "140000000", key={"team_id": "support"})
    body = {"amount": "9223372036.854775807", "reason": "x", "key": {"team_id": "support"}}
    own.admin.post("/v1/envelopes/team-month/adjustments", body).expect_problem(422, "invalid-request")
    assert [line["version"] for line in own.history("team-month")] == [1]


def test_adjustment_of_single_calls(own):
    """An envelope without a limit has no balance to adjust."""
    body = {"amount": "1", "reason": "a test"}
    own.admin.post("/v1/envelopes/single-call/adjustments", body).expect_problem(404, "not-found")


def test_adjustment_again(own):
    path, body = "/v1/envelopes/team-month/adjustments", {"amount": "5", "reason": "x", "key": {"team_id": "support"}}
    headers = {"Idempotency-Key": "once"}
    first = own.admin.post(path, body, headers=headers)
    assert first.expect(201)["limit"] == "105" and first.headers.get("Idempotent-Replayed") is None
    second = own.admin.post(path, body, headers=headers)
    assert second.content == first.content and second.headers["Idempotent-Replayed"] == "true"
    own.admin.post(path, body | {"amount": "6"}, headers=headers).expect_problem(422, "idempotency-mismatch")
    other = {"amount": 1, "reason": "x", "key": {"agent_id": "a", "tool": "t"}}
    own.admin.post("/v1/envelopes/tool-rate/adjustments", other, headers=headers).expect_problem(422, "idempotency-mismatch")
    assert len(own.history("team-month")) == 1
    for limit in ("110", "115"):
        assert own.admin.post(path, body).expect(201)["limit"] == limit, "without a key each request adjusts"


def test_adjustment_expires(own, has_test_clock):
    if has_test_clock:
        pytest.skip("the clock stands still")
    more = own.adjust("team-month", "50", key={"team_id": "support"}, expires_at=in_seconds(1.5))
    assert own.admin.reserve(model_call(estimate={"input_tokens": 1, "cost": "45"})).expect(201)["envelopes"][0]["limit"] == "150"
    time.sleep(2)
    held = own.admin.reserve(model_call()).expect(201)
    assert held["envelopes"][0]["limit"] == "100"
    lines = own.history("team-month")
    assert [line["kind"] for line in lines] == ["hold", "expiry", "hold", "adjustment"]
    assert (lines[1]["amount"], lines[1]["author"]) == ("-50", "purser")
    assert lines[3]["expires_at"] == more["expires_at"]


def test_adjustment_of_a_frozen_envelope(own):
    own.set_frozen("team-month", True)
    assert own.adjust("team-month", "5", key={"team_id": "support"})["limit"] == "105"


# Roles


@pytest.mark.parametrize("role", GUARDIANS)
def test_guardians(own, role):
    caller = own.admin if role == "admin" else own.client(role, name=f"the {role}")
    body = {"amount": "1", "reason": "x", "key": {"team_id": "support"}}
    author = caller.post("/v1/envelopes/team-month/adjustments", body).expect(201)["author"]
    assert author == ("first admin" if role == "admin" else f"the {role}")
    assert caller.post("/v1/envelopes/team-month/freeze", {"reason": "x"}).expect(200)["frozen"]["frozen_by"] == author
    caller.post("/v1/envelopes/team-month/unfreeze", {"reason": "x"}).expect(200)


@pytest.mark.parametrize("role", ["gateway", "approver"])
def test_others(own, role):
    caller = own.client(role)
    body = {"amount": "1", "reason": "x", "key": {"team_id": "support"}}
    caller.post("/v1/envelopes/team-month/adjustments", body).expect_problem(403, "forbidden")
    caller.post("/v1/envelopes/team-month/freeze", {"reason": "x"}).expect_problem(403, "forbidden")
    own.set_frozen("team-month", True)
    caller.post("/v1/envelopes/team-month/unfreeze", {"reason": "x"}).expect_problem(403, "forbidden")
    assert own.books()["frozen"] == {"team-month"}
    assert own.admin.get("/v1/envelopes/team-month/balances").expect(200)["data"] == []


@pytest.mark.parametrize("role", ["gateway", "finance", "approver", "operator", "admin"])
@pytest.mark.parametrize("path", ["/v1/alerts", "/v1/approvals", "/v1/tags/schema", "/v1/envelopes/team-month"])
def test_readers(organisation, role, path):
    organisation.caller(role).get(path).expect(200)
