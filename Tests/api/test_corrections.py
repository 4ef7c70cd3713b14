"""Corrections: tags that calls should have had."""

import uuid

import pytest

from organisation import Organisation, model_call, usage

PATH = "/v1/corrections"
POLICY = {"envelopes": [], "tags": {"values": {"environment": ["production", "staging"]}}}
DAY = {"from": "2000-01-01T00:00:00Z"}


@pytest.fixture
def shop(own):
    own.apply(POLICY)
    return own


def spend(organisation, cost="1", **tags):
    return organisation.admin.charge(usage(tags=tags, model="one", cost=cost)).expect(201)["id"]


def correct(client, key=None, query=None, **members):
    headers = {} if key == "" else {"Idempotency-Key": key or str(uuid.uuid4())}
    return client.post(PATH, {"reason": "shared keys"} | members, headers=headers, query=query)


def costs(client, tag="team_id"):
    rows = client.get("/v1/reports/spend", query={"group_by": tag}).expect(200)["data"]
    return {row["group"].get(tag): row["cost"] for row in rows}


def applied(organisation, made):
    path = f"{PATH}/{made['id']}"
    organisation.eventually(lambda: organisation.admin.get(path).expect(200)["state"] == "applied", "roll-up")
    return organisation.admin.get(path).expect(200)


def test_moves_calls_to_where_they_belong(shop):
    calls = [spend(shop, team_id="red", project="x"), spend(shop, "2", team_id="red")]
    shop.eventually(lambda: costs(shop.admin) == {"red": "3"}, "roll-up")
    answer = correct(shop.admin, "mend", calls=calls[:1], set={"team_id": "blue"}, remove=["project"])
    made = answer.json
    assert answer.status in (201, 202) and answer.headers["Location"] == f"{PATH}/{made['id']}"
    done = applied(shop, made)
    assert {name: done[name] for name in ("set", "remove", "reason", "named", "calls", "cost")} == {
        "set": {"team_id": "blue"}, "remove": ["project"], "reason": "shared keys", "named": 1, "calls": 1, "cost": "1",
    }
    assert costs(shop.admin) == {"red": "2", "blue": "1"}
    again = correct(shop.admin, "mend", calls=calls[:1], set={"team_id": "blue"}, remove=["project"])
    assert again.json["id"] == made["id"] and again.headers["Idempotent-Replayed"] == "true"
    correct(shop.admin, "mend", calls=calls, set={"team_id": "blue"}).expect_problem(422, "idempotency-mismatch")
    second = applied(shop, correct(shop.admin, match={"team_id": ["r*", "none"], "project": None}, set={"team_id": "green"}, **DAY).json)
    assert (second["calls"], second["match"], second["number"]) == (1, {"project": None, "team_id": ["r*", "none"]}, 2)
    assert costs(shop.admin) == {"green": "2", "blue": "1"}
    assert [entry["id"] for entry in shop.pages(PATH, limit=1)] == [second["id"], made["id"]]
    lines = shop.admin.get("/v1/exports/spend.csv", query=DAY).content.decode()
    assert "green" in lines and "red" not in lines


def test_preview_writes_nothing(shop):
    call = spend(shop, "1.5", team_id="red")
    shop.eventually(lambda: costs(shop.admin) == {"red": "1.5"}, "roll-up")
    unknown = str(uuid.uuid4())
    preview = correct(shop.admin, "", {"dry_run": "true"}, calls=[call, unknown], set={"team_id": "blue"}).expect(200)
    assert (preview["calls"], preview["cost"], preview["complete"]) == (1, "1.5", True)
    assert preview["groups"] == [
        {"before": {"team_id": "red"}, "after": {"team_id": "blue"}, "calls": 1, "settlements": 1, "cost": "1.5", "tokens": preview["tokens"]}
    ]
    assert preview["not_corrected"] == [{"call": unknown, "reason": "unknown"}]
    assert list(shop.pages(PATH)) == [] and costs(shop.admin) == {"red": "1.5"}


