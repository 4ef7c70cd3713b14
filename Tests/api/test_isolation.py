"""Who may do what: other organisations, revoked keys, closed organisations, bound keys."""

import pytest

from organisation import NOTHING_BOOKED, Organisation, model_call, usage


@pytest.fixture(scope="module")
def stranger(installation):
    return Organisation(installation)


def test_reservation_of_another_organisation(organisation, unchanged, stranger):
    path = f"/v1/reservations/{organisation.open}"
    stranger.admin.get(path).expect_problem(404, "not-found")
    stranger.admin.post(f"{path}/commit", {"cost": "0.01"}).expect_problem(404, "not-found")
    stranger.admin.post(f"{path}/release").expect_problem(404, "not-found")
    stranger.admin.post(f"{path}/extend", {"ttl_seconds": 60}).expect_problem(404, "not-found")
    assert stranger.books() == NOTHING_BOOKED


def test_things_of_another_organisation(organisation, unchanged, stranger):
    balance = next(iter(organisation.balances()))
    stranger.admin.get(f"/v1/balances/{balance}/history").expect_problem(404, "not-found")
    key = organisation.make_key("gateway")
    stranger.admin.get(f"/v1/keys/{key['id']}").expect_problem(404, "not-found")
    stranger.admin.call("DELETE", f"/v1/keys/{key['id']}").expect_problem(404, "not-found")
    organisation.admin.with_key(key["key"]).get(f"/v1/reservations/{organisation.open}").expect(200)


def test_guards_of_another_organisation(own, stranger):
    """Both have envelopes of the same names."""
    stranger.set_frozen("team-month", True)
    stranger.adjust("team-month", "-100", key={"team_id": "support"})
    held = own.admin.reserve(model_call()).expect(201)
    assert held["envelopes"][0]["limit"] == "100" and own.books()["frozen"] == set()
    (balance,) = own.admin.get("/v1/envelopes/team-month/balances").expect(200)["data"]
    assert [line["kind"] for line in own.history("team-month")] == ["hold"]
    stranger.admin.get(f"/v1/balances/{balance['id']}/history").expect_problem(404, "not-found")
    stranger.set_frozen("team-month", False)
    stranger.adjust("team-month", "100", key={"team_id": "support"})
    assert own.admin.get("/v1/envelopes/team-month").expect(200)["recent_events"] == []


def test_envelope_of_another_organisation(planned, stranger):
    for action in ("adjustments", "freeze", "unfreeze"):
        body = {"reason": "x"} | ({"amount": "1"} if action == "adjustments" else {})
        stranger.admin.post(f"/v1/envelopes/routed/{action}", body).expect_problem(404, "not-found")
    assert planned.books() == NOTHING_BOOKED


def test_alerts_and_approvals_of_another_organisation(planned, stranger):
    planned.admin.charge(usage(cost="90")).expect(201)
    tags = {"team_id": "sales", "workflow_name": "asked", "run_id": "r"}
    asked = planned.admin.reserve(model_call(tags=tags, estimate={"cost": "2"})).expect_problem(403, "approval-required")
    assert len(list(planned.pages("/v1/alerts"))) == len(list(planned.pages("/v1/approvals"))) == 1
    assert list(stranger.pages("/v1/alerts")) == list(stranger.pages("/v1/approvals")) == []
    stranger.admin.get(f"/v1/approvals/{asked['approval_id']}").expect_problem(404, "not-found")


def test_suspension_in_another_organisation(planned, own):
    tags = {"team_id": "support", "workflow_name": "fast", "agent_id": "triage-7"}
    planned.admin.charge(usage(cost="2", tags=tags)).expect(201)
    planned.admin.reserve(model_call(tags=tags)).expect_problem(403, "suspended")
    own.admin.reserve(model_call(tags=tags)).expect(201)


def test_policy_of_another_organisation(planned, own):
    planned.apply({"envelopes": [], "tags": {"required": ["cost_center"]}})
    own.admin.post("/v1/policy/versions/2/rollback").expect_problem(404, "not-found")
    assert own.admin.get("/v1/tags/schema").expect(200) != planned.admin.get("/v1/tags/schema").expect(200)
    own.admin.reserve(model_call()).expect(201)
    planned.admin.post("/v1/policy/versions/1/rollback").expect(201)
    assert own.admin.get("/v1/policy").expect(200)["version"] == 1


