"""A body that is not as described is refused, says where it is wrong, and changes nothing."""

import json
import uuid

import pytest

from client import Raw
from mistakes import (
    AMOUNTS,
    CHANGES,
    COUNT_CHANGES,
    COUNTS,
    MALFORMED,
    MALFORMED_RESERVATIONS,
    NAMES,
    NOT_OBJECTS,
    PAST,
    REASONS,
    TEXTS,
    TTLS,
    UNREADABLE,
    WORDS,
    at,
    changed,
    without,
)
from organisation import model_call, tool_call, usage

pytestmark = pytest.mark.usefixtures("unchanged")

COUNT_NAMES = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens")


def cases(*tables):
    merged = {name: case for table in tables for name, case in table.items()}
    return pytest.mark.parametrize("pointer, value", list(merged.values()), ids=list(merged))


def key():
    return {"Idempotency-Key": str(uuid.uuid4())}


OBJECTS = [
    "/v1/reservations",
    "/v1/usage",
    "/v1/keys",
    "/v1/envelopes/team-month/adjustments",
    "/v1/envelopes/team-month/freeze",
    "/v1/envelopes/team-month/unfreeze",
]

# Not JSON


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize(
    "path",
    [
        "/v1/reservations",
        "/v1/usage",
        "/v1/reservations/{open}/commit",
        "/v1/reservations/{open}/extend",
        "/v1/prices/import",
        "/v1/keys",
        "/v1/envelopes/team-month/adjustments",
        "/v1/envelopes/team-month/freeze",
        "/v1/envelopes/team-month/unfreeze",
    ],
)
def test_malformed(organisation, path, body):
    organisation.admin.post(path.replace("{open}", organisation.open), body, headers=key()).expect_problem(400, "malformed")


@pytest.mark.parametrize("body", MALFORMED_RESERVATIONS.values(), ids=MALFORMED_RESERVATIONS.keys())
def test_malformed_reservation(organisation, body):
    organisation.admin.reserve(body).expect_problem(400, "malformed")


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable(organisation, body):
    answer = organisation.admin.reserve(body)
    assert answer.status in (400, 422)
    answer.expect_problem(answer.status, "malformed" if answer.status == 400 else "invalid-request")


@pytest.mark.parametrize("body", [[], "x", 1, Raw("null"), True, [model_call()]])
@pytest.mark.parametrize("path", OBJECTS)
def test_not_an_object(organisation, path, body):
    body = body.encode() if isinstance(body, Raw) else json.dumps(body).encode()
    organisation.admin.post(path, body, headers=key()).expect_problem(422, "invalid-request", "")


# Too large


def padded(body, size):
    return json.dumps(body).encode().ljust(size)


@pytest.mark.parametrize("path", OBJECTS)
@pytest.mark.parametrize("size", [256 * 1024 + 1, 1024 * 1024])
def test_too_large(organisation, path, size):
    body = padded(model_call(), size)
    organisation.admin.post(path, body, headers=key()).expect_problem(413, "too-large")


def test_too_large_in_chunks(organisation):
    """Without a Content-Length the server must count for itself."""
    body = padded(model_call(), 1024 * 1024)
    chunks = [body[start : start + 65_536] for start in range(0, len(body), 65_536)]
    organisation.admin.reserve(chunks).expect_problem(413, "too-large")


def test_one_text_of_a_megabyte(organisation):
    organisation.admin.reserve(model_call(state_hash="x" * 1024 * 1024)).expect_problem(413, "too-large")


def test_policy_too_large(organisation):
    body = b"envelopes: []\n".ljust(4 * 1024 * 1024 + 1)
    answer = organisation.admin.post("/v1/policy/versions", body, content_type="application/yaml")
    answer.expect_problem(413, "too-large")


def test_prices_too_large(organisation):
    body = b"{}".ljust(32 * 1024 * 1024 + 1)
    organisation.admin.post("/v1/prices/import", body).expect_problem(413, "too-large")


# Reservations


