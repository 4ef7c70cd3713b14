"""What the plans of envelopes and the rules of a policy do to calls: every refusal holds nothing."""

import uuid

import pytest

from organisation import NOTHING_BOOKED, model_call, usage


def call(workflow=None, cost="0.01", model="test-small", tool=None, **tags):
    tags = {"team_id": "support", "agent_id": "triage-7", "run_id": "run-1"} | tags
    if workflow:
        tags["workflow_name"] = workflow
    if tool:
        return {"tags": tags, "tool": tool}
    return {"tags": tags, "model": model, "estimate": {"input_tokens": 100, "output_tokens": 50, "cost": cost}}


def events(organisation, envelope):
    return [event["kind"] for event in organisation.admin.get(f"/v1/envelopes/{envelope}").expect(200)["recent_events"]]


# Rules

FORBIDDEN = {
    "tool that is denied": (call("ruled", tool="crm.delete"), "tool-not-allowed", "crm-tools"),
    "tool that is not allowed": (call("ruled", tool="mail.send"), "tool-not-allowed", "crm-tools"),
    "model that is denied": (call(model="test-premium", environment="staging"), "model-not-allowed", "model_rules/0"),
    "model that is denied late": (call(model="test-lone", cost="50.01"), "model-not-allowed", "late-lone"),
    "route without a cheaper model": (call("routed", model="test-lone", cost="6"), "model-not-allowed", "route"),
}


