"""What people are asked, what they answer, and what becomes of the run."""

import concurrent.futures
import datetime
import json
import time
import uuid

import pytest

from mistakes import AMOUNTS, COUNTS, MALFORMED, NOT_OBJECTS, REASONS
from organisation import Organisation, model_call

POLICY = {
    "envelopes": [
        {
            "name": "team", "per": ["team_id"], "meter": "cost", "limit": "10", "window": {"every": "month"},
            "plan": [{"at": 100, "do": "require_approval"}, {"at": 1000, "do": "refuse"}],
        },
        {
            "name": "steps", "match": {"workflow_name": "stepped"}, "per": ["run_id"], "meter": "model_calls", "limit": 1,
            "window": {"every": "run"}, "plan": [{"at": 100, "do": "require_approval"}],
        },
        {"name": "single", "match": {"workflow_name": "single"}, "meter": "cost", "per_call": "1", "plan": [{"do": "require_approval"}]},
    ]
}
UNKNOWN_ID = "01a1fd8c-6900-752e-8269-e0d3f2a74de4"


def call(cost="12", run="r1", team="red", **tags):
    return model_call(tags={"team_id": team, "agent_id": "a", "run_id": run} | tags, estimate={"cost": cost})


def ask(client, *arguments, **members):
    """The id of the approval that a call waits for."""
    return client.reserve(call(*arguments, **members)).expect_problem(403, "approval-required")["approval_id"]


def approve(client, approval, **members):
    return client.post(f"/v1/approvals/{approval}/approve", {"reason": "agreed"} | members)


def reject(client, approval, **members):
    return client.post(f"/v1/approvals/{approval}/reject", {"reason": "not now"} | members)


def moment(text):
    return datetime.datetime.fromisoformat(text)


@pytest.fixture
def asking(own):
    own.apply(POLICY)
    return own


# Answers


def test_approve_as_asked(asking):
    gateway, boss = asking.caller("gateway"), asking.client("approver", name="the boss")
    approval = ask(gateway)
    pending = boss.get(f"/v1/approvals/{approval}").expect(200)
    assert (pending["state"], pending["requested"], pending["amount"], pending["decided_by"]) == ("pending", "12", None, None)
    asked = moment(pending["requested_at"])
    assert asked < moment(pending["expires_at"]) <= asked + datetime.timedelta(days=1)

    granted = approve(boss, approval).expect(200)
    assert boss.get(f"/v1/approvals/{approval}").expect(200) == granted
    ended = ("state", "amount", "expires_at", "grant_balance_id", "decision_reason", "decided_at", "decided_by")
    assert {name: granted[name] for name in granted if name not in ended} == {name: pending[name] for name in pending if name not in ended}
    assert (granted["state"], granted["amount"], granted["decision_reason"], granted["decided_by"]) == ("approved", "12", "agreed", "the boss")
    assert abs(moment(granted["expires_at"]) - moment(granted["decided_at"]) - datetime.timedelta(hours=1)) < datetime.timedelta(seconds=10)

    (view,) = gateway.reserve(call()).expect(201)["envelopes"]
    assert view == {
        "name": "team", "key": {"team_id": "red", "run_id": "r1"}, "meter": "cost", "limit": "12", "held": "12", "spent": "0",
        "remaining": "0", "used_percent": 100, "mode": "enforce", "grant": True, "window": view["window"],
    }
    lines = list(asking.pages(f"/v1/balances/{granted['grant_balance_id']}/history"))
    assert [line["kind"] for line in lines] == ["hold", "grant"]
    assert (lines[1]["amount"], lines[1]["reason"], lines[1]["author"], lines[1]["expires_at"]) == (
        "12", "agreed", "the boss", granted["expires_at"],
    )
    assert lines[0]["amount"] == "12" and lines[0]["limit"] == "12"


