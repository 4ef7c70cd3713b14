"""Versions of a policy: preview, apply, roll back."""

import pathlib

import pytest
import yaml

import document
from organisation import model_call

HERE = pathlib.Path(__file__).parent


def text(name):
    return (HERE / name).read_text()


def post(organisation, source, **query):
    return organisation.admin.post("/v1/policy/versions", source.encode(), content_type="application/yaml", query=query)


def preview(organisation, policy):
    return organisation.admin.post("/v1/policy/versions", policy, query={"dry_run": "true"}).expect(200)


def test_versions(own):
    source = text("policy.yaml")
    assert own.admin.get("/v1/policy").expect(200)["source"] == source
    tighter = source.replace('limit: "100"', 'limit: "0.02"')
    checked = post(own, tighter, dry_run="true").expect(200)
    (change,) = checked["changes"]
    assert [change[name] for name in ("kind", "what", "name", "new_balances")] == ["changed", "envelope", "team-month", False]
    assert (checked["version"], checked["warnings"], checked["over_limit"], checked["over_limit_total"]) == (None, [], [], 0)
    assert own.admin.get("/v1/policy").expect(200)["version"] == 1

    own.admin.reserve(model_call()).expect(201)
    assert post(own, tighter, message="tighter").expect(201) == {"version": 2, "warnings": []}
    own.admin.reserve(model_call()).expect(201)
    own.admin.reserve(model_call()).expect_problem(402, "envelope-exhausted")
    newest, oldest = own.pages("/v1/policy/versions")
    assert (newest["version"], newest["message"], oldest["version"]) == (2, "tighter", 1)
    assert own.admin.get("/v1/policy/versions/1").expect(200)["source"] == source

    assert own.apply({"envelopes": [{"name": "open", "meter": "cost", "limit": "1000000"}]})["version"] == 3
    assert own.admin.get("/v1/policy").expect(200)["envelopes"] == ["open"]
    own.admin.reserve(model_call()).expect(201)


def test_rollback(own):
    own.apply({"envelopes": [{"name": "shut", "meter": "cost", "limit": "0"}]})
    own.admin.reserve(model_call()).expect_problem(402, "envelope-exhausted")
    assert own.admin.post("/v1/policy/versions/1/rollback").expect(201)["version"] == 3
    own.admin.reserve(model_call()).expect(201)
    assert own.admin.post("/v1/policy/versions/2/rollback", query={"message": "shut again"}).expect(201)["version"] == 4
    own.admin.reserve(model_call()).expect_problem(402, "envelope-exhausted")
    versions = {entry["version"]: entry for entry in own.pages("/v1/policy/versions")}
    assert versions[3]["checksum"] == versions[1]["checksum"] and versions[4]["checksum"] == versions[2]["checksum"]
    assert versions[4]["message"] == "shut again" and "1" in versions[3]["message"]
    own.admin.post("/v1/policy/versions/5/rollback").expect_problem(404, "not-found")
    assert own.admin.get("/v1/policy").expect(200)["version"] == 4


def test_rollback_binds_the_balances_of_before(own):
    own.admin.reserve(model_call()).expect(201)
    before = own.balances()
    own.apply({"envelopes": [{"name": "open", "meter": "cost", "limit": "1"}]})
    own.admin.post("/v1/policy/versions/1/rollback").expect(201)
    assert own.balances() == before


def test_over_limit(own):
    for team in ("a", "b"):
        own.admin.reserve(model_call(tags={"team_id": team}, estimate={"input_tokens": 1, "cost": "30"})).expect(201)
    own.adjust("team-month", "15", key={"team_id": "b"})
    before = own.books()
    smaller = {"name": "team-month", "per": ["team_id"], "meter": "cost", "limit": "20", "window": {"every": "month"}}
    answer = preview(own, {"envelopes": [smaller]})
    (over,) = answer["over_limit"]
    assert [over[name] for name in ("envelope", "key", "meter", "limit", "held", "spent")] == [
        "team-month",
        {"team_id": "a"},
        "cost",
        "20",
        "30",
        "0",
    ]
    assert answer["over_limit_total"] == 1 and over["balance_id"] in own.balances()
    removed = {change["name"] for change in answer["changes"] if change["kind"] == "removed"}
    assert removed == {"run-tokens", "tool-rate", "single-call"}

    anew = preview(own, {"envelopes": [smaller | {"window": {"every": "week"}}]})
    assert [change["new_balances"] for change in anew["changes"] if change["name"] == "team-month"] == [True]
    assert anew["over_limit"] == [], "new balances begin at nothing"
    assert own.books() == before


