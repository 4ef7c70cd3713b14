"""Requests that are right: each takes effect once, and what is refused holds nothing."""

import concurrent.futures
import json
import pathlib
from fractions import Fraction

import pytest
import yaml

import document
from organisation import NOTHING_BOOKED, model_call, tool_call, usage


def team_month(organisation):
    """The balance of the team `support` in this month's envelope: (held, spent)."""
    path = "/v1/envelopes/team-month/balances"
    (balance,) = organisation.admin.get(path, query={"team_id": "support"}).expect(200)["data"]
    return Fraction(balance["held"]), Fraction(balance["spent"])


def test_description_is_served(installation):
    answer = installation.with_key(None).get("/openapi.yaml")
    assert answer.status == 200 and answer.media_type == "application/yaml"
    assert yaml.safe_load(answer.content) == document.document()


def test_health(installation):
    nobody = installation.with_key(None)
    assert nobody.get("/health/live").expect(200) == {"status": "ok"}
    assert nobody.get("/health/ready").expect(200) == {"status": "ready"}


def test_hold_and_commit(own):
    answer = own.admin.reserve(model_call())
    held = answer.expect(201)
    assert answer.headers["Location"] == f"/v1/reservations/{held['id']}"
    assert held["held"] == {"cost": "0.01", "tokens": 150, "model_calls": 1, "tool_calls": 0}
    assert team_month(own) == (Fraction("0.01"), 0)
    body = {"usage": {"input_tokens": 100, "output_tokens": 25}}
    committed = own.admin.post(f"/v1/reservations/{held['id']}/commit", body).expect(200)
    assert committed["charged"] == {"cost": "0.0002", "tokens": 125, "model_calls": 1, "tool_calls": 0}
    assert committed["returned"] == {"cost": "0.0098", "tokens": 25, "model_calls": 0, "tool_calls": 0}
    assert team_month(own) == (0, Fraction("0.0002"))
    assert own.admin.get(f"/v1/reservations/{held['id']}").expect(200)["state"] == "committed"


def test_replay(own):
    call = model_call()
    first = own.admin.reserve(call, idempotency_key="again")
    first.expect(201)
    assert first.headers.get("Idempotent-Replayed") is None
    reordered = dict(reversed(call.items()))
    for key, body in (("again", call), ('"again"', call), ("again", reordered)):
        second = own.admin.reserve(body, idempotency_key=key)
        second.expect(201)
        assert second.headers["Idempotent-Replayed"] == "true"
        assert second.content == first.content
    own.admin.reserve(call | {"step": 2}, idempotency_key="again").expect_problem(422, "idempotency-mismatch")
    assert team_month(own) == (Fraction("0.01"), 0)


def test_idempotency_key_belongs_to_its_route(own):
    own.admin.reserve(model_call(), idempotency_key="one").expect(201)
    own.admin.charge(usage(), idempotency_key="one").expect(201)
    assert team_month(own) == (Fraction("0.01"), Fraction("0.01"))


def test_same_key_at_once(own):
    call = model_call()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: own.admin.reserve(call, idempotency_key="at-once"), range(16)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert team_month(own) == (Fraction("0.01"), 0)


def test_commit_again(own):
    held = own.admin.reserve(model_call()).expect(201)["id"]
    path = f"/v1/reservations/{held}/commit"
    first = own.admin.post(path, {"cost": "0.02"})
    first.expect(200)
    second = own.admin.post(path, {"cost": "0.02"})
    assert second.content == first.content and second.headers["Idempotent-Replayed"] == "true"
    own.admin.post(path, {"cost": "0.03"}).expect_problem(409, "already-settled")
    assert team_month(own) == (0, Fraction("0.02"))


def test_commit_after_release(own):
    held = own.admin.reserve(model_call()).expect(201)["id"]
    released = own.admin.post(f"/v1/reservations/{held}/release", {"reason": "not needed"})
    assert released.expect(200)["returned"]["cost"] == "0.01"
    assert own.admin.post(f"/v1/reservations/{held}/release").content == released.content
    assert team_month(own) == (0, 0)
    late = own.admin.post(f"/v1/reservations/{held}/commit", {"cost": "0.02"})
    assert late.expect(200)["late"] is True
    assert own.admin.post(f"/v1/reservations/{held}/commit", {"cost": "0.02"}).content == late.content
    own.admin.post(f"/v1/reservations/{held}/commit", {"cost": "0.03"}).expect_problem(409, "already-settled")
    assert team_month(own) == (0, Fraction("0.02"))
    assert own.admin.get(f"/v1/reservations/{held}").expect(200)["late_charge"]["cost"] == "0.02"