def test_a_draw_leaves_the_envelope_as_it_was(asking):
    gateway, boss = asking.caller("gateway"), asking.caller("approver")
    gateway.reserve(call("9")).expect(201)
    approve(boss, ask(gateway, "2"), amount="5").expect(200)
    held = gateway.reserve(call("2")).expect(201)
    (team,) = [one for one in asking.pages("/v1/envelopes/team/balances") if not one.get("grant")]
    assert (team["held"], team["spent"]) == ("9", "0")
    gateway.reserve(call("1")).expect(201)
    committed = gateway.post(f"/v1/reservations/{held['id']}/commit", {"cost": "1.5"}).expect(200)
    (view,) = committed["envelopes"]
    assert (view["grant"], view["limit"], view["held"], view["spent"]) == (True, "5", "0", "1.5")
    # 3.5 are left: one nano-unit more asks again, and that is a new question.
    again = ask(gateway, "3.500000001")
    assert boss.get(f"/v1/approvals/{again}").expect(200)["state"] == "pending"
    gateway.reserve(call("3.5")).expect(201)


def test_approve_less_and_more(asking):
    gateway, boss = asking.caller("gateway"), asking.caller("approver")
    approve(boss, ask(gateway, "12"), amount="11.999999999").expect(200)
    second = ask(gateway, "12")
    gateway.reserve(call("11.999999999")).expect(201)
    approve(boss, second, amount="30").expect(200)
    for _ in range(2):
        gateway.reserve(call("12")).expect(201)
    ask(gateway, "12")


def test_a_grant_serves_its_run_alone(asking):
    gateway = asking.caller("gateway")
    approve(asking.caller("approver"), ask(gateway), amount="90").expect(200)
    assert ask(gateway, run="r2") != ask(gateway, team="blue")
    gateway.reserve(call()).expect(201)


def test_what_a_plan_refuses_no_grant_opens(asking):
    gateway = asking.caller("gateway")
    approve(asking.caller("approver"), ask(gateway), amount="500").expect(200)
    gateway.reserve(call("100.000000001")).expect_problem(402, "envelope-exhausted")
    gateway.reserve(call("100")).expect(201)


def test_calls_are_granted_in_whole_numbers(asking):
    gateway, boss = asking.caller("gateway"), asking.caller("approver")
    stepped = {"workflow_name": "stepped"}
    gateway.reserve(call("1", **stepped)).expect(201)
    granted = approve(boss, ask(gateway, "1", **stepped), amount=2).expect(200)
    assert (granted["envelope"], granted["meter"], granted["requested"], granted["amount"]) == ("steps", "model_calls", 1, 2)
    for _ in range(2):
        gateway.reserve(call("1", **stepped)).expect(201)
    ask(gateway, "1", **stepped)


def test_single_calls(asking):
    gateway, boss = asking.caller("gateway"), asking.caller("approver")
    single = {"workflow_name": "single"}
    granted = approve(boss, ask(gateway, "2", **single)).expect(200)
    held = gateway.reserve(call("2", **single)).expect(201)
    assert [view["name"] for view in held["envelopes"]] == ["team", "single"]
    assert [line["kind"] for line in asking.pages(f"/v1/balances/{granted['grant_balance_id']}/history")] == ["hold", "grant"]


def test_each_envelope_that_asks_is_answered(asking):
    gateway, boss = asking.caller("gateway"), asking.caller("approver")
    tags = {"workflow_name": "single"}
    problem = gateway.reserve(call("12", **tags)).expect_problem(403, "approval-required")
    first, second = (violation["approval_id"] for violation in problem["violations"])
    approve(boss, first).expect(200)
    assert ask(gateway, "12", **tags) == second
    approve(boss, second).expect(200)
    assert [view["grant"] for view in gateway.reserve(call("12", **tags)).expect(201)["envelopes"]] == [True, True]


def test_a_grant_ends(asking, has_test_clock):
    if has_test_clock:
        pytest.skip("the clock stands still")
    gateway, boss = asking.caller("gateway"), asking.caller("approver")
    granted = approve(boss, ask(gateway), amount="30", expires_in_seconds=1).expect(200)
    gateway.reserve(call()).expect(201)
    time.sleep(1.5)
    ask(gateway)
    lines = list(asking.pages(f"/v1/balances/{granted['grant_balance_id']}/history"))
    assert [line["kind"] for line in lines] == ["expiry", "hold", "grant"]
    assert (lines[0]["amount"], lines[0]["limit"], lines[0]["held"]) == ("-18", "12", "12")