def test_changes(planned):
    policy = yaml.safe_load(text("plans.yaml"))
    assert preview(planned, policy)["changes"] == []
    policy["contacts"]["boss"] = ["slack-boss"]
    policy["tiers"].append("free")
    policy["tags"]["required"].append("agent_id")
    policy["tools"] = []
    policy["model_rules"][1]["deny"].append("gpt-*")
    policy["models"]["test-new"] = {"tier": "free"}
    policy["tool_tiers"] = {"crm.*": "economy"}
    policy["workflows"] = {"routed": {"outcome": "ticket"}}
    policy["unmatched"] = "refuse"
    policy["unknown_price"] = {"input_cost_per_token": "0.1", "output_cost_per_token": "0.1"}
    answer = preview(planned, policy)
    changes = {(change["kind"], change["what"], change["name"]) for change in answer["changes"]}
    assert changes == {
        ("added", "contact", "boss"),
        ("changed", "tiers", None),
        ("changed", "tag rules", None),
        ("removed", "tool rule", "crm-tools"),
        ("changed", "model rule", "late-lone"),
        ("added", "model", "test-new"),
        ("changed", "tool tiers", None),
        ("added", "workflow", "routed"),
        ("changed", "unmatched", None),
        ("changed", "unknown price", None),
    }
    assert [warning["pointer"] for warning in answer["warnings"]] == ["/models/test-new", "/contacts/lead/0", "/contacts/boss/0"]


def test_summary(own):
    workflow = {
        "owner": "lead",
        "playbook": "https://wiki.example.com",
        "outcome": "ticket",
        "target_cost": "1.50",
        "rates": {"hour": "9", "human_minute": "0.9"},
    }
    applied = own.apply(
        {
            "contacts": {"lead": ["slack", "pager"]},
            "tiers": ["dear", "cheap"],
            "models": {"no-price": {"tier": "dear"}},
            "envelopes": [{"name": "one", "owner": "nobody", "meter": "cost", "limit": "1"}],
            "workflows": {"triage": workflow},
            "unmatched": "refuse",
        }
    )
    assert [warning["pointer"] for warning in applied["warnings"]] == [
        "/workflows/triage/rates/hour",
        "/envelopes/0/owner",
        "/models/no-price",
        "/contacts/lead/0",
        "/contacts/lead/1",
    ]
    for path in ("/v1/policy", "/v1/policy/versions/2"):
        version = own.admin.get(path).expect(200)
        assert (version["tiers"], version["unmatched"]) == (["dear", "cheap"], "refuse")
        assert version["contacts"] == {"lead": ["slack", "pager"]}
        assert version["workflows"] == [{"name": "triage", "human_cost": None} | workflow | {"target_cost": "1.5"}]
        assert "/envelopes/0/owner" in [warning["pointer"] for warning in version["warnings"]]
    envelope = own.admin.get("/v1/envelopes/one").expect(200)
    assert (envelope["owner"], envelope["channels"]) == ("nobody", [])


def test_envelopes(planned):
    shown = {envelope["name"]: envelope for envelope in planned.pages("/v1/envelopes")}
    assert shown["team-month"]["rollover"] == {"up_to": "10", "expires_in_seconds": None}
    assert shown["team-month"]["channels"] == ["slack-lead"] and shown["routed"]["channels"] == []
    assert shown["routed"]["plan"] == [{"at": 50, "do": "downgrade", "to": "economy"}, {"at": 100, "do": "refuse"}]
    assert shown["fast"]["plan"][1] == {"at": 150, "do": "suspend", "within_seconds": 3600}
    assert shown["asked-call"]["plan"] == [{"at": None, "do": "require_approval"}]
    assert [name for name, envelope in shown.items() if envelope["mode"] == "shadow"] == ["tried"]


@pytest.mark.parametrize("name", ["PolicyDocument", "WholePolicyDocument"])
def test_documented_policies(own, name):
    own.apply(document.document()["components"]["examples"][name]["value"])