def test_release_without_a_body(own):
    held = own.admin.reserve(model_call()).expect(201)["id"]
    own.admin.post(f"/v1/reservations/{held}/release").expect(200)


def test_real_spend_is_booked_beyond_the_limit(own):
    held = own.admin.reserve(model_call()).expect(201)["id"]
    committed = own.admin.post(f"/v1/reservations/{held}/commit", {"cost": "150"}).expect(200)
    assert committed["overrun"]["cost"] == "50"
    (view,) = [view for view in committed["envelopes"] if view["name"] == "team-month"]
    assert view["remaining"] == "-50" and view["used_percent"] == 150
    own.admin.reserve(model_call()).expect_problem(402, "envelope-exhausted")
    assert own.admin.charge(usage(cost="1")).expect(201)["overrun"]["cost"] == "1"


def test_charge_that_lacks_a_tag_is_booked(own):
    """The money is spent: it counts under the empty value of the tag."""
    body = usage()
    body["tags"].pop("team_id")
    own.admin.charge(body).expect(201)
    (balance,) = own.admin.get("/v1/envelopes/team-month/balances").expect(200)["data"]
    assert balance["key"] == {"team_id": ""} and Fraction(balance["spent"]) > 0


def test_charges_never_wrap(own):
    """The largest amount fits once; after it no sum of spending becomes smaller."""
    own.admin.charge(usage(cost="9223372036.854775807")).expect(201)
    for _ in range(3):
        assert own.admin.charge(usage(cost="9223372036.854775807")).status < 500
        assert team_month(own)[1] >= Fraction("9223372036.854775807")


def test_exhausted(own):
    call = model_call(estimate={"input_tokens": 1, "cost": "40"})
    own.admin.reserve(call).expect(201)
    own.admin.reserve(call).expect(201)
    before = own.books()
    answer = own.admin.reserve(call, idempotency_key="refused")
    problem = answer.expect_problem(402, "envelope-exhausted")
    assert int(answer.headers["Retry-After"]) > 0
    (violation,) = problem["violations"]
    assert (violation["envelope"], violation["key"]) == ("team-month", {"team_id": "support"})
    assert (violation["limit"], violation["held"], violation["spent"], violation["requested"]) == ("100", "80", "0", "40")
    assert violation["rule"] == "limit" and violation["resets_at"] is not None
    assert own.books() == before
    own.admin.reserve(call | {"estimate": {"cost": "20"}}, idempotency_key="refused").expect(201)
    assert team_month(own) == (100, 0)


def test_single_call_too_dear(own):
    body = model_call(estimate={"input_tokens": 1, "cost": "50.000000001"})
    answer = own.admin.reserve(body)
    (violation,) = answer.expect_problem(402, "envelope-exhausted")["violations"]
    assert (violation["envelope"], violation["rule"], violation["resets_at"]) == ("single-call", "per_call", None)
    assert "Retry-After" not in answer.headers
    assert own.books() == NOTHING_BOOKED


def test_tokens_of_a_run(own):
    tags = model_call()["tags"]
    body = model_call(tags=tags, estimate={"input_tokens": 200_000, "cost": "0"})
    own.admin.reserve(body).expect(201)
    answer = own.admin.reserve(model_call(tags=tags, estimate={"output_tokens": 1, "cost": "0"}))
    (violation,) = answer.expect_problem(402, "envelope-exhausted")["violations"]
    assert violation["meter"] == "tokens" and violation["limit"] == 200_000 and violation["requested"] == 1


def test_rate(own):
    """Three calls a minute pass and the fourth is refused, unless the minute turns in between."""
    for _ in range(3):
        call = tool_call()
        answers = [own.admin.reserve(call) for _ in range(4)]
        assert [answer.status for answer in answers[:3]] == [201, 201, 201]
        if answers[3].status == 429:
            break
    problem = answers[3].expect_problem(429, "rate-limited")
    assert [violation["envelope"] for violation in problem["violations"]] == ["tool-rate"]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert "tool-rate" in answers[3].headers["RateLimit"] and "tool-rate" in answers[3].headers["RateLimit-Policy"]


def test_all_or_nothing(own):
    """An envelope that agrees holds nothing if another one refuses."""
    body = model_call(estimate={"input_tokens": 200_001, "cost": "0.01"})
    own.admin.reserve(body).expect_problem(402, "envelope-exhausted")
    assert own.books() == NOTHING_BOOKED


def test_extend(own):
    held = own.admin.reserve(model_call(ttl_seconds=5)).expect(201)
    extended = own.admin.post(f"/v1/reservations/{held['id']}/extend", {"ttl_seconds": 600}).expect(200)
    assert extended["expires_at"] > held["expires_at"]