def test_reject(asking):
    gateway, boss = asking.caller("gateway"), asking.client("approver", name="the boss")
    approval = ask(gateway)
    rejected = reject(boss, approval).expect(200)
    shown = ("state", "amount", "grant_balance_id", "decision_reason", "decided_by")
    assert [rejected[name] for name in shown] == ["rejected", None, None, "not now", "the boss"]
    answer = gateway.reserve(call())
    problem = answer.expect_problem(402, "envelope-exhausted")
    assert problem["approval_id"] == approval and int(answer.headers["Retry-After"]) > 0
    (violation,) = problem["violations"]
    assert (violation["action"], violation["approval_id"]) == ("refuse", approval)
    assert violation["resets_at"] == asking.admin.get("/v1/envelopes/team/balances").expect(200)["data"][0]["window"]["end"]
    assert len(list(asking.pages("/v1/approvals"))) == 1, "nobody is asked again"
    gateway.reserve(call("10")).expect(201)
    ask(gateway, run="r2")


def test_decided_once(asking):
    gateway, boss, other = asking.caller("gateway"), asking.client("approver", name="the boss"), asking.client("approver")
    for first, state in ((approve, "approved"), (reject, "rejected")):
        approval = ask(gateway, run=f"run of {state}")
        ended = first(boss, approval).expect(200)
        for again in (approve, reject):
            problem = again(other, approval).expect_problem(409, "already-decided")
            assert {name: problem[name] for name in ("state", "decided_by", "decided_at")} == {
                "state": state, "decided_by": "the boss", "decided_at": ended["decided_at"],
            }
        assert other.get(f"/v1/approvals/{approval}").expect(200) == ended
    (grant,) = [one for one in asking.pages("/v1/envelopes/team/balances") if one.get("grant")]
    assert grant["limit"] == "12"


def test_decided_once_at_once(asking):
    """Of many answers in the same moment one counts."""
    approval = ask(asking.caller("gateway"))
    bosses = [asking.client("approver", name=f"boss {number}") for number in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda pair: (approve if pair[0] % 2 else reject)(pair[1], approval), enumerate(bosses)))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    (winner,) = [answer.json for answer in answers if answer.status == 200]
    for answer in answers:
        if answer.status == 409:
            assert answer.expect_problem(409, "already-decided")["decided_by"] == winner["decided_by"]


def test_events_of_the_envelope(asking):
    """What became of a question is told beside the question, and names the approval."""
    gateway, boss = asking.caller("gateway"), asking.client("approver", name="the boss")
    approved, rejected = ask(gateway), ask(gateway, run="r2")
    approve(boss, approved).expect(200)
    reject(boss, rejected).expect(200)
    events = asking.admin.get("/v1/envelopes/team").expect(200)["recent_events"]
    assert [event["kind"] for event in events] == ["approval.rejected", "approval.approved", "approval.requested", "approval.requested"]
    assert [event["data"]["related_id"] for event in events] == [rejected, approved, rejected, approved]
    assert [event["data"]["reason"] for event in events[:2]] == ["the boss: not now", "the boss: agreed"]
    # A grant is the run's; what was not granted stays a question of the envelope's balance.
    assert [event["data"]["key"] for event in events[:2]] == [{"team_id": "red"}, {"team_id": "red", "run_id": "r1"}]
    assert [event["data"]["tags"]["run_id"] for event in events[:2]] == ["r2", "r1"]
    assert "limit" not in events[0]["data"] and events[0]["data"]["requested"] == "12"


# Waiting


def test_wait_ends_with_the_answer(asking):
    approval = ask(asking.caller("gateway"))
    asking.caller("approver")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(asking.caller("gateway").get, f"/v1/approvals/{approval}", query={"wait": 60}) for _ in range(4)]
        approve(asking.caller("approver"), approval).expect(200)
        # The client gives up before the server would.
        assert {future.result(timeout=50).expect(200)["state"] for future in waiting} == {"approved"}