@cases(
    at("/estimate/cost", AMOUNTS),
    *(at(f"/estimate/{name}", COUNTS) for name in COUNT_NAMES),
    at("/ttl_seconds", TTLS),
    at("/step", COUNTS),
    at("/state_hash", TEXTS),
    at("/model", WORDS),
    at("/tags", NOT_OBJECTS),
    at("/tags/team_id", NAMES),
    at("/estimate", NOT_OBJECTS),
    at("/estimat", {"unknown": {}}),
    at("/estimate/input_token", {"unknown": 1}),
    at("/a~1b~0c", {"unknown, to be escaped": 1}),
    at("/tags/Team", {"upper case": "x"}),
    at("/tags/1st", {"begins with a digit": "x"}),
    at("/tags/team-id", {"hyphen": "x"}),
    at("/tags/" + "t" * 64, {"64 characters": "x"}),
    at("/tags/model", {"reserved": "x"}),
)
def test_reserve(organisation, pointer, value):
    body = changed(model_call(), pointer, value)
    organisation.admin.reserve(body).expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("pointer", ["/tags", "/estimate"])
def test_reserve_without(organisation, pointer):
    organisation.admin.reserve(without(model_call(), pointer)).expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("estimate", [{}, {"cached_input_tokens": 0}, {"reasoning_tokens": 0}])
def test_estimate_that_estimates_nothing(organisation, estimate):
    organisation.admin.reserve(model_call(estimate=estimate)).expect_problem(422, "invalid-request", "/estimate")


@pytest.mark.parametrize(
    "estimate",
    [
        {"input_tokens": 10, "cached_input_tokens": 11},
        {"input_tokens": 10, "cache_write_tokens": 11},
        {"input_tokens": 10, "cached_input_tokens": 6, "cache_write_tokens": 5},
        {"output_tokens": 10, "reasoning_tokens": 11},
        {"cost": "0.01", "cached_input_tokens": 1},
    ],
    ids=str,
)
def test_part_larger_than_its_whole(organisation, estimate):
    problem = organisation.admin.reserve(model_call(estimate=estimate)).expect_problem(422, "invalid-request")
    assert all(error["pointer"].startswith("/estimate") for error in problem["errors"])


def test_model_and_tool(organisation):
    body = model_call(tool="crm.search")
    organisation.admin.reserve(body).expect_problem(422, "invalid-request", ["", "/model", "/tool"])


@pytest.mark.parametrize("body", [without(model_call(), "/model"), model_call(model=None)], ids=["absent", "null"])
def test_neither_model_nor_tool(organisation, body):
    organisation.admin.reserve(body).expect_problem(422, "invalid-request", ["", "/model", "/tool"])


@cases(at("/tool", WORDS), at("/estimate/cost", AMOUNTS), at("/estimate/input_tokens", COUNTS))
def test_reserve_tool(organisation, pointer, value):
    body = changed(tool_call(estimate={}), pointer, value)
    organisation.admin.reserve(body).expect_problem(422, "invalid-request", pointer)


def test_several_mistakes(organisation):
    body = model_call(ttl_seconds=0, step=-1, extra=1, estimate={"input_tokens": -1, "cost": 5})
    expected = ["/estimate/cost", "/estimate/input_tokens", "/extra", "/step", "/ttl_seconds"]
    organisation.admin.reserve(body).expect_problem(422, "invalid-request", expected)


@pytest.mark.parametrize("count", [65, 10_000])
def test_too_many_tags(organisation, count):
    tags = {f"t{number}": "v" for number in range(count)}
    problem = organisation.admin.reserve(model_call(tags=tags)).expect_problem(422, "invalid-request")
    assert all(error["pointer"] == "/tags" or error["pointer"].startswith("/tags/t") for error in problem["errors"])


def test_ten_thousand_unknown_fields(organisation):
    body = model_call() | {f"f{number}": 0 for number in range(10_000)}
    problem = organisation.admin.reserve(body).expect_problem(422, "invalid-request")
    assert all(error["pointer"].startswith("/f") for error in problem["errors"])