def test_same_adjustment_in_two_organisations(planned, own):
    body, headers = {"amount": "5", "reason": "x", "key": {"team_id": "support"}}, {"Idempotency-Key": "shared"}
    for organisation in (planned, own):
        answer = organisation.admin.post("/v1/envelopes/team-month/adjustments", body, headers=headers)
        assert answer.expect(201)["limit"] == "105" and "Idempotent-Replayed" not in answer.headers


def test_key_sent_for_another_organisation(organisation, unchanged, stranger):
    secret = organisation.admin.key.split("_", 2)[2]
    caller = organisation.admin.with_key(f"pk_{stranger.name}_{secret}")
    caller.reserve(model_call()).expect_problem(401, "unauthorized")
    assert stranger.books() == NOTHING_BOOKED


def test_same_idempotency_key_in_two_organisations(own, stranger):
    first = own.admin.reserve(model_call(), idempotency_key="shared").expect(201)
    second = stranger.admin.reserve(model_call(), idempotency_key="shared").expect(201)
    assert first["id"] != second["id"]
    stranger.admin.post(f"/v1/reservations/{second['id']}/release").expect(200)


def test_revoked_key(own):
    key = own.make_key("gateway", name="soon revoked")
    caller = own.admin.with_key(key["key"])
    held = caller.reserve(model_call()).expect(201)["id"]
    own.admin.call("DELETE", f"/v1/keys/{key['id']}").expect(204)
    before = own.books()
    caller.reserve(model_call()).expect_problem(401, "unauthorized")
    caller.charge(usage()).expect_problem(401, "unauthorized")
    caller.post(f"/v1/reservations/{held}/commit", {"cost": "0.01"}).expect_problem(401, "unauthorized")
    assert own.books() == before
    own.admin.call("DELETE", f"/v1/keys/{key['id']}").expect(204)
    assert own.admin.get(f"/v1/keys/{key['id']}").expect(200)["revoked_at"] is not None


def test_last_admin_key_stays(own):
    (key,) = own.pages("/v1/keys")
    own.admin.call("DELETE", f"/v1/keys/{key['id']}").expect_problem(409, "conflict")
    second = own.make_key("admin")
    own.admin.call("DELETE", f"/v1/keys/{key['id']}").expect(204)
    own.admin.get("/v1/keys").expect_problem(401, "unauthorized")
    heir = own.admin.with_key(second["key"])
    heir.call("DELETE", f"/v1/keys/{second['id']}").expect_problem(409, "conflict")
    heir.get("/v1/keys").expect(200)


def test_closed_organisation(installation, own):
    gateway = own.client("gateway")
    path = f"/v1/orgs/{own.name}"
    assert installation.call("PATCH", path, {"state": "closed"}).expect(200)["state"] == "closed"
    for caller in (own.admin, gateway):
        caller.reserve(model_call()).expect_problem(401, "unauthorized")
    assert installation.call("PATCH", path, {"state": "active"}).expect(200)["state"] == "active"
    assert own.books() == NOTHING_BOOKED
    gateway.reserve(model_call()).expect(201)


def test_organisation_that_exists(installation, own):
    installation.post("/v1/orgs", {"name": own.name, "currency": "USD"}).expect_problem(409, "conflict")
    assert installation.get(f"/v1/orgs/{own.name}").expect(200)["currency"] == "EUR"
    assert own.name in [entry["name"] for entry in installation.pages("/v1/orgs")]


def test_key_bound_to_tags(own):
    bound = own.client("gateway", tags={"team_id": "support"})
    call = model_call()
    del call["tags"]["team_id"]
    held = bound.reserve(call).expect(201)["id"]
    assert bound.get(f"/v1/reservations/{held}").expect(200)["tags"]["team_id"] == "support"

    before = own.books()
    other = model_call()
    other["tags"]["team_id"] = "sales"
    bound.reserve(other).expect_problem(403, "forbidden")
    bound.charge(usage(tags=other["tags"])).expect_problem(403, "forbidden")
    assert own.books() == before

    foreign = own.admin.reserve(other).expect(201)["id"]
    bound.get(f"/v1/reservations/{foreign}").expect_problem(404, "not-found")
    assert [entry["id"] for entry in bound.get("/v1/reservations").expect(200)["data"]] == [held]


def test_key_bound_to_an_agent(own):
    bound = own.client("gateway", agent_id="triage-7")
    bound.reserve(model_call()).expect(201)
    other = model_call()
    other["tags"]["agent_id"] = "triage-8"
    bound.reserve(other).expect_problem(403, "forbidden")
