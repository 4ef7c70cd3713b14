"""A cheaper route that is tried for a workflow: who may try it, what it does to calls, and how it is ended."""

import pytest

from document import errors
from organisation import Organisation

POLICY = {
    "tiers": ["premium", "economy"],
    "models": {"test-large": {"tier": "premium", "downgrade_to": "test-small"}, "test-small": {"tier": "economy"}},
    "workflows": {"triage": {"owner": "lead", "outcome": "ticket"}},
    "envelopes": [{"name": "all", "meter": "cost", "limit": "1000"}],
}
PATH = "/v1/route-trials"
DRAFT = {"workflow_name": "triage", "to": "economy", "reason": "half the price"}


@pytest.fixture
def shop(own):
    own.admin.post("/v1/prices/import", {"test-large": {"input_cost_per_token": 1e-05, "output_cost_per_token": 4e-05}}).expect(200)
    own.apply(POLICY)
    return own


def call(organisation, **tags):
    body = {"tags": {"workflow_name": "triage"} | tags, "model": "test-large", "estimate": {"input_tokens": 100, "output_tokens": 50}}
    answer = organisation.admin.reserve(body).expect(201)
    return answer["decision"], answer["model"], answer["reason"]


def test_routes_calls_until_it_is_ended(shop):
    assert call(shop) == ("allow", "test-large", None)
    begun = shop.admin.post(PATH, DRAFT)
    trial = begun.expect(201)
    assert begun.headers["Location"] == f"{PATH}/{trial['id']}"
    assert errors({"$ref": "#/components/schemas/RouteTrial"}, trial) == []
    assert (trial["state"], trial["cycle_days"], trial["verdicts"], trial["ended_at"]) == ("trying", 7, [], None)
    assert call(shop) == ("downgrade", "test-small", "workflow 'triage' tries economy (half the price): test-small instead of test-large")
    assert call(shop, workflow_name="other") == ("allow", "test-large", None)
    assert "'triage'" in shop.admin.post(PATH, DRAFT).expect_problem(409, "conflict")["detail"]
    ended = shop.admin.post(f"{PATH}/{trial['id']}/end", {"reason": "enough"}).expect(200)
    assert (ended["state"], ended["end_reason"], ended["next_verdict_at"]) == ("ended", "enough", None)
    assert errors({"$ref": "#/components/schemas/RouteTrial"}, ended) == []
    assert call(shop) == ("allow", "test-large", None)
    assert shop.admin.post(f"{PATH}/{trial['id']}/end", {"reason": "again"}).expect(200) == ended, "the first end counts"
    assert shop.admin.get(f"{PATH}/{trial['id']}").expect(200) == ended
    again = shop.admin.post(PATH, DRAFT | {"cycle_days": 1}).expect(201)
    assert [found["id"] for found in shop.pages(PATH, workflow_name="triage")] == [again["id"], trial["id"]]
    review = shop.admin.get("/v1/reviews/preview").expect(200)
    assert [(found["id"], found["state"]) for found in review["route_trials"]] == [(again["id"], "trying"), (trial["id"], "ended")]


def test_shows_among_the_changes_of_the_workflow(shop):
    shop.admin.post(PATH, DRAFT).expect(201)
    (row,) = shop.admin.get("/v1/reports/unit-economics", query={"workflow_name": "triage"}).expect(200)["data"]
    assert [(change["kind"], change["what"]) for change in row["changes"] if change["kind"] == "trial"] == [
        ("trial", "trial of economy began: half the price")
    ]
    part = shop.client("finance", tags={"workflow_name": "triage", "team_id": "red"})
    (row,) = part.get("/v1/reports/unit-economics", query={"workflow_name": "triage"}).expect(200)["data"]
    assert [change for change in row["changes"] if change["kind"] == "trial"] == []


@pytest.mark.parametrize(
    "members, pointer",
    [
        ({"to": "cheap"}, "/to"),
        ({"to": None}, "/to"),
        ({"workflow_name": ""}, "/workflow_name"),
        ({"reason": None}, "/reason"),
        ({"cycle_days": 0}, "/cycle_days"),
        ({"cycle_days": 31}, "/cycle_days"),
        ({"cycle_days": "7"}, "/cycle_days"),
        ({"tier": "economy"}, "/tier"),
    ],
)
def test_refuses_what_cannot_be(shop, members, pointer):
    shop.admin.post(PATH, DRAFT | members).expect_problem(422, "invalid-request", pointer)
    assert call(shop)[0] == "allow"


def test_roles_and_bounds(shop, installation):
    for role, status in [("gateway", 403), ("approver", 403)]:
        shop.caller(role).post(PATH, DRAFT).expect(status)
    shop.client("operator", tags={"team_id": "red"}).post(PATH, DRAFT).expect_problem(403, "forbidden")
    own = shop.client("operator", tags={"workflow_name": "triage"})
    trial = own.post(PATH, DRAFT).expect(201)
    assert shop.caller("finance").get(f"{PATH}/{trial['id']}").expect(200)["state"] == "trying"
    stranger = shop.client("operator", tags={"workflow_name": "other"})
    stranger.get(f"{PATH}/{trial['id']}").expect_problem(404, "not-found")
    stranger.post(f"{PATH}/{trial['id']}/end", {"reason": "no"}).expect_problem(404, "not-found")
    part = shop.client("operator", tags={"workflow_name": "triage", "team_id": "red"})
    part.post(PATH, DRAFT).expect_problem(403, "forbidden")
    part.get(f"{PATH}/{trial['id']}").expect_problem(404, "not-found")
    for client in (stranger, part, shop.client("finance", tags={"team_id": "red"})):
        assert client.get(PATH).expect(200)["data"] == []
        assert client.get(PATH, query={"workflow_name": "triage"}).expect(200)["data"] == []
    other = Organisation(installation)
    other.admin.get(f"{PATH}/{trial['id']}").expect_problem(404, "not-found")
    own.post(f"{PATH}/{trial['id']}/end", {}).expect_problem(422, "invalid-request", "/reason")
    assert own.post(f"{PATH}/{trial['id']}/end", {"reason": "done"}).expect(200)["ended_by"] is not None