DUPLICATES = {
    "field": ('{"tags": T, "model": "test-small", "estimate": {"cost": "1"}, "step": 1, "step": 1}', "/step"),
    "same field twice": ('{"tags": T, "tags": T, "model": "test-small", "estimate": {"cost": "1"}}', "/tags"),
    "escaped": ('{"tags": T, "model": "test-small", "\\u006dodel": "test-dear", "estimate": {"cost": "1"}}', "/model"),
    "nested": ('{"tags": T, "model": "test-small", "estimate": {"cost": "1", "cost": "0"}}', "/estimate/cost"),
    "tag": (
        '{"tags": {"team_id": "a", "agent_id": "b", "run_id": "c", "team_id": "d"}, "model": "test-small", '
        '"estimate": {"cost": "1"}}',
        "/tags/team_id",
    ),
}


@pytest.mark.parametrize("text, pointer", DUPLICATES.values(), ids=DUPLICATES.keys())
def test_duplicate(organisation, text, pointer):
    body = text.replace("T", json.dumps(model_call()["tags"])).encode()
    organisation.admin.reserve(body).expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("tag", ["team_id", "run_id"])
def test_missing_tag(organisation, tag):
    """A call that lacks a tag by which an envelope divides: run-tokens matches only calls that have a run."""
    body = without(model_call(), f"/tags/{tag}")
    if tag == "team_id":
        organisation.admin.reserve(body).expect_problem(422, "tags-missing", "/tags/team_id")
    else:
        made = organisation.admin.reserve(body).expect(201)
        organisation.admin.post(f"/v1/reservations/{made['id']}/release").expect(200)


def test_unknown_model(organisation):
    body = model_call(model="no-such-model", estimate={"input_tokens": 1})
    organisation.admin.reserve(body).expect_problem(422, "unknown-model", "/model")


def test_model_without_prices(organisation):
    body = model_call(model="test-unpriced", estimate={"input_tokens": 1})
    organisation.admin.reserve(body).expect_problem(422, "unknown-model", "/model")


def test_cost_beyond_every_amount(organisation):
    """Counts and prices that are fine each, with a product that no amount can hold."""
    body = model_call(model="test-dear", estimate={"input_tokens": 1_000_000_000_000})
    answer = organisation.admin.reserve(body)
    assert answer.status in (402, 422), answer.content


def test_largest_amount_is_refused_not_wrapped(organisation):
    body = model_call(estimate={"input_tokens": 1, "cost": "9223372036.854775807"})
    problem = organisation.admin.reserve(body).expect_problem(402, "envelope-exhausted")
    requested = {violation["requested"] for violation in problem["violations"]}
    assert requested == {"9223372036.854775807"}


# Settlements


@cases(
    at("/cost", AMOUNTS),
    *(at(f"/usage/{name}", COUNTS) for name in (*COUNT_NAMES, "tool_calls")),
    at("/usage", {name: value for name, value in NOT_OBJECTS.items() if name != "null"}),
    at("/usage_source", {"unknown": "guessed", "empty": "", "number": 1}),
    at("/status", {"unknown": "fine", "empty": "", "number": 1}),
    at("/latency_ms", COUNTS),
    at("/model", WORDS),
    at("/route_reason", TEXTS),
    at("/state_hash", TEXTS),
    at("/tags", {"unknown": {}}),
    at("/usage/total_tokens", {"unknown": 1}),
)
def test_commit(organisation, pointer, value):
    body = changed({"usage": {"input_tokens": 1, "output_tokens": 1}, "cost": "0.01"}, pointer, value)
    answer = organisation.admin.post(f"/v1/reservations/{organisation.open}/commit", body)
    answer.expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize(
    "body", [{}, {"cost": None}, {"usage": {}}, {"usage": {"reasoning_tokens": 0}}, {"status": "ok"}], ids=str
)
def test_commit_of_a_model_call_without_usage(organisation, body):
    answer = organisation.admin.post(f"/v1/reservations/{organisation.open}/commit", body)
    answer.expect_problem(422, "invalid-request", ["", "/usage", "/cost"])


