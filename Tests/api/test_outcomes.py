"""Outcomes and what each costs."""

import datetime
from fractions import Fraction

import pytest

from organisation import usage

POLICY = {
    "envelopes": [
        {"name": "triage-cap", "match": {"workflow_name": "triage"}, "meter": "cost", "limit": "100", "window": {"every": "month"}}
    ],
    "workflows": {
        "triage": {
            "owner": "lead", "outcome": "ticket", "target_cost": "1.50", "human_cost": "8.50",
            "rates": {"human_minute": "0.90", "orchestration_call": "0.0002"},
        }
    },
}
REPORT = "/v1/reports/unit-economics"


@pytest.fixture
def shop(own):
    own.apply(POLICY)
    return own


def tell(client, key, **members):
    body = {"workflow_name": "triage", "count": 40} | members
    return client.post("/v1/outcomes", body, headers={"Idempotency-Key": key})


def spend(organisation, cost, calls, workflow="triage", **tags):
    for _ in range(calls):
        organisation.admin.charge(usage(tags={"workflow_name": workflow} | tags, model="one", cost=cost)).expect(201)


def report(client, **query):
    return {row["workflow_name"]: row for row in client.get(REPORT, query=query).expect(200)["data"]}


def test_keeps_what_was_told(shop):
    body = {"quality": 0.925, "human_minutes": 12.5, "rework_minutes": 0.25, "value": "17.50", "run_ids": ["r-1", "r-2"]}
    times = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-03T00:00:00Z"}
    told = tell(shop.admin, "told-1", **body, **times)
    made = told.expect(201)
    assert told.headers["Location"] == f"/v1/outcomes/{made['id']}"
    assert {name: made[name] for name in body | times} == body | times | {"value": "17.5"}
    assert (made["kind"], made["count"]) == ("ticket", 40), "the kind is the policy's"
    assert shop.admin.get(f"/v1/outcomes/{made['id']}").expect(200) == made
    again = tell(shop.admin, "told-1", **body, **times)
    assert again.expect(201) == made and again.headers["Idempotent-Replayed"] == "true"
    tell(shop.admin, "told-1", count=41).expect_problem(422, "idempotency-mismatch")
    other = tell(shop.admin, "told-2", kind="escalation").expect(201)
    assert [entry["id"] for entry in shop.pages("/v1/outcomes")] == [other["id"], made["id"]]
    assert [entry["id"] for entry in shop.pages("/v1/outcomes", kind="ticket", limit=1)] == [made["id"]]


@pytest.mark.parametrize(
    "members, pointer",
    [
        ({"workflow_name": None}, "/workflow_name"),
        ({"count": -1}, "/count"),
        ({"count": 1.5}, "/count"),
        ({"quality": 1.001}, "/quality"),
        ({"quality": 0.12345}, "/quality"),
        ({"quality": "0.9"}, "/quality"),
        ({"value": 3}, "/value"),
        ({"human_minutes": -1}, "/human_minutes"),
        ({"run_ids": ["a", "a"]}, "/run_ids/1"),
        ({"to": "2126-01-01T00:00:00Z"}, "/to"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "/from"),
        ({"workflow_name": "unknown"}, "/kind"),
        ({"more": 1}, "/more"),
    ],
)
def test_refuses_what_cannot_be(shop, members, pointer):
    tell(shop.admin, "bad", **members).expect_problem(422, "invalid-request", pointer)
    assert list(shop.pages("/v1/outcomes")) == []


def test_needs_a_key_and_a_role(shop):
    shop.admin.post("/v1/outcomes", {"workflow_name": "triage", "count": 1}).expect_problem(400, "idempotency-key-missing")
    tell(shop.caller("approver"), "role").expect_problem(403, "forbidden")
    shop.caller("gateway").get(REPORT).expect_problem(403, "forbidden")


def test_reports_what_a_result_costs(shop):
    spend(shop, "1.25", 8)
    spend(shop, "0.5", 2, workflow="other")
    tell(shop.admin, "a", quality=0.9, human_minutes=10).expect(201)
    tell(shop.admin, "b", count=10, quality=0.4, rework_minutes=2.5).expect(201)
    shop.eventually(lambda: report(shop.admin).get("triage", {}).get("model_calls") == 8 and "other" in report(shop.admin), "roll-up")
    row = report(shop.admin)["triage"]
    human = Fraction("12.5") * Fraction("0.90")
    total = 10 + human + 8 * Fraction("0.0002")
    assert (Fraction(row["usage_cost"]), Fraction(row["human_cost"]), Fraction(row["cost"])) == (10, human, total)
    assert row["outcomes"] == 50 and Fraction(row["cost_per_outcome"]) == total / 50
    assert (row["target_cost"], row["human_baseline"], row["benefit"]) == ("1.5", "8.5", "425")
    assert row["quality"] == 0.8 and row["roi"] == float((425 - total) / total * 10_000 // 1 / 10_000)
    assert row["trend"]["outcomes"] == 0 and row["trend"]["change_percent"] is None
    (cap,) = row["caps"]
    assert (cap["envelope"], cap["limit"], cap["used"]) == ("triage-cap", "100", "10")
    assert report(shop.admin)["other"]["cost_per_outcome"] is None
    assert report(shop.admin, workflow_name="other").keys() == {"other"}


def test_looks_at_the_days_that_are_asked_for(shop):
    spend(shop, "1", 1)
    tell(shop.admin, "a").expect(201)
    shop.eventually(lambda: report(shop.admin)["triage"]["usage_cost"] == "1", "roll-up")
    today = datetime.datetime.fromisoformat(shop.admin.get("/v1/outcomes").expect(200)["data"][0]["to"]).date()
    day = datetime.timedelta(days=1)
    row = report(shop.admin, **{"from": today + day, "to": today + day})["triage"]
    assert (row["outcomes"], row["trend"]["outcomes"], row["trend"]["usage_cost"]) == (0, 40, "1")
    assert report(shop.admin, **{"from": today - day, "to": today - day})["triage"]["outcomes"] == 0
    for query, pointer in [
        ({"from": today, "to": today - day}, "?to"),
        ({"from": today - 100 * day, "to": today}, "?to"),
        ({"from": "2026-02-30"}, "?from"),
        ({"from": "2026-02-01T00:00:00Z"}, "?from"),
    ]:
        shop.admin.get(REPORT, query=query).expect_problem(422, "invalid-request", pointer)


def test_shows_a_bound_key_only_its_own(shop):
    for team in ("red", "blue"):
        spend(shop, "1", 1, team_id=team)
        tell(shop.client("gateway", tags={"team_id": team}), team).expect(201)
    tell(shop.admin, "nobody").expect(201)
    red = shop.client("finance", tags={"team_id": "red"})
    shop.eventually(lambda: report(shop.admin)["triage"]["usage_cost"] == "2", "roll-up")
    assert (report(red)["triage"]["outcomes"], report(red)["triage"]["usage_cost"]) == (40, "1")
    assert len(red.get("/v1/outcomes").expect(200)["data"]) == 1
    stranger = shop.client("finance", tags={"workflow_name": "other"})
    assert report(stranger) == {} and stranger.get("/v1/outcomes").expect(200)["data"] == []
    tell(shop.client("gateway", tags={"workflow_name": "other"}), "theirs").expect_problem(403, "forbidden")