def test_wait_ends_with_the_time(asking):
    approval = ask(asking.caller("gateway"))
    assert asking.admin.get(f"/v1/approvals/{approval}", query={"wait": 1}).expect(200)["state"] == "pending"
    assert asking.admin.get(f"/v1/approvals/{approval}", query={"wait": 0}).expect(200)["state"] == "pending"


@pytest.mark.parametrize("wait", ["-1", "61", "1.5", "ten", "", "99999999999999999999", "1s"])
def test_bad_wait(organisation, unchanged, wait):
    organisation.admin.get(f"/v1/approvals/{UNKNOWN_ID}", query={"wait": wait}).expect_problem(422, "invalid-request", "?wait")


# Who


@pytest.mark.parametrize("role", ["gateway", "finance", "operator"])
def test_roles_that_do_not_decide(asking, role):
    approval = ask(asking.admin)
    for decide in (approve, reject):
        decide(asking.caller(role), approval).expect_problem(403, "forbidden")
    assert asking.caller(role).get(f"/v1/approvals/{approval}").expect(200)["state"] == "pending"


@pytest.mark.parametrize("role", ["approver", "admin"])
def test_roles_that_decide(asking, role):
    caller = asking.client(role)
    approve(caller, ask(asking.caller("gateway"))).expect(200)
    reject(caller, ask(asking.caller("gateway"), run="r2")).expect(200)


def test_own_request(asking):
    """The key that asked may take the question back, not grant it."""
    approval = ask(asking.admin)
    assert "somebody else" in approve(asking.admin, approval).expect_problem(403, "forbidden")["detail"]
    assert asking.admin.get(f"/v1/approvals/{approval}").expect(200)["state"] == "pending"
    reject(asking.admin, approval).expect(200)


def test_request_of_the_same_user(asking):
    """A second key does not make another person of him."""
    gateway = asking.client("gateway", tags={"user_id": "ann"})
    approval = ask(gateway)
    approve(asking.client("approver", tags={"user_id": "ann"}), approval).expect_problem(403, "forbidden")
    approve(asking.client("admin", tags={"user_id": "ann"}), approval).expect_problem(403, "forbidden")
    # For an approver the tag says who he is, not whose calls he may answer.
    approve(asking.client("approver", tags={"user_id": "bob"}), approval).expect(200)


def test_bound_keys(asking):
    red, blue = (asking.client("approver", tags={"team_id": team}) for team in ("red", "blue"))
    approval = ask(asking.caller("gateway"))
    for decide in (approve, reject):
        decide(blue, approval).expect_problem(404, "not-found")
    assert blue.get("/v1/approvals").expect(200)["data"] == []
    blue.get(f"/v1/approvals/{approval}", query={"wait": 60}).expect_problem(404, "not-found")
    granted = approve(red, approval).expect(200)
    red.get(f"/v1/balances/{granted['grant_balance_id']}/history").expect(200)
    blue.get(f"/v1/balances/{granted['grant_balance_id']}/history").expect_problem(404, "not-found")


def test_another_organisation(asking, installation):
    stranger = Organisation(installation)
    approval = ask(asking.caller("gateway"))
    for decide in (approve, reject):
        decide(stranger.admin, approval).expect_problem(404, "not-found")
        decide(installation, approval).expect_problem(404, "not-found")
    stranger.admin.get(f"/v1/approvals/{approval}", query={"wait": 60}).expect_problem(404, "not-found")
    assert asking.admin.get(f"/v1/approvals/{approval}").expect(200)["state"] == "pending"


# An approver's limit


def test_limit_of_an_approver(asking):
    gateway, boss = asking.caller("gateway"), asking.client("approver", approve_up_to="15")
    first = ask(gateway)
    assert "15" in approve(boss, first, amount="15.000000001").expect_problem(403, "forbidden")["detail"]
    approve(boss, first).expect(200)
    gateway.reserve(call()).expect(201)

    # Splitting it over several questions of the run does not help.
    second = ask(gateway)
    assert "3 more" in approve(boss, second).expect_problem(403, "forbidden")["detail"]
    approve(boss, second, amount="3").expect(200)
    third = ask(gateway)
    approve(boss, third, amount="0.000000001").expect_problem(403, "forbidden")
    assert asking.admin.get(f"/v1/approvals/{third}").expect(200)["state"] == "pending"
    approve(asking.client("approver", approve_up_to="100"), third).expect(200)

    # Other runs have their own, and the limit hinders no rejection.
    other = ask(gateway, run="r2")
    approve(boss, other, amount="15").expect(200)
    reject(boss, ask(gateway, run="r3")).expect(200)