@pytest.mark.parametrize(
    "usage", [{"input_tokens": 1, "cached_input_tokens": 2}, {"output_tokens": 1, "reasoning_tokens": 2}], ids=str
)
def test_commit_part_larger_than_its_whole(organisation, usage):
    answer = organisation.admin.post(f"/v1/reservations/{organisation.open}/commit", {"usage": usage})
    problem = answer.expect_problem(422, "invalid-request")
    assert all(error["pointer"].startswith("/usage") for error in problem["errors"])


@pytest.mark.parametrize(
    "text, pointer",
    [('{"cost": "1", "cost": "2"}', "/cost"), ('{"usage": {"input_tokens": 1, "input_tokens": 2}}', "/usage/input_tokens")],
)
def test_commit_duplicate(organisation, text, pointer):
    answer = organisation.admin.post(f"/v1/reservations/{organisation.open}/commit", text.encode())
    answer.expect_problem(422, "invalid-request", pointer)


@cases(at("/reason", TEXTS), at("/cost", {"unknown": "1"}))
def test_release(organisation, pointer, value):
    answer = organisation.admin.post(f"/v1/reservations/{organisation.open}/release", changed({}, pointer, value))
    answer.expect_problem(422, "invalid-request", pointer)


@cases(at("/ttl_seconds", TTLS | {"null": None}), at("/ttl", {"unknown": 60}))
def test_extend(organisation, pointer, value):
    body = changed({"ttl_seconds": 3600}, pointer, value)
    answer = organisation.admin.post(f"/v1/reservations/{organisation.open}/extend", body)
    answer.expect_problem(422, "invalid-request", pointer)


def test_extend_without_ttl(organisation):
    answer = organisation.admin.post(f"/v1/reservations/{organisation.open}/extend", {})
    answer.expect_problem(422, "invalid-request", "/ttl_seconds")


def test_settled_stays_settled(organisation):
    path = f"/v1/reservations/{organisation.committed}"
    again = organisation.admin.post(f"{path}/commit", {"cost": "0.03"}).expect_problem(409, "already-settled")
    assert again["settlement"]["state"] == "committed"
    assert again["settlement"]["charged"]["cost"] == "0.02"
    organisation.admin.post(f"{path}/release").expect_problem(409, "already-settled")
    organisation.admin.post(f"{path}/extend", {"ttl_seconds": 60}).expect_problem(409, "already-settled")


@cases(
    at("/cost", AMOUNTS),
    at("/usage/input_tokens", COUNTS),
    at("/usage/output_tokens", COUNTS),
    at("/model", WORDS),
    at("/tags", NOT_OBJECTS),
    at("/tags/team_id", NAMES),
    at("/step", {"negative": -1, "text": "1"}),
    at("/usage_source", {"unknown": "guessed"}),
    at("/status", {"unknown": "fine"}),
    at("/ttl_seconds", {"unknown": 60}),
    at("/estimate", {"unknown": {}}),
)
def test_usage(organisation, pointer, value):
    organisation.admin.charge(changed(usage(), pointer, value)).expect_problem(422, "invalid-request", pointer)


def test_usage_without_usage(organisation):
    body = without(without(usage(), "/usage"), "/cost")
    organisation.admin.charge(body).expect_problem(422, "invalid-request", ["", "/usage", "/cost"])


# Envelopes


@cases(
    at("/amount", CHANGES),
    at("/reason", REASONS),
    at("/key", NOT_OBJECTS),
    at("/key/team_id", TEXTS),
    at("/key/Team", {"upper case": "x"}),
    at("/expires_at", PAST),
    at("/meter", {"unknown": "cost"}),
)
def test_adjustment(organisation, pointer, value):
    body = changed({"amount": "-1", "reason": "a test", "key": {"team_id": "support"}}, pointer, value)
    answer = organisation.admin.post("/v1/envelopes/team-month/adjustments", body)
    answer.expect_problem(422, "invalid-request", pointer)