def test_history(own):
    held = own.admin.reserve(model_call()).expect(201)["id"]
    own.admin.post(f"/v1/reservations/{held}/commit", {"cost": "0.02"}).expect(200)
    own.admin.charge(usage()).expect(201)
    (balance,) = own.admin.get("/v1/envelopes/team-month/balances").expect(200)["data"]
    facts = list(own.pages(f"/v1/balances/{balance['id']}/history"))
    assert [fact["version"] for fact in facts] == [3, 2, 1]
    assert [fact["kind"] for fact in facts] == ["usage", "commit", "hold"]
    assert [fact["amount"] for fact in facts] == ["0.01", "0.01", "0.01"]
    assert [fact["spent"] for fact in facts] == ["0.03", "0.02", "0"]


def test_pages(own):
    made = [own.admin.reserve(model_call()).expect(201)["id"] for _ in range(7)]
    listed, after = [], {}
    while True:
        page = own.admin.get("/v1/reservations", query={"limit": 3, **after}).expect(200)
        assert len(page["data"]) <= 3
        listed += [entry["id"] for entry in page["data"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert listed == made[::-1]


def test_prices(own):
    prices = {entry["model"]: entry for entry in own.pages("/v1/prices")}
    assert sorted(prices) == ["test-dear", "test-small"]
    assert prices["test-small"]["input_cost_per_token"] == "0.000001"
    assert prices["test-small"]["cached_input_cost_per_token"] == "0.0000001"
    assert prices["test-small"]["reasoning_cost_per_token"] is None
    again = (pathlib.Path(__file__).parent / "prices.json").read_bytes()
    answer = own.admin.post("/v1/prices/import", again).expect(200)
    assert (answer["imported"], answer["skipped"], answer["unchanged"]) == (0, 1, 2)


TIERED = {
    "test-long": {
        "input_cost_per_token": 3e-06,
        "output_cost_per_token": 1.5e-05,
        "input_cost_per_token_above_200k_tokens": 6e-06,
    }
}


def test_prices_dry_run(own):
    before = (list(own.pages("/v1/prices")), list(own.pages("/v1/prices/imports")))
    foretold = own.admin.post("/v1/prices/import", TIERED, query={"dry_run": "true", "rate": "2"}).expect(200)
    assert (list(own.pages("/v1/prices")), list(own.pages("/v1/prices/imports"))) == before
    (change,) = foretold["changes"]
    assert (change["model"], change["old"], foretold["changes_total"]) == ("test-long", None, 1)
    assert change["new"]["tiers"][0]["input_cost_per_token"] == "0.000012"

    done = own.admin.post("/v1/prices/import", TIERED, query={"sha256": foretold["checksum"], "rate": "2"}).expect(200)
    assert [done[name] for name in ("imported", "skipped", "unchanged", "checksum")] == [1, 0, 0, foretold["checksum"]]
    (price,) = own.pages("/v1/prices", model="test-long")
    assert {name: price[name] for name in change["new"]} == change["new"]
    newest = next(own.pages("/v1/prices/imports"))
    assert (newest["checksum"], newest["rate"], newest["imported"]) == (done["checksum"], "2", 1)


@pytest.mark.parametrize("tokens, cost", [(200_000, "0.6"), (200_001, "1.200006")])
def test_price_of_a_long_context(own, tokens, cost):
    own.admin.post("/v1/prices/import", TIERED).expect(200)
    tags = {"team_id": "support", "agent_id": "triage-7"}
    call = model_call(model="test-long", tags=tags, estimate={"input_tokens": tokens, "output_tokens": 0})
    assert own.admin.reserve(call).expect(201)["held"]["cost"] == cost


def test_keys(own):
    made = own.make_key("finance", tags={"team_id": "support"}, name="controlling")
    secret = made.pop("key")
    assert own.admin.get(f"/v1/keys/{made['id']}").expect(200) == made
    reader = own.admin.with_key(secret)
    reader.get("/v1/envelopes").expect(200)
    reader.reserve(model_call()).expect_problem(403, "forbidden")


def test_largest_body(own):
    own.admin.reserve(json.dumps(model_call()).encode().ljust(256 * 1024)).expect(201)


def test_test_clock(installation, has_test_clock):
    if has_test_clock:
        now = installation.get("/v1/test-clock").expect(200)["now"]
        assert installation.post("/v1/test-clock/advance", {"to": now}).expect(200)["now"] == now
    else:
        installation.get("/v1/test-clock").expect_problem(404, "not-found")
