"""The pages for finance and owners: they say what the interface says, their forms do what they say, and nothing on them is taken for HTML."""

import urllib.parse
import uuid

import pytest

import jobs
from browser import Browser
from organisation import Organisation, model_call, usage

HOSTILE = "<script>alert(1)</script> \"\u0301 onfocus=x '\u202e&amp;"
LISTS = ["overview", "envelopes", "spend", "trends", "economics", "coverage", "policy", "seal"]


class Company:
    """An organisation with hostile names that spent something, whose policy has changed."""

    def __init__(self, installation):
        self.own = own = Organisation(installation)
        self.workflow, self.team, self.agent = (f"{name} {HOSTILE}" for name in ("workflow", "team", "agent"))
        policy = {
            "tags": {"required": ["team_id", "cost_center"]},
            "envelopes": [
                {"name": "team-month", "owner": f"owner {HOSTILE}", "per": ["team_id"], "meter": "cost", "limit": "10", "window": {"every": "month"},
                 "plan": [{"at": 80, "do": "alert"}, {"at": 100, "do": "refuse"}]},
                {"name": "run-calls", "per": ["run_id"], "meter": "model_calls", "limit": 10, "window": {"every": "run"}},
            ],
            "workflows": {self.workflow: {"owner": f"owner {HOSTILE}", "outcome": "ticket", "target_cost": "1", "human_cost": "8"}},
        }
        own.apply(policy)
        policy["envelopes"][0]["limit"] = "20"
        own.admin.post("/v1/policy/versions", policy, query={"message": HOSTILE.replace("\u202e", "")}).expect(201)
        tags = {"team_id": self.team, "workflow_name": self.workflow, "agent_id": self.agent, "step_name": HOSTILE, "run_id": "r"}
        for model, cost in (("old", "1.5"), (f"new {HOSTILE}", "3.000000001")):
            own.admin.charge(usage(tags=tags, model=model, cost=cost)).expect(201)
        own.admin.post(
            "/v1/outcomes", {"workflow_name": self.workflow, "count": 3}, headers={"Idempotency-Key": str(uuid.uuid4())}).expect(201)
        jobs.run(installation, "roll-up")
        jobs.run(installation, "seal-ledger")
        (self.balance,) = own.admin.get("/v1/envelopes/team-month/balances").expect(200)["data"]

    @property
    def paths(self):
        workflow = "/dashboard/workflows/" + urllib.parse.quote(self.workflow, safe="")
        balance = f"/dashboard/envelopes/team-month/balances/{self.balance['id']}"
        return [workflow, "/dashboard/envelopes/team-month", balance, "/dashboard/policy/versions/3", "/dashboard/policy/versions/3/difference"]


@pytest.fixture(scope="module")
def company(installation):
    return Company(installation)


def visitor(client):
    browser = Browser(client.url)
    browser.sign_in(client.key)
    return browser


@pytest.fixture(scope="module")
def finance(company):
    return visitor(company.own.caller("finance"))


def test_every_page_shows_hostile_names_as_text(company, finance):
    """Browser.check refuses scripts, handlers and styles on every page."""
    questions = [
        {"group_by": "team_id", "then_by": "model", "interval": "day"}, {"group_by": "", "where.team_id": company.team},
        {"group_by": "model", "filter": "workflow_name", "is": company.workflow}, {"group_by": "envelope"}, {"group_by": "user_id", "where.user_id": ""},
    ]
    paths = [f"/dashboard/{name}" for name in LISTS] + company.paths + ["/dashboard/spend?" + urllib.parse.urlencode(query) for query in questions]
    for path in paths + [f"/dashboard/trends?by={by}&days=28" for by in ("workflow_name", "agent_id", "model")]:
        page = finance.get(path)
        assert page.status == 200, (path, page.words[-600:])
        assert len(page.all("h1")) == 1 and all(e.attributes.get("scope") for e in page.all("th")), path
        assert len(page.all("table")) == len(page.all("caption")), path
        ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
        assert len(ids) == len(set(ids)), path
        assert all(svg.attributes["role"] == "img" for svg in page.all("svg")), path


def test_numbers_are_those_of_the_interface(company, finance):
    report = company.own.admin.get("/v1/reports/spend", query={"group_by": "team_id"}).expect(200)
    assert report["totals"]["cost"] == "4.500000001"
    for path in ("/dashboard/overview", "/dashboard/spend", company.paths[0], "/dashboard/envelopes", "/dashboard/envelopes/team-month"):
        page = finance.get(path)
        assert page.all("data", value="4.500000001"), path
    page = finance.get("/dashboard/economics")
    assert page.all("data", value="1.500000001"), "three results, rounded up to the nano-unit"