def test_limit_of_nothing(asking):
    boss = asking.client("admin", approve_up_to="0")
    approval = ask(asking.caller("gateway"))
    approve(boss, approval, amount="0.000000001").expect_problem(403, "forbidden")
    reject(boss, approval).expect(200)


def test_limit_is_of_money(asking):
    gateway, boss = asking.caller("gateway"), asking.client("approver", approve_up_to="0.5")
    stepped = {"workflow_name": "stepped"}
    gateway.reserve(call("1", **stepped)).expect(201)
    assert approve(boss, ask(gateway, "1", **stepped), amount=100).expect(200)["amount"] == 100


def test_limit_in_keys(asking):
    made = asking.make_key("approver", approve_up_to="250.50")
    assert made["approve_up_to"] == "250.5"
    assert asking.admin.get(f"/v1/keys/{made['id']}").expect(200)["approve_up_to"] == "250.5"
    assert {key["id"]: key["approve_up_to"] for key in asking.pages("/v1/keys")}[made["id"]] == "250.5"
    assert asking.make_key("approver")["approve_up_to"] is None
    assert asking.make_key("approver", approve_up_to=None)["approve_up_to"] is None


@pytest.mark.parametrize("role", ["gateway", "finance", "operator"])
def test_limit_of_a_role_that_does_not_approve(organisation, unchanged, role):
    answer = organisation.admin.post("/v1/keys", {"role": role, "approve_up_to": "5"})
    answer.expect_problem(422, "invalid-request", "/approve_up_to")


@pytest.mark.parametrize("amount", AMOUNTS.values(), ids=AMOUNTS.keys())
def test_bad_limit(organisation, unchanged, amount):
    answer = organisation.admin.post("/v1/keys", {"role": "approver", "approve_up_to": amount})
    answer.expect_problem(422, "invalid-request", "/approve_up_to")


# Bad input


@pytest.fixture(scope="module")
def pending(installation):
    """An organisation with a question about money and one about calls; no test of bad input may answer them."""
    made = Organisation(installation)
    made.apply(POLICY)
    gateway = made.caller("gateway")
    made.money = ask(gateway)
    gateway.reserve(call("1", run="steps", workflow_name="stepped")).expect(201)
    made.calls = ask(gateway, "1", run="steps", workflow_name="stepped")
    yield made
    assert [entry["state"] for entry in made.pages("/v1/approvals")] == ["pending", "pending"]
    assert [one for one in made.pages("/v1/envelopes/team/balances") if one.get("grant")] == []


ZERO = {"zero": "0", "zero with decimals": "0.00"}
SECONDS = {"zero": 0, "negative": -1, "beyond 30 days": 2_592_001, "fraction": 1.5, "text": "60", "true": True, "list": [60]}


@pytest.mark.parametrize("amount", (AMOUNTS | ZERO).values(), ids=(AMOUNTS | ZERO).keys())
def test_bad_amount(pending, amount):
    approve(pending.admin, pending.money, amount=amount).expect_problem(422, "invalid-request", "/amount")


@pytest.mark.parametrize("amount", (COUNTS | {"zero": 0}).values(), ids=(COUNTS | {"zero": 0}).keys())
def test_bad_amount_of_calls(pending, amount):
    approve(pending.admin, pending.calls, amount=amount).expect_problem(422, "invalid-request", "/amount")


def test_amount_beyond_every_grant(pending):
    answer = approve(pending.caller("approver"), pending.money, amount="9223372036.854775807")
    answer.expect_problem(422, "invalid-request", "/amount")


@pytest.mark.parametrize("seconds", SECONDS.values(), ids=SECONDS.keys())
def test_bad_duration(pending, seconds):
    answer = approve(pending.admin, pending.money, expires_in_seconds=seconds)
    answer.expect_problem(422, "invalid-request", "/expires_in_seconds")


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS.keys())
def test_bad_reason(pending, reason):
    for decide in (approve, reject):
        decide(pending.admin, pending.money, reason=reason).expect_problem(422, "invalid-request", "/reason")