@pytest.mark.parametrize("body, name, rule", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_rule(planned, body, name, rule):
    assert planned.admin.reserve(body).expect_problem(403, name)["rule"] == rule
    assert planned.books() == NOTHING_BOOKED


@pytest.mark.parametrize(
    "body",
    [
        call("ruled", tool="crm.search"),
        call(tool="mail.send"),
        call(model="test-premium"),
        call(model="test-lone", cost="50"),
        call("routed", model="test-lone", cost="5"),
    ],
    ids=["allowed", "another workflow", "another environment", "up to the share", "up to the step"],
)
def test_rule_lets_through(planned, body):
    assert planned.admin.reserve(body).expect(201)["decision"] == "allow"


def test_rule_comes_before_the_budget(planned):
    body = call(model="test-premium", environment="staging", cost="200")
    problem = planned.admin.reserve(body).expect_problem(403, "model-not-allowed")
    assert [violation["envelope"] for violation in problem["violations"]] == ["team-month"]


def test_unmatched(planned):
    envelope = {"name": "sales", "match": {"team_id": "sales"}, "meter": "cost", "limit": "1"}
    planned.apply({"envelopes": [envelope], "unmatched": "refuse"})
    problem = planned.admin.reserve(call()).expect_problem(403, "forbidden")
    assert problem["rule"] == "unmatched"
    assert planned.books() == NOTHING_BOOKED | {"policy": 2}
    planned.admin.reserve(call(team_id="sales")).expect(201)
    planned.apply({"envelopes": [envelope], "unmatched": "admit"})
    assert planned.admin.reserve(call()).expect(201)["envelopes"] == []


# Tags

TAG_MISTAKES = {
    "missing": ({"run_id": "r"}, "tags-missing", {"/tags/team_id"}),
    "value": ({"team_id": "a", "environment": "nowhere"}, "tag-value", {"/tags/environment"}),
    "both": ({"environment": "nowhere"}, "tags-missing", {"/tags/team_id", "/tags/environment"}),
}


@pytest.mark.parametrize("tags, name, pointers", TAG_MISTAKES.values(), ids=TAG_MISTAKES.keys())
def test_tags(planned, tags, name, pointers):
    problem = planned.admin.reserve(call() | {"tags": tags}).expect_problem(422, name)
    assert {error["pointer"] for error in problem["errors"]} == pointers
    assert planned.books() == NOTHING_BOOKED


def test_tags_that_may_be_missing(planned):
    held = planned.admin.reserve(call() | {"tags": {"environment": "sandbox"}}).expect(201)
    assert held["envelopes"][0]["key"] == {"team_id": ""}


# Downgrades


def test_downgrade(planned):
    assert planned.admin.reserve(call("routed", "5", "test-premium")).expect(201)["decision"] == "allow"
    answer = planned.admin.reserve(call("routed", "0.01", "test-premium"), idempotency_key="cheaper")
    held = answer.expect(201)
    assert (held["decision"], held["model"]) == ("downgrade", "test-small") and "routed" in held["reason"]
    assert held["held"]["cost"] == "0.0003", "at the price of the model that will be called"
    assert planned.admin.reserve(call("routed", "0.01", "test-premium"), idempotency_key="cheaper").content == answer.content
    stored = planned.admin.get(f"/v1/reservations/{held['id']}").expect(200)
    shown = [stored[name] for name in ("decision", "model", "requested_model", "reason")]
    assert shown == ["downgrade", "test-small", "test-premium", held["reason"]]

    detail = planned.admin.get("/v1/envelopes/routed").expect(200)
    (downgraded,) = detail["downgraded"]
    assert downgraded["to"] == "economy" and downgraded["until"] == held["envelopes"][-1]["window"]["end"]
    assert events(planned, "routed") == ["route.downgraded"]
    assert planned.admin.reserve(call("routed", "0.01")).expect(201)["decision"] == "allow", "cheap enough already"
    assert planned.admin.reserve(call(model="test-premium")).expect(201)["decision"] == "allow", "another workflow"


def test_downgrade_stays_until_the_limit_rises(planned):
    dear = planned.admin.reserve(call("routed", "5", "test-premium")).expect(201)["id"]
    assert planned.admin.reserve(call("routed", "0.01", "test-premium")).expect(201)["decision"] == "downgrade"
    planned.admin.post(f"/v1/reservations/{dear}/release").expect(200)
    assert planned.admin.reserve(call("routed", "0.01", "test-premium")).expect(201)["decision"] == "downgrade"
    planned.adjust("routed", "5")
    assert planned.admin.reserve(call("routed", "0.01", "test-premium")).expect(201)["decision"] == "allow"
    assert planned.admin.get("/v1/envelopes/routed").expect(200)["downgraded"] == []
    assert events(planned, "routed") == ["balance.adjusted", "route.restored", "route.downgraded"]


def test_downgraded_to_the_end(planned):
    """The cheaper model counts too; above the last step nothing is left."""
    planned.admin.reserve(call("routed", "5", "test-premium")).expect(201)
    planned.admin.reserve(call("routed", "5")).expect(201)
    before = planned.books()
    planned.admin.reserve(call("routed", "0.01", "test-premium")).expect_problem(402, "envelope-exhausted")
    assert planned.books() == before


# Shadow mode


def test_shadow(planned):
    wishes = []
    for _ in range(3):
        held = planned.admin.reserve(call("tried")).expect(201)
        (view,) = [view for view in held["envelopes"] if view["name"] == "tried"]
        assert view["mode"] == "shadow"
        wishes.append((view["held"], view["would"]))
    assert wishes == [(1, None), (2, "require_approval"), (3, "require_approval")]
    committed = planned.admin.post(f"/v1/reservations/{held['id']}/commit", {"cost": "0.01"}).expect(200)
    assert [view["mode"] for view in committed["envelopes"]] == ["enforce", "shadow"]
    (balance,) = planned.admin.get("/v1/envelopes/tried/balances").expect(200)["data"]
    assert (balance["mode"], balance["held"], balance["spent"]) == ("shadow", 2, 1)
    assert list(planned.pages("/v1/approvals")) == [] and list(planned.pages("/v1/alerts")) == []
    stored = planned.admin.get(f"/v1/reservations/{held['id']}").expect(200)["envelopes"]
    assert [view.get("would") for view in stored] == [None, "require_approval"]


# Alerts


def test_alert(planned):
    planned.admin.reserve(call(cost="79.99")).expect(201)
    assert list(planned.pages("/v1/alerts")) == []
    planned.admin.reserve(call(cost="0.01")).expect(201)
    planned.admin.reserve(call(cost="0.01")).expect(201)
    (alert,) = planned.pages("/v1/alerts")
    shown = [alert[name] for name in ("kind", "envelope", "key", "percent", "owner", "playbook")]
    assert shown == ["threshold", "team-month", {"team_id": "support"}, 80, "lead", "https://wiki.example.com/team-month"]
    assert planned.admin.get(f"/v1/balances/{alert['balance_id']}/history").expect(200)["data"]
    assert [entry["id"] for entry in planned.pages("/v1/alerts", envelope="team-month")] == [alert["id"]]
    assert list(planned.pages("/v1/alerts", envelope="routed")) == []


def test_alert_of_a_charge(planned):
    planned.admin.charge(usage(cost="300")).expect(201)
    planned.admin.charge(usage(cost="1", tags={"team_id": "sales"})).expect(201)
    assert [(alert["key"], alert["percent"]) for alert in planned.pages("/v1/alerts")] == [({"team_id": "support"}, 80)]


def test_alerts_in_pages(planned):
    teams = [f"team-{number}" for number in range(5)]
    for team in teams:
        planned.admin.charge(usage(cost="90", tags={"team_id": team})).expect(201)
    assert [alert["key"]["team_id"] for alert in planned.pages("/v1/alerts", limit=2)] == teams[::-1]


# Approvals


def test_approval(planned):
    planned.admin.reserve(call("asked")).expect(201)
    before = planned.books()
    answer = planned.admin.reserve(call("asked"), idempotency_key="asked")
    problem = answer.expect_problem(403, "approval-required")
    assert answer.headers["Location"] == f"/v1/approvals/{problem['approval_id']}"
    (violation,) = problem["violations"]
    shown = [violation[name] for name in ("envelope", "key", "rule", "action", "approval_id", "resets_at")]
    assert shown == ["asked-run", {"run_id": "run-1"}, "limit", "require_approval", problem["approval_id"], None]
    assert planned.books() == before

    approval = planned.admin.get(answer.headers["Location"]).expect(200)
    shown = [approval[name] for name in ("id", "state", "envelope", "key", "run_id", "requested", "model", "tool")]
    assert shown == [problem["approval_id"], "pending", "asked-run", {"run_id": "run-1"}, "run-1", 1, "test-small", None]
    assert approval["tags"] == call("asked")["tags"]

    again = planned.admin.reserve(call("asked"), idempotency_key="asked").expect_problem(403, "approval-required")
    assert again["approval_id"] == problem["approval_id"], "one question for a run"
    planned.admin.reserve(call("asked", run_id="run-2")).expect(201)
    other = planned.admin.reserve(call("asked", run_id="run-2")).expect_problem(403, "approval-required")
    assert [entry["id"] for entry in planned.pages("/v1/approvals", limit=1)] == [other["approval_id"], problem["approval_id"]]


def test_two_envelopes_ask(planned):
    planned.admin.reserve(call("asked")).expect(201)
    problem = planned.admin.reserve(call("asked", cost="2")).expect_problem(403, "approval-required")
    asked = {violation["envelope"]: violation["approval_id"] for violation in problem["violations"]}
    assert set(asked) == {"asked-run", "asked-call"} and len(set(asked.values())) == 2
    assert problem["approval_id"] in asked.values()
    by_id = {entry["id"]: entry for entry in planned.pages("/v1/approvals")}
    assert by_id[asked["asked-call"]]["requested"] == "2" and by_id[asked["asked-run"]]["requested"] == 1


def test_nobody_is_asked_for_what_is_refused(planned):
    problem = planned.admin.reserve(call("asked", cost="200")).expect_problem(402, "envelope-exhausted")
    actions = {violation["envelope"]: violation["action"] for violation in problem["violations"]}
    assert actions == {"team-month": "refuse", "asked-call": "require_approval"}
    assert all("approval_id" not in violation for violation in problem["violations"])
    assert list(planned.pages("/v1/approvals")) == [] and planned.books() == NOTHING_BOOKED


# Suspensions


def test_suspension(planned):
    held = planned.admin.reserve(call("fast", "0.5")).expect(201)["id"]
    other = planned.admin.reserve(call("fast", "0.1")).expect(201)["id"]
    planned.admin.post(f"/v1/reservations/{held}/commit", {"cost": "1.51"}).expect(200)
    planned.eventually(lambda: planned.admin.get(f"/v1/reservations/{other}").expect(200)["state"] == "released")
    before = planned.books()
    for body in (call("fast"), call()):
        problem = planned.admin.reserve(body).expect_problem(403, "suspended")
        assert problem["subject"] == {"type": "agent", "id": "triage-7"} and "fast" in problem["reason"]
    planned.admin.post(f"/v1/reservations/{other}/extend", {"ttl_seconds": 3600}).expect_problem(409, "already-settled")
    assert planned.books() == before
    planned.admin.reserve(call(agent_id="triage-8")).expect(201)
    planned.admin.charge(usage()).expect(201)
    planned.admin.post(f"/v1/reservations/{other}/commit", {"cost": "0.1"}).expect(200)
    assert events(planned, "fast") == ["suspension.opened"]


def test_huge_estimate_suspends_nobody(planned):
    planned.admin.reserve(call("fast", "90")).expect_problem(402, "envelope-exhausted")
    planned.admin.reserve(call("fast", "1")).expect(201)


def test_suspended_comes_before_frozen(planned):
    held = planned.admin.reserve(call("fast", "0.5")).expect(201)["id"]
    planned.admin.post(f"/v1/reservations/{held}/commit", {"cost": "2"}).expect(200)
    planned.set_frozen("team-month", True)
    problem = planned.admin.reserve(call("fast", "200")).expect_problem(403, "suspended")
    assert {violation["envelope"] for violation in problem["violations"]} == {"team-month", "fast"}
    problem = planned.admin.reserve(call(cost="200", agent_id="x")).expect_problem(403, "envelope-frozen")
    assert [violation["envelope"] for violation in problem["violations"]] == ["team-month"]


# Prices


def test_unknown_price(own):
    policy = {"envelopes": [{"name": "all", "meter": "cost", "limit": "100"}]}
    body = model_call(model=f"model-{uuid.uuid4().hex[:8]}", estimate={"input_tokens": 100, "output_tokens": 50})
    own.apply(policy | {"unknown_price": "refuse"})
    own.admin.reserve(body).expect_problem(422, "unknown-model")
    own.apply(policy | {"unknown_price": {"input_cost_per_token": "0.001", "output_cost_per_token": "0.002"}})
    assert own.admin.reserve(body).expect(201)["held"]["cost"] == "0.2"
