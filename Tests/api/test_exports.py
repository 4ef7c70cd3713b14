"""Exports: FOCUS, plain spending, the sealed ledger."""

import collections
import csv
import decimal
import io
import json
import uuid

import pytest

import audit
import focus
import jobs
from organisation import model_call, usage

FROM = "2026-01-01T00:00:00Z"
PRICES = {
    "vendor/big": {
        "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-07,
        "cache_creation_input_token_cost": 1.5625e-06, "output_cost_per_reasoning_token": 1.1e-05,
    },
    "vendor/odd": {"input_cost_per_token": 3.3333333e-07, "output_cost_per_token": 7.7777777e-07},
    "vendor/free": {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
}
USAGES = [
    {"input_tokens": 1000, "output_tokens": 500, "cached_input_tokens": 300, "cache_write_tokens": 100, "reasoning_tokens": 200},
    {"input_tokens": 7, "output_tokens": 3},
    {"input_tokens": 1, "output_tokens": 0},
    {"input_tokens": 0, "output_tokens": 11, "reasoning_tokens": 11},
]


@pytest.fixture
def spent(own):
    """Spending of all kinds, of two teams, with tags that a spreadsheet must not run."""
    own.admin.post("/v1/prices/import", PRICES).expect(200)
    for number, amounts in enumerate(USAGES):
        for model in PRICES:
            tags = {"team_id": "red" if number % 2 else "blue", "agent_id": "=1+1", "note": '@SUM(A1), "x" ü', "cost_center": "-cc"}
            hold = own.admin.reserve(model_call(tags=tags, model=model, estimate={"input_tokens": 5000, "output_tokens": 5000})).expect(201)
            own.admin.post(f"/v1/reservations/{hold['id']}/commit", {"usage": amounts, "status": "ok", "latency_ms": 12}).expect(200)
    own.admin.charge(usage(tags={"team_id": "red"}, model="vendor/big", cost="0.000000007", usage=USAGES[0])).expect(201)
    own.admin.charge(usage(tags={"team_id": "red"}, model="no-price", cost="0.5", usage=USAGES[0])).expect(201)
    own.admin.charge({"tags": {"team_id": "blue"}, "tool": "+search", "cost": "0.01"}).expect(201)
    released = own.admin.reserve(model_call(tags={"team_id": "red"})).expect(201)["id"]
    own.admin.post(f"/v1/reservations/{released}/release", {}).expect(200)
    return own


def download(client, name, **query):
    answer = client.get(f"/v1/exports/{name}", query=query, headers={"Accept": "*/*"})
    assert answer.status == 200, answer.content
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    return answer.content


def lines(client, **query):
    return [json.loads(line) for line in download(client, "spend.jsonl", **query).splitlines()]


def test_focus_is_valid(spent):
    rows = focus.read(download(spent.caller("finance"), "focus.csv", **{"from": FROM}))
    assert len(rows) > 20
    focus.validate(rows, "EUR")
    kinds = collections.Counter(row["x_TokenKind"] for row in rows)
    assert set(kinds) == {"input", "cached_input", "cache_write", "output", "reasoning", ""}
    assert {row["PublisherName"] for row in rows} == {"vendor", "Purser"}
    assert {row["BillingAccountName"] for row in rows} == {spent.name}


def test_the_rows_of_a_settlement_add_up_to_its_charge(spent):
    billed = collections.defaultdict(decimal.Decimal)
    for row in focus.read(download(spent.admin, "focus.csv", **{"from": FROM})):
        billed[row["x_SettlementId"]] += decimal.Decimal(row["BilledCost"])
    charged = {line["id"]: decimal.Decimal(line["cost"]) for line in lines(spent.admin, **{"from": FROM})}
    assert billed == charged and len(charged) == 15
    assert decimal.Decimal("0.000000007") in charged.values()


def test_list_costs_are_those_of_the_price_list(spent):
    rows = focus.read(download(spent.admin, "focus.csv", **{"from": FROM}))
    prices = {(row["ResourceId"], row["x_TokenKind"]): row["ListUnitPrice"] for row in rows if row["PricingCategory"] == "Standard"}
    assert prices["vendor/big", "input"] == "0.00000125" and prices["vendor/big", "cached_input"] == "0.000000125"
    assert prices["vendor/big", "cache_write"] == "0.0000015625" and prices["vendor/big", "reasoning"] == "0.000011"
    assert prices["vendor/odd", "output"] == "0.00000077777777" and prices["vendor/free", "input"] == "0"


def test_plain_forms_say_the_same(spent):
    rows = list(csv.DictReader(io.StringIO(download(spent.admin, "spend.csv", **{"from": FROM}).decode(), newline="")))
    found = lines(spent.admin, **{"from": FROM})
    assert [row["id"] for row in rows] == [line["id"] for line in found]
    assert [row["cursor"] for row in rows] == [line["cursor"] for line in found]
    assert [row["cost"] for row in rows] == [line["cost"] for line in found]
    for row, line in zip(rows, found):
        assert row["input_tokens"] == str(line.get("input_tokens", ""))
        assert row["team_id"] == line["tags"]["team_id"]
        assert "released" != row["state"]


def test_nothing_becomes_a_formula(spent):
    for name in ("spend.csv", "focus.csv"):
        for row in csv.reader(io.StringIO(download(spent.admin, name, **{"from": FROM}).decode(), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    rows = focus.read(download(spent.admin, "focus.csv", **{"from": FROM}))
    assert "'=1+1" in {row["x_AgentId"] for row in rows} and "'+search" in {row["ResourceId"] for row in rows}
    tags = [json.loads(row["Tags"]) for row in rows]
    assert {"=1+1", None} == {tag.get("agent_id") for tag in tags} and '@SUM(A1), "x" ü' in {tag.get("note") for tag in tags}


def test_filters(spent):
    found = lines(spent.admin, **{"from": FROM})
    red = lines(spent.admin, **{"from": FROM}, team_id="red")
    assert [line for line in found if line["tags"]["team_id"] == "red"] == red and 0 < len(red) < len(found)
    first, last = found[0]["settled_at"], found[-1]["settled_at"]
    assert lines(spent.admin, **{"from": first, "to": first}) == []
    assert lines(spent.admin, **{"from": "2099-01-01T00:00:00Z", "to": "2099-02-01T00:00:00Z"}) == []
    if first != last:
        assert lines(spent.admin, **{"from": first, "to": last}) == [line for line in found if line["settled_at"] < last]


@pytest.mark.parametrize("name", ["focus.csv", "spend.csv", "spend.jsonl"])
def test_going_on_behind_any_row(spent, name):
    whole = download(spent.admin, name, **{"from": FROM}).splitlines(keepends=True)
    head = 0 if name.endswith("jsonl") else 1
    for cut in (head, head + 1, head + 2, len(whole) // 2, len(whole) - 1):
        last = whole[cut].decode().strip()
        cursor = json.loads(last)["cursor"] if head == 0 else next(csv.reader([last]))[-1]
        rest = download(spent.admin, name, **{"from": FROM}, after=cursor).splitlines(keepends=True)
        assert rest == whole[:head] + whole[cut + 1:]


@pytest.mark.parametrize("name", ["focus.csv", "spend.csv", "spend.jsonl"])
@pytest.mark.parametrize(
    "query, pointer",
    [
        ({}, "?from"), ({"from": "yesterday"}, "?from"), ({"from": "2026-11-01"}, "?from"), ({"from": FROM, "to": "x"}, "?to"),
        ({"from": FROM, "to": "2025-01-01T00:00:00Z"}, "?from"), ({"from": FROM, "after": "x"}, "?after"),
        ({"from": FROM, "after": f"{uuid.UUID(int=0)}.-1.0"}, "?after"), ({"from": FROM, "after": f"{uuid.UUID(int=0)}.0"}, "?after"),
        ({"from": FROM, "Bad": "1"}, "?Bad"), ({"from": FROM, "team_id": ""}, "?team_id"),
    ],
)
def test_bad_questions(organisation, unchanged, name, query, pointer):
    organisation.admin.get(f"/v1/exports/{name}", query=query).expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("query, pointer", [({"from": "x"}, "?from"), ({"to": "x"}, "?to"), ({"limit": "1"}, "?limit")])
def test_bad_audits(organisation, unchanged, query, pointer):
    organisation.admin.get("/v1/exports/audit.jsonl", query=query).expect_problem(422, "invalid-request", pointer)


def test_roles(organisation, unchanged):
    paths = [f"/v1/exports/{name}" for name in ("focus.csv", "spend.csv", "spend.jsonl", "audit.jsonl")] + ["/v1/seal"]
    for path in paths:
        query = {} if "audit" in path or "seal" in path else {"from": FROM}
        for role in ("gateway", "approver", "operator"):
            organisation.caller(role).get(path, query=query).expect_problem(403, "forbidden")
        organisation.admin.with_key(None).get(path, query=query).expect_problem(401, "unauthorized")
        assert organisation.caller("finance").get(path, query=query, headers={"Accept": "*/*"}).status == 200


def test_bound_keys_get_their_tags_only(spent):
    bound = spent.client("finance", tags={"team_id": "red"})
    assert lines(bound, **{"from": FROM}) == lines(spent.admin, **{"from": FROM}, team_id="red")
    bound.get("/v1/exports/spend.jsonl", query={"from": FROM, "team_id": "blue"}).expect_problem(403, "forbidden")
    bound.get("/v1/exports/audit.jsonl").expect_problem(403, "forbidden")
    bound.get("/v1/seal").expect_problem(403, "forbidden")


def seal(organisation):
    answer = jobs.run(organisation.installation, "seal-ledger")
    assert answer["last_state"] == "ok", answer
    return organisation.admin.get("/v1/seal").expect(200)


def sealed(organisation, **query):
    """The head of the chain and a file that goes as far; the server seals by itself too."""
    head = seal(organisation)
    while True:
        content = download(organisation.admin, "audit.jsonl", **query)
        before, head = head, organisation.admin.get("/v1/seal").expect(200)
        if before == head:
            return (head["position"], head["digest"]), content


def test_an_auditor_can_check_the_ledger_by_hand(spent):
    assert spent.admin.get("/v1/seal").expect(200)["position"] >= 0
    head, content = sealed(spent)
    assert audit.check(content) == head
    facts = [json.loads(line)["fact"] for line in content.splitlines() if line.startswith(b'{"fact"')]
    assert facts.count("settlements") == 16 and facts.count("reservations") == 13
    # Whatever byte of a fact is changed, the line is wrong.
    for old, new in ((b'"cost":7,', b'"cost":8,'), (b'"team_id":"red"', b'"team_id":"rod"')):
        assert old in content
        with pytest.raises(ValueError):
            audit.check(content.replace(old, new, 1))
    with pytest.raises(ValueError):
        audit.check(content[: content.rindex(b'{"end"')])


def test_parts_of_the_ledger(spent):
    assert audit.check(download(spent.admin, "audit.jsonl", to="2020-01-01T00:00:00Z"))[0] == 0
    head, part = sealed(spent, **{"from": "2099-01-01T00:00:00Z"})
    assert audit.check(part) == head and part.count(b"\n") == 2