@pytest.mark.parametrize("action", ["approve", "reject"])
class TestBody:
    def test_without_reason(self, pending, action):
        path = f"/v1/approvals/{pending.money}/{action}"
        pending.admin.post(path, {}).expect_problem(422, "invalid-request", "/reason")

    @pytest.mark.parametrize("field", ["approved_by", "Reason", "state", "until"])
    def test_unknown_field(self, pending, action, field):
        path = f"/v1/approvals/{pending.money}/{action}"
        pending.admin.post(path, {"reason": "x", field: "x"}).expect_problem(422, "invalid-request", f"/{field}")

    @pytest.mark.parametrize("body", NOT_OBJECTS.values(), ids=NOT_OBJECTS.keys())
    def test_no_object(self, pending, action, body):
        path = f"/v1/approvals/{pending.money}/{action}"
        pending.admin.post(path, json.dumps(body).encode()).expect_problem(422, "invalid-request", "")

    @pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
    def test_malformed(self, pending, action, body):
        pending.admin.post(f"/v1/approvals/{pending.money}/{action}", body).expect_problem(400, "malformed")

    def test_twice(self, pending, action):
        path = f"/v1/approvals/{pending.money}/{action}"
        pending.admin.post(path, b'{"reason": "x", "reason": "y"}').expect_problem(422, "invalid-request", "/reason")

    def test_unknown_query(self, pending, action):
        path = f"/v1/approvals/{pending.money}/{action}"
        pending.admin.post(path, {"reason": "x"}, query={"wait": "1"}).expect_problem(422, "invalid-request", "?wait")

    @pytest.mark.parametrize("id", [UNKNOWN_ID, str(uuid.UUID(int=0)), "no-such-id", "%00", "0" * 2000])
    def test_unknown(self, pending, action, id):
        pending.admin.post(f"/v1/approvals/{id}/{action}", {"reason": "x"}).expect_problem(404, "not-found")


@pytest.mark.parametrize("field", ["amount", "expires_in_seconds"])
def test_a_rejection_gives_nothing(pending, field):
    value = "1" if field == "amount" else 60
    reject(pending.admin, pending.money, **{field: value}).expect_problem(422, "invalid-request", f"/{field}")


# Lists


def test_filters(asking):
    gateway, boss = asking.caller("gateway"), asking.caller("approver")
    stepped = {"workflow_name": "stepped"}
    gateway.reserve(call("1", run="r2", **stepped)).expect(201)
    approved, rejected, waiting = ask(gateway), ask(gateway, run="r2"), ask(gateway, "1", run="r2", **stepped)
    approve(boss, approved).expect(200)
    reject(boss, rejected).expect(200)

    def listed(**query):
        return [entry["id"] for entry in asking.pages("/v1/approvals", **query)]

    assert listed() == [waiting, rejected, approved]
    assert listed(state="pending") == [waiting]
    assert listed(state="approved") == [approved]
    assert listed(state="rejected") == [rejected]
    assert listed(state="expired") == []
    assert listed(envelope="team") == [rejected, approved]
    assert listed(run_id="r2") == [waiting, rejected]
    assert listed(run_id="r2", envelope="team", state="rejected") == [rejected]
    assert listed(run_id="r2", limit=1) == [waiting, rejected], "filters hold on every page"
    assert listed(envelope="none") == listed(run_id="none") == []


@pytest.mark.parametrize(
    "query, pointer",
    [
        ({"state": "open"}, "?state"),
        ({"state": ""}, "?state"),
        ({"state": "Pending"}, "?state"),
        ({"run_id": "a\0b"}, "?run_id"),
        ({"envelope": "x" * 1025}, "?envelope"),
        ({"run": "r1"}, "?run"),
        ({"agent_id": "a"}, "?agent_id"),
    ],
)
def test_bad_filter(organisation, unchanged, query, pointer):
    organisation.admin.get("/v1/approvals", query=query).expect_problem(422, "invalid-request", pointer)