@cases(at("/amount", COUNT_CHANGES))
def test_adjustment_of_calls(organisation, pointer, value):
    body = changed({"amount": 1, "reason": "a test", "key": {"agent_id": "a", "tool": "t"}}, pointer, value)
    answer = organisation.admin.post("/v1/envelopes/tool-rate/adjustments", body)
    answer.expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("pointer", ["/amount", "/reason", "/key"])
def test_adjustment_without(organisation, pointer):
    body = without({"amount": "1", "reason": "a test", "key": {"team_id": "support"}}, pointer)
    answer = organisation.admin.post("/v1/envelopes/team-month/adjustments", body)
    answer.expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("key", [{}, {"user_id": "u"}, {"team_id": "support", "user_id": "u"}], ids=str)
def test_adjustment_of_no_balance(organisation, key):
    body = {"amount": "1", "reason": "a test", "key": key}
    answer = organisation.admin.post("/v1/envelopes/team-month/adjustments", body)
    answer.expect_problem(422, "invalid-request", "/key")


@pytest.mark.parametrize(
    "text, pointer",
    [
        ('{"amount": "1", "amount": "2", "reason": "x", "key": {"team_id": "a"}}', "/amount"),
        ('{"amount": "1", "reason": "x", "key": {"team_id": "a", "team_id": "b"}}', "/key/team_id"),
    ],
)
def test_adjustment_duplicate(organisation, text, pointer):
    answer = organisation.admin.post("/v1/envelopes/team-month/adjustments", text.encode())
    answer.expect_problem(422, "invalid-request", pointer)


@cases(at("/reason", REASONS), at("/frozen", {"unknown": True}))
@pytest.mark.parametrize("action", ["freeze", "unfreeze"])
def test_freeze(organisation, action, pointer, value):
    body = changed({"reason": "a test"}, pointer, value)
    answer = organisation.admin.post(f"/v1/envelopes/team-month/{action}", body)
    answer.expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("action", ["freeze", "unfreeze"])
def test_freeze_without_reason(organisation, action):
    answer = organisation.admin.post(f"/v1/envelopes/team-month/{action}", {})
    answer.expect_problem(422, "invalid-request", "/reason")


# Configuration


@cases(
    at("/role", {"unknown": "boss", "null": None, "number": 1, "empty": ""}),
    at("/tags", {name: value for name, value in NOT_OBJECTS.items() if name != "null"}),
    at("/tags/team_id", NAMES),
    at("/tags/Team", {"upper case": "x"}),
    at("/agent_id", WORDS),
    at("/name", WORDS),
    at("/approve_up_to", {"unknown": "1"}),
)
def test_key(organisation, pointer, value):
    before = list(organisation.pages("/v1/keys"))
    body = changed({"role": "gateway", "tags": {}}, pointer, value)
    organisation.admin.post("/v1/keys", body).expect_problem(422, "invalid-request", pointer)
    assert list(organisation.pages("/v1/keys")) == before


def test_key_without_role(organisation):
    organisation.admin.post("/v1/keys", {}).expect_problem(422, "invalid-request", "/role")


@cases(
    at(
        "/name",
        {
            "upper case": "Acme",
            "empty": "",
            "hyphen first": "-a",
            "too long": "a" * 40,
            "underscore": "a_b",
            "number": 1,
            "null": None,
        },
    ),
    at("/currency", {"lower case": "eur", "too long": "EURO", "too short": "EU", "number": 978, "null": None}),
    at("/state", {"unknown": "active"}),
)
def test_organisation(installation, pointer, value):
    body = changed({"name": f"test-{uuid.uuid4().hex[:12]}", "currency": "EUR"}, pointer, value)
    installation.post("/v1/orgs", body).expect_problem(422, "invalid-request", pointer)


@cases(at("/state", {"unknown": "frozen", "null": None, "number": 1}), at("/currency", {"unknown": "USD"}))
def test_organisation_patch(installation, organisation, pointer, value):
    body = changed({"state": "active"}, pointer, value)
    answer = installation.call("PATCH", f"/v1/orgs/{organisation.name}", body)
    answer.expect_problem(422, "invalid-request", pointer)