def test_what_is_asked_wrongly_is_said_by_the_interface(finance):
    for query, words in [("group_by=run_id", "run_id"), ("interval=year", "interval"), ("from=yesterday", "from"), ("where.model=a&where.run_id=b", "run_id")]:
        page = finance.get("/dashboard/spend?" + query)
        assert page.status == 422 and words in page.words, query
    assert finance.get("/dashboard/trends?by=run_id&days=999999999999999999999").status == 200, "what is no choice is the first one"
    for path in ("workflows/nobody", "envelopes/nothing", "policy/versions/99", "policy/versions/..%2F..", "envelopes/team-month/balances/1"):
        assert finance.get("/dashboard/" + path).status in (404, 422), path


def test_limit_is_changed_and_mistakes_are_kept(company, finance):
    path = "/dashboard/envelopes/team-month"
    key = {"key.team_id": company.team}
    form = finance.get(path).form("/adjust")
    page = finance.send(form, amount="a lot", reason="more tickets", **key)
    assert page.status == 422 and page.form("/adjust").fields["amount"] == "a lot" and page.form("/adjust").fields["reason"] == "more tickets"
    assert finance.send(page.form("/adjust"), amount="1,5").status == 422, "a comma is a point to some and nothing to others"
    page = finance.send(page.form("/adjust"), amount="5", expires_at="2020-01-01 10:00")
    assert page.status == 422 and page.form("/adjust").fields["expires_at"] == "2020-01-01 10:00"
    page = finance.send(page.form("/adjust"), expires_at="")
    assert page.status == 200 and "changed by 5" in page.words
    sent = form.fields | {"amount": "3", "reason": "a click too many"} | key
    assert [finance.post(form.action, sent).status for _ in range(2)] == [200, 200]
    (balance,) = company.own.admin.get("/v1/envelopes/team-month/balances").expect(200)["data"]
    assert balance["limit"] == "28", "a form that is sent twice is done once"
    history = finance.get(company.paths[2])
    assert "Limit adjusted" in history.words and "more tickets" in history.words


def test_freeze_and_unfreeze(company, finance):
    path = "/dashboard/envelopes/team-month"
    assert finance.send(finance.get(path).form("/freeze"), reason="").status == 422
    page = finance.send(finance.get(path).form("/freeze"), reason=f"odd {HOSTILE}")
    assert page.status == 200 and "Frozen" in page.words
    refused = company.own.admin.reserve(model_call(tags={"team_id": company.team, "cost_center": "c", "agent_id": "a", "run_id": "r"}))
    refused.expect_problem(403, "envelope-frozen")
    page = finance.send(finance.get(path).form("/unfreeze"), reason="found")
    assert page.status == 200 and "Frozen" not in page.words


@pytest.mark.parametrize("role, reports, forms", [("gateway", 403, False), ("approver", 403, False), ("operator", 200, True), ("finance", 200, True)])
def test_roles_see_and_do_what_the_interface_lets_them(company, role, reports, forms):
    browser = visitor(company.own.caller(role))
    for name in ("overview", "spend", "trends", "coverage"):
        assert browser.get(f"/dashboard/{name}").status == reports, name
    page = browser.get("/dashboard/envelopes/team-month")
    assert page.status == 200 and any(form.action and form.action.endswith("/freeze") for form in page.forms) == forms
    if not forms:
        csrf = page.form("/sign-out").fields["csrf"]
        assert browser.post("/dashboard/envelopes/team-month/freeze", {"csrf": csrf, "reason": "x"}).status == 403
    assert browser.get("/dashboard/seal").status == (200 if role == "finance" else 403)


def test_bound_keys_see_their_own(company):
    company.own.admin.charge(usage(tags={"team_id": "blue", "agent_id": "b"}, cost="7")).expect(201)
    jobs.run(company.own.installation, "roll-up")
    browser = visitor(company.own.client("finance", tags={"team_id": "blue"}))
    page = browser.get("/dashboard/spend")
    assert page.all("data", value="7") and "script" not in page.words
    page = browser.get("/dashboard/envelopes/team-month")
    assert "blue" in page.words and not any(form.action and form.action.endswith("/freeze") for form in page.forms)


def test_others_find_nothing(company, own):
    stranger = visitor(own.admin)
    for path in company.paths[:1] + company.paths[2:]:
        page = stranger.get(path)
        assert page.status == 404 or "4.500000001" not in page.text, path
    assert not stranger.get("/dashboard/envelopes").all("data", value="4.500000001")


def test_what_is_shown_can_be_exported(finance):
    page = finance.get("/dashboard/spend")
    (csv,) = [e.attributes["href"] for e in page.all("a") if "spend.csv" in e.attributes["href"]]
    assert finance.status("GET", csv) == 200
    assert finance.status("GET", csv.replace("spend.csv", "focus.csv")) == 200
    assert not [e for e in finance.get("/dashboard/spend?group_by=team_id&where.team_id=").all("a") if "export" in e.attributes["href"]]
