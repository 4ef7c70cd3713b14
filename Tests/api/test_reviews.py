"""What a week was like: the running one as it stands, and who may look."""

import pytest

import jobs
from document import errors
from organisation import Organisation, usage

POLICY = {
    "tags": {"required": ["team_id"]},
    "envelopes": [
        {"name": "day", "owner": "lead", "per": ["agent_id"], "meter": "cost", "limit": "10", "window": {"every": "day"}},
        {"name": "month", "meter": "cost", "limit": "1000", "window": {"every": "month"}},
    ],
}
PREVIEW = "/v1/reviews/preview"


@pytest.fixture
def shop(own):
    own.apply(POLICY)
    return own


def preview(organisation, cost=None):
    """Once the sums have the cost."""
    def is_rolled():
        return cost is None or organisation.admin.get(PREVIEW).expect(200)["spend"]["cost"] == cost

    organisation.eventually(is_rolled, "roll-up")
    return organisation.admin.get(PREVIEW).expect(200)


def test_the_running_week(shop):
    shop.admin.charge(usage(tags={"agent_id": "a", "team_id": "red", "workflow_name": "triage"}, model="one", cost="12")).expect(201)
    shop.admin.charge(usage(tags={"agent_id": "b"}, model="one", cost="2")).expect(201)
    found = preview(shop, "14")
    assert errors({"$ref": "#/components/schemas/Review"}, found) == []
    assert (found["id"], found["state"], found["missed"], found["currency"]) == (None, "preview", 0, "EUR")
    assert found["week"]["start"].endswith("T09:00:00Z") and found["week"]["start"] < found["made_at"] < found["week"]["end"]
    assert [(agent["agent_id"], agent["cost"], agent["workflow_name"]) for agent in found["agents"]] == [("a", "12", "triage"), ("b", "2", None)]
    coverage = found["tag_coverage"]
    assert (coverage["calls"], coverage["covered_calls"], coverage["below_target"]) == (2, 1, True)
    assert [(tag["tags"], [lacking["agent_id"] for lacking in tag["lacking"]]) for tag in coverage["tags"]] == [(["team_id"], ["b"])]
    (overrun,) = found["overruns"]
    assert (overrun["envelope"], overrun["key"], overrun["over"], overrun["owner"]) == ("day", {"agent_id": "a"}, "2", "lead")
    assert found["counts"] | {"overruns": 1, "agents": 2} == found["counts"]
    assert found["partial"] == [] and found["summary"].startswith("14 EUR spent")
    assert list(shop.pages("/v1/reviews")) == [], "a preview is not kept"


def test_nothing_of_another_organisation(shop, installation):
    shop.admin.charge(usage(tags={"agent_id": "theirs"}, model="one", cost="3")).expect(201)
    preview(shop, "3")
    other = Organisation(installation)
    found = preview(other)
    assert found["spend"]["cost"] == "0" and found["agents"] == [] and found["overruns"] == []


def test_roles(own):
    for role, status in [("finance", 200), ("operator", 200), ("approver", 200), ("gateway", 403)]:
        client = own.caller(role)
        assert client.get(PREVIEW).status == status, role
        assert client.get("/v1/reviews").status == status, role
    own.client("finance", tags={"team_id": "red"}).get(PREVIEW).expect_problem(403, "forbidden")
    own.client("finance", agent_id="a").get("/v1/reviews").expect_problem(403, "forbidden")


def test_bad_input(own):
    own.admin.get("/v1/reviews", query={"limit": 0}).expect_problem(422, "invalid-request", "?limit")
    own.admin.get("/v1/reviews", query={"after": "x"}).expect_problem(422, "invalid-request", "?after")
    own.admin.get(PREVIEW, query={"week": "1"}).expect_problem(422, "invalid-request", "?week")
    for path in ("/v1/reviews/none", "/v1/reviews/01a1fd8c-6900-752e-8269-e0d3f2a74de4"):
        own.admin.get(path).expect_problem(404, "not-found")


def test_the_job(installation):
    done = jobs.run(installation, "weekly-review")
    assert (done["last_state"], done["every"]) == ("ok", "Friday at 09:00 UTC")