BAD_POLICIES = {
    "money as a number": ("envelopes:\n  - name: a\n    meter: cost\n    limit: 4000\n", "/envelopes/0/limit", 4),
    "negative limit": ('envelopes:\n  - name: a\n    meter: cost\n    limit: "-1"\n', "/envelopes/0/limit", 4),
    "unknown key": ('envelopes:\n  - name: a\n    meter: cost\n    limit: "1"\n    lmit: "1"\n', "/envelopes/0/lmit", 5),
    "unknown meter": ('envelopes:\n  - name: a\n    meter: dollars\n    per_call: "1"\n', "/envelopes/0/meter", 3),
    "unknown zone": (
        'envelopes:\n  - name: a\n    meter: cost\n    limit: "1"\n    window: { every: day, time_zone: Mars/Olympus }\n',
        "/envelopes/0/window/time_zone",
        5,
    ),
    "two of one name": (
        'envelopes:\n  - { name: a, meter: cost, limit: "1" }\n  - { name: a, meter: cost, limit: "2" }\n',
        "/envelopes/1/name",
        3,
    ),
    "unknown section": ("envelops: []\n", "/envelops", 1),
}


@pytest.mark.parametrize("text, pointer, line", BAD_POLICIES.values(), ids=BAD_POLICIES.keys())
@pytest.mark.parametrize("query", [{}, {"dry_run": "true"}], ids=["apply", "dry run"])
def test_policy(organisation, text, pointer, line, query):
    before = organisation.admin.get("/v1/policy").expect(200)
    answer = organisation.admin.post("/v1/policy/versions", text.encode(), content_type="application/yaml", query=query)
    problem = answer.expect_problem(422, "policy-invalid")
    assert (pointer, line) in [(issue["pointer"], issue["line"]) for issue in problem["errors"]]
    assert organisation.admin.get("/v1/policy").expect(200) == before