@pytest.mark.parametrize(
    "members, pointer",
    [
        ({}, "/calls"),
        ({"calls": []}, "/calls"),
        ({"calls": ["x"]}, "/calls/0"),
        ({"calls": [str(uuid.uuid4())]}, "/calls/0"),
        ({"calls": [str(uuid.UUID(int=7)), str(uuid.UUID(int=7))]}, "/calls/1"),
        ({"match": {}} | DAY, "/match"),
        ({"match": {"Team": "x"}} | DAY, "/match/Team"),
        ({"match": {"model": "x"}} | DAY, "/match/model"),
        ({"match": {"team_id": []}} | DAY, "/match/team_id"),
        ({"match": {"team_id": "x"}}, "/from"),
        ({"match": {"team_id": "x"}, "to": "2126-01-01T00:00:00Z"} | DAY, "/to"),
        ({"match": {"team_id": "x"}, "from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"}, "/from"),
        ({"calls": [str(uuid.UUID(int=7))], "match": {"team_id": "x"}}, "/match"),
        ({"match": {"team_id": "x"}, "set": {}} | DAY, "/set"),
        ({"match": {"team_id": "x"}, "set": {"run_id": "r"}} | DAY, "/set/run_id"),
        ({"match": {"team_id": "x"}, "remove": ["session_id"]} | DAY, "/remove/0"),
        ({"match": {"team_id": "x"}, "remove": ["team_id"], "set": {"team_id": "y"}} | DAY, "/remove/0"),
        ({"match": {"team_id": "x"}, "set": {"environment": "moon"}} | DAY, "/set/environment"),
        ({"match": {"team_id": "x"}, "reason": ""} | DAY, "/reason"),
        ({"more": 1}, "/more"),
    ],
)
def test_refuses_what_cannot_be(shop, members, pointer):
    correct(shop.admin, **({"set": {"team_id": "blue"}} | members)).expect_problem(422, "invalid-request", pointer)
    assert list(shop.pages(PATH)) == []


def test_needs_a_key_and_a_role(shop):
    correct(shop.admin, "", calls=[str(uuid.uuid4())], set={"team_id": "x"}).expect_problem(400, "idempotency-key-missing")
    for role in ("gateway", "approver"):
        correct(shop.caller(role), calls=[str(uuid.uuid4())], set={"team_id": "x"}).expect_problem(403, "forbidden")
        shop.caller(role).get(PATH).expect_problem(403, "forbidden")
    assert shop.caller("finance").get(PATH).expect(200)["data"] == []


def test_open_hold_is_not_corrected(shop):
    held = shop.admin.reserve(model_call(tags={"team_id": "red"})).expect(201)["id"]
    correct(shop.admin, calls=[held], set={"team_id": "x"}).expect_problem(422, "invalid-request", "/calls/0")


def test_bound_key_stays_with_its_own(shop):
    mine, theirs = spend(shop, team_id="red"), spend(shop, team_id="blue")
    red = shop.client("finance", tags={"team_id": "red"})
    for members in ({"set": {"team_id": "blue"}}, {"remove": ["team_id"]}):
        correct(red, calls=[mine], **members).expect_problem(403, "forbidden")
    correct(red, calls=[mine, theirs], set={"project": "p"}).expect_problem(422, "invalid-request", "/calls/1")
    shop.eventually(lambda: costs(shop.admin) == {"red": "1", "blue": "1"}, "roll-up")
    everybody = correct(shop.admin, calls=[theirs], set={"project": "q"}).json
    made = correct(red, match={"project": None}, set={"project": "p", "team_id": "red"}, **DAY).json
    assert applied(shop, made)["calls"] == 1
    assert costs(shop.admin, "project") == {"p": "1", "q": "1"}
    assert [entry["id"] for entry in red.get(PATH).expect(200)["data"]] == [made["id"]]
    red.get(f"{PATH}/{everybody['id']}").expect_problem(404, "not-found")


def test_bound_keys_with_one_idempotency_key_each_correct_their_own(shop):
    body = {"match": {"project": None}, "set": {"project": "p"}} | DAY
    made = {}
    for team in ("red", "blue"):
        spend(shop, team_id=team)
        client = shop.client("finance", tags={"team_id": team})
        made[team] = applied(shop, correct(client, "same", **body).json)
        assert made[team]["calls"] == 1
        again = correct(client, "same", **body)
        assert again.json["id"] == made[team]["id"] and again.headers["Idempotent-Replayed"] == "true"
    assert made["red"]["id"] != made["blue"]["id"]


def test_other_organisations_see_and_change_nothing(shop, installation):
    call = spend(shop, team_id="red")
    made = correct(shop.admin, calls=[call], set={"team_id": "blue"}).json
    stranger = Organisation(installation)
    stranger.admin.get(f"{PATH}/{made['id']}").expect_problem(404, "not-found")
    assert stranger.admin.get(PATH).expect(200)["data"] == []
    correct(stranger.admin, calls=[call], set={"team_id": "x"}).expect_problem(422, "invalid-request", "/calls/0")
    shop.eventually(lambda: costs(shop.admin) == {"blue": "1"}, "roll-up")