# A policy that is right, in which each of the mistakes below is made alone.
POLICY = {
    "contacts": {"lead": ["slack"]},
    "tiers": ["premium", "economy"],
    "tags": {
        "required": ["team_id", ["product", "feature_id"]],
        "values": {"environment": ["production", "sandbox"]},
        "allow_missing_in": ["sandbox"],
        "exceptions": [{"match": {"workflow_name": "old"}, "missing": ["team_id"], "expires": "2099-01-31", "reason": "x"}],
    },
    "envelopes": [
        {
            "name": "a",
            "owner": "lead",
            "playbook": "https://wiki.example.com/a",
            "match": {"environment": "production"},
            "per": ["agent_id"],
            "meter": "cost",
            "limit": "10",
            "window": {"every": "week"},
            "rollover": {"up_to": "1", "expires_in": "7d"},
            "plan": [
                {"at": 80, "do": "alert"},
                {"at": 90, "do": "downgrade", "to": "economy"},
                {"at": 100, "do": "refuse"},
                {"at": 150, "do": "suspend", "within": "1h"},
            ],
            "mode": "enforce",
        }
    ],
    "tools": [{"name": "r", "match": {"agent_id": "x*"}, "allow": ["crm.*"], "deny": ["crm.delete"]}],
    "model_rules": [{"deny": ["dear"], "when": {"envelope": "a", "at": 80}}],
    "models": {"dear": {"tier": "premium", "downgrade_to": "cheap"}, "cheap": {"tier": "economy"}},
    "tool_tiers": {"crm.*": "premium"},
    "workflows": {"w": {"owner": "lead", "outcome": "ticket", "target_cost": "1", "rates": {"minute": "0.9"}}},
    "breakers": [{"name": "loop", "on": "run", "when": {"steps": 3}, "do": "suspend"}],
    "unmatched": "refuse",
    "unknown_price": {"input_cost_per_token": "0.1", "output_cost_per_token": "0.1"},
}
AMOUNTS_OF_POLICIES = {"number": 1, "negative": "-1", "word": "ten", "ten decimals": "0.0000000001", "null": None}
DURATIONS = {
    "number": 60,
    "no unit": "60",
    "zero": "0m",
    "unknown unit": "1y",
    "negative": "-1h",
    "too long": "10000d",
    "null": None,
}
POLICY_MISTAKES = {
    **at("/contacts/lead", {"text": "slack", "nobody": []}),
    **at("/contacts/lead/0", {"empty": "", "too long": "x" * 65}),
    **at("/tiers/1", {"twice": "premium", "empty": "", "list": []}),
    **at("/tags/required", {"nothing": [], "text": "team_id"}),
    **at("/tags/required/0", {"no tag": "Team", "reserved": "model"}),
    **at("/tags/required/1", {"none of them": []}),
    **at("/tags/values/environment", {"nothing": [], "text": "production"}),
    **at("/tags/allow_missing_in/0", {"pattern": "s*"}),
    **at("/tags/exceptions/0/expires", {"word": "soon", "number": 2099, "no such day": "2099-02-30"}),
    **at("/tags/exceptions/0/missing/0", {"not required": "user_id"}),
    **at("/tags/exceptions/0/match", {"everybody": {}}),
    **at("/tags/exceptions/0/reason", {"empty": "", "too long": "x" * 1025}),
    **at("/envelopes/0/playbook", {"no link": "wiki", "other scheme": "ftp://example.com", "too long": "https://" + "x" * 1020}),
    **at("/envelopes/0/match/tier", {"no tier": "gold"}),
    **at("/envelopes/0/match/environment", {"nothing": [], "null": None}),
    **at("/envelopes/0/rollover/up_to", AMOUNTS_OF_POLICIES),
    **at("/envelopes/0/rollover/expires_in", DURATIONS),
    **at("/envelopes/0/plan/0/at", {"zero": 0, "beyond ten times": 1001, "fraction": 0.5, "text": "80"}),
    **at("/envelopes/0/plan/0/do", {"unknown": "warn", "null": None}),
    **at("/envelopes/0/plan/0/to", {"alert": "economy"}),
    **at("/envelopes/0/plan/1/to", {"no tier": "gold", "dearest": "premium"}),
    **at("/envelopes/0/plan/2/within", {"refusal": "1h"}),
    **at("/envelopes/0/plan/3/within", DURATIONS | {"beyond a month": "32d"}),
    **at("/envelopes/0/mode", {"unknown": "dark", "null": None}),
    **at("/tools/0/allow", {"text": "crm.*"}),
    **at("/tools/0/deny/0", {"empty": "", "object": {}}),
    **at("/tools/0/name", {"too long": "x" * 65}),
    **at("/model_rules/0/when/envelope", {"unknown": "b"}),
    **at("/model_rules/0/when/at", {"negative": -1, "beyond ten times": 1001, "text": "80"}),
    **at("/models/dear/tier", {"no tier": "gold", "null": None}),
    **at("/models/dear/downgrade_to", {"unknown": "none", "itself": "dear"}),
    **at("/tool_tiers/crm.*", {"no tier": "gold"}),
    **at("/workflows/w/target_cost", AMOUNTS_OF_POLICIES),
    **at("/workflows/w/rates/minute", AMOUNTS_OF_POLICIES),
    **at("/workflows/w/goal", {"unknown key": "x"}),
    **at("/unmatched", {"unknown": "ignore", "null": None}),
    **at("/unknown_price", {"word": "free", "null": None}),
    **at("/unknown_price/input_cost_per_token", {"zero": "0", "number": 0.1, "sixteen decimals": "0.0000000000000001"}),
    **{f"/{part}: no name": (f"/{part}/", {}) for part in ("contacts", "models", "tool_tiers", "workflows")},
    **at("/breakers", {"no list": {}, "text": "loop"}),
    **at("/breakers/0/on", {"unknown": "team", "null": None}),
    **at("/breakers/0/do", {"unknown": "refuse"}),
    **at("/breakers/0/when/steps", {"none": 0, "text": "3", "fraction": 1.5}),
    **at("/fuses", {"unknown section": []}),
}
# Parts without which a policy is wrong, and where that is said.
POLICY_PARTS = {
    "/envelopes/0/limit": "/envelopes/0/plan/0/at",
    "/envelopes/0/window": "/envelopes/0/rollover",
    "/envelopes/0/rollover/up_to": "/envelopes/0/rollover",
    "/envelopes/0/per": "/envelopes/0/plan/3",
    "/envelopes/0/plan/1/to": "/envelopes/0/plan/1",
    "/envelopes/0/plan/2/do": "/envelopes/0/plan/2",
    "/model_rules/0/deny": "/model_rules/0",
    "/model_rules/0/when/at": "/model_rules/0/when",
    "/models/cheap": "/models/dear/downgrade_to",
    "/models/dear/tier": "/models/dear",
    "/tags/exceptions/0/expires": "/tags/exceptions/0",
    "/tags/exceptions/0/match": "/tags/exceptions/0",
    "/tiers": "/models/dear/tier",
    "/unknown_price/output_cost_per_token": "/unknown_price",
    "/workflows/w/outcome": "/workflows/w",
}


def test_policy_without_mistakes(organisation):
    organisation.admin.post("/v1/policy/versions", POLICY, query={"dry_run": "true"}).expect(200)


@cases(POLICY_MISTAKES)
def test_policy_mistake(organisation, pointer, value):
    answer = organisation.admin.post("/v1/policy/versions", changed(POLICY, pointer, value))
    problem = answer.expect_problem(422, "policy-invalid")
    assert pointer in [issue["pointer"] for issue in problem["errors"]]


@pytest.mark.parametrize("part, pointer", POLICY_PARTS.items())
def test_policy_without(organisation, part, pointer):
    answer = organisation.admin.post("/v1/policy/versions", without(POLICY, part))
    problem = answer.expect_problem(422, "policy-invalid")
    assert pointer in [issue["pointer"] for issue in problem["errors"]]


@pytest.mark.parametrize(
    "plan",
    [
        [],
        [{"at": 80, "do": "alert"}],
        [{"at": 80, "do": "downgrade", "to": "economy"}],
        [{"at": 100, "do": "suspend", "within": "1h"}],
        [{"at": 80, "do": "refuse"}, {"at": 100, "do": "downgrade", "to": "economy"}],
        [{"at": 100, "do": "refuse"}, {"at": 100, "do": "require_approval"}],
    ],
    ids=str,
)
def test_plan_that_makes_no_sense(organisation, plan):
    answer = organisation.admin.post("/v1/policy/versions", changed(POLICY, "/envelopes/0/plan", plan))
    problem = answer.expect_problem(422, "policy-invalid")
    assert all(issue["pointer"].startswith("/envelopes/0/plan") for issue in problem["errors"])


@pytest.mark.parametrize("text", [b"envelopes: [", b"a: b: c", b"\xff\xfe", b"- 1\n- 2\n", b"envelopes: &a [*a]"], ids=repr)
def test_policy_that_is_no_document(organisation, text):
    answer = organisation.admin.post("/v1/policy/versions", text, content_type="application/yaml")
    assert answer.status in (400, 422)
    answer.expect_problem(answer.status, "malformed" if answer.status == 400 else "policy-invalid")


@pytest.mark.parametrize("body", NOT_OBJECTS.values(), ids=NOT_OBJECTS.keys())
def test_prices(organisation, body):
    before = list(organisation.pages("/v1/prices"))
    answer = organisation.admin.post("/v1/prices/import", json.dumps(body).encode())
    answer.expect_problem(422, "invalid-request", "")
    assert list(organisation.pages("/v1/prices")) == before


def test_malformed_prices(organisation):
    organisation.admin.post("/v1/prices/import", b'{"m": {').expect_problem(400, "malformed")


@pytest.mark.parametrize("to", [1, None, "", "tomorrow", "2026-13-01T00:00:00Z", "2026-11-21", "1970-01-02T00:00:00Z"])
def test_clock(installation, has_test_clock, to):
    """The last is a time, but in the past."""
    answer = installation.post("/v1/test-clock/advance", {"to": to})
    if has_test_clock:
        answer.expect_problem(422, "invalid-request", "/to")
    else:
        answer.expect_problem(404, "not-found")
