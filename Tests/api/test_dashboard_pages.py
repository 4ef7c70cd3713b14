"""The pages of the dashboard: what they show and do, to whom, and that nothing on them is taken for HTML."""

import re
import urllib.parse
import uuid

import pytest

import jobs
from browser import Browser
from organisation import Organisation, model_call, tool_call, usage

UNKNOWN_ID = "01a1fd8c-6900-752e-8269-e0d3f2a74de4"
HOSTILE = "<script>alert(1)</script> \"\u0301 onfocus=x '\u202e&amp;"
LISTS = ["fleet", "runs", "approvals", "breakers", "anomalies", "alerts", "webhooks", "time-zone"]


class Company:
    """An organisation with one of everything, whose names are `mark` and hostile text."""

    def __init__(self, installation):
        self.mark = f"mark{uuid.uuid4().hex[:8]}"
        self.own = own = Organisation(installation)
        self.agent, self.run = f"{self.mark} agent {HOSTILE}", f"{self.mark}/run {HOSTILE}"
        tags = {name: f"{self.mark} {name} {HOSTILE}" for name in ("team_id", "workflow_name", "user_id", "step_name")}
        tags |= {"agent_id": self.agent}
        own.apply({
            "contacts": {"lead": ["hook"]},
            "envelopes": [{"name": "gate", "owner": "lead", "meter": "cost", "limit": "10", "per": ["team_id"],
                           "plan": [{"at": 50, "do": "alert"}, {"at": 100, "do": "require_approval"}]}],
        })
        own.admin.post("/v1/webhooks", {"name": f"hook {HOSTILE}", "url": f"https://{self.mark}.example.invalid/"}).expect(201)
        call = model_call(tags=tags | {"run_id": self.run}, estimate={"cost": "6"})
        self.asker = own.client("gateway")
        self.asker.reserve(call).expect(201)
        for model, cost in (("old", "0.1"), ("new", "0.4")):
            for number in range(5):
                own.admin.charge(usage(tags=tags | {"run_id": f"{self.run} {model} {number}"}, model=f"{model}-{self.mark}", cost=cost)).expect(201)
        jobs.run(installation, "roll-up")
        jobs.run(installation, "detect-anomalies")
        self.anomaly = next(own.pages("/v1/anomalies"))["id"]
        own.eventually(lambda: list(own.pages("/v1/alerts")))
        self.alert = next(own.pages("/v1/alerts"))["id"]
        self.approval = self.asker.reserve(call).expect_problem(403, "approval-required")["approval_id"]
        self.suspension = self.suspend()

    def suspend(self):
        body = {"subject": {"type": "agent", "id": f"{self.mark} other {HOSTILE}"}, "reason": f"{self.mark} {HOSTILE}"}
        return self.own.admin.post("/v1/suspensions", body).expect(201)["id"]

    @property
    def paths(self):
        quoted = {"agents": self.agent, "runs": self.run, "approvals": self.approval, "breakers": self.suspension, "anomalies": self.anomaly,
                  "alerts": self.alert}
        return [f"/dashboard/{name}/{urllib.parse.quote(value, safe='')}" for name, value in quoted.items()]


@pytest.fixture(scope="module")
def company(installation):
    return Company(installation)


def visitor(client):
    browser = Browser(client.url)
    browser.sign_in(client.key)
    return browser


@pytest.fixture(scope="module")
def admin(company):
    return visitor(company.own.admin)


def test_every_page_shows_hostile_names_as_text(company, admin):
    """Browser.check refuses scripts, handlers and styles on every page."""
    seen = 0
    for path in [f"/dashboard/{name}" for name in LISTS] + company.paths:
        page = admin.get(path)
        assert page.status == 200, path
        assert len(page.all("h1")) == 1 and len(page.all("main")) == 1 and page.all("a", class_="skip")
        assert all(e.attributes.get("scope") for e in page.all("th")), path
        assert len(page.all("table")) == len(page.all("caption"))
        ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
        assert len(ids) == len(set(ids)), path
        for label in page.all("label"):
            assert label.attributes.get("for") is None or label.attributes["for"] in ids, path
        assert all(link.startswith(("/dashboard", "#")) for link in page.links), path
        seen += HOSTILE in page.words or company.mark in page.text
    assert seen >= 12


def test_every_link_leads_somewhere(company, admin):
    known, waiting = set(), ["/dashboard"]
    while waiting and len(known) < 200:
        path = waiting.pop()
        if path in known:
            continue
        known.add(path)
        page = admin.get(path)
        assert page.status == 200, path
        waiting += [link for link in page.links if link.startswith("/dashboard")]
    assert len(known) > 20


@pytest.mark.parametrize("tags", [None, {"team_id": "nobody"}], ids=["free", "bound"])
@pytest.mark.parametrize("role", ["gateway", "finance", "approver", "operator", "admin"])
def test_the_navigation_has_what_a_key_may_read(company, role, tags):
    browser = visitor(company.own.client(role, tags=tags) if tags else company.own.caller(role))
    page = browser.get("/dashboard")
    assert page.status == 200
    entries = {e.attributes["href"] for e in page.all("a") if e.attributes.get("aria-current") or e.attributes["href"].startswith("/dashboard/")}
    for path in entries:
        assert browser.get(path).status == 200, path
    assert "/dashboard/schedules" not in entries, "schedules belong to the installation"


@pytest.mark.parametrize("role, may", [("gateway", False), ("finance", False), ("approver", True), ("operator", False), ("admin", True)])
def test_only_approvers_are_offered_to_approve(company, role, may):
    browser = visitor(company.own.caller(role))
    page = browser.get(f"/dashboard/approvals/{company.approval}")
    assert page.status == 200
    assert any(form.action.endswith("/approve") for form in page.forms) == may
    if not may:
        fields = {"csrf": page.form("/sign-out").fields["csrf"], "reason": "x"}
        page = browser.post(f"/dashboard/approvals/{company.approval}/approve", fields)
        assert page.status == 403
        assert company.own.admin.get(f"/v1/approvals/{company.approval}").expect(200)["state"] == "pending"


def test_approver_corrects_and_approves(company):
    browser = visitor(company.own.caller("approver"))
    inbox = browser.get("/dashboard/approvals")
    (link,) = [link for link in inbox.links if link.endswith(company.approval)]
    page = browser.get(link)
    assert "less makes it ask again" in page.words
    form = page.form("/approve")
    assert form.fields["amount"] == "6" and form.fields["expires_in_seconds"] == "3600"
    page = browser.send(form, amount="1.2.3", reason="because", expires_in_seconds="900")
    assert page.status == 422 and "Write 9.50." in page.words
    form = page.form("/approve")
    assert (form.fields["amount"], form.fields["reason"], form.fields["expires_in_seconds"]) == ("1.2.3", "because", "900")
    assert page.all("input", id="approve-amount", aria_invalid="true")
    page = browser.send(form, amount="7", reason="")
    assert page.status == 422 and page.all("input", id="approve-reason", aria_invalid="true")
    page = browser.send(page.form("/approve"), reason=f"because {HOSTILE}")
    assert page.status == 200 and page.path == "/dashboard/approvals" and "Approved: run" in page.words
    assert "Approved: run" not in browser.get("/dashboard/approvals").words, "a notice is shown once"
    told = company.own.admin.get(f"/v1/approvals/{company.approval}").expect(200)
    assert (told["state"], told["amount"], told["decision_reason"]) == ("approved", "7", f"because {HOSTILE}".strip())
    page = browser.get(f"/dashboard/approvals/{company.approval}")
    assert "Granted" in page.words and not [form for form in page.forms if form.action.endswith("/approve")]


def test_nobody_approves_his_own(company):
    call = model_call(tags={"team_id": "own", "agent_id": "a", "run_id": "own"}, estimate={"cost": "11"})
    asked = company.own.admin.reserve(call).expect_problem(403, "approval-required")["approval_id"]
    browser = visitor(company.own.admin)
    page = browser.send(browser.get(f"/dashboard/approvals/{asked}").form("/approve"), reason="mine")
    assert page.status == 403 and page.all("p", class_="fault", role="alert")
    assert page.form("/approve").fields["reason"] == "mine"
    assert asked in browser.get("/dashboard/approvals").text


def test_operator_lifts_and_suspends(company):
    own = company.own
    browser = visitor(own.caller("operator"))
    page = browser.get(f"/dashboard/breakers/{company.suspension}")
    page = browser.send(page.form("/lift"), reason="mended", allow_steps="many")
    assert page.status == 422 and page.form("/lift").fields["reason"] == "mended"
    page = browser.send(page.form("/lift"), allow_steps="3")
    assert page.status == 200 and "Lifted" in page.words
    lifted = own.admin.get(f"/v1/suspensions/{company.suspension}").expect(200)
    assert (lifted["state"], lifted["lift_reason"], lifted["allow_steps"]) == ("lifted", "mended", 3)

    page = browser.send(browser.get(company.paths[0]).form("/suspend"), reason="")
    assert page.status == 422 and page.form("/suspend").fields["subject_id"] == company.agent
    page = browser.send(page.form("/suspend"), reason="it runs wild")
    assert page.status == 200 and page.path == "/dashboard/breakers"
    (open_,) = own.pages("/v1/suspensions", state="open")
    assert (open_["subject"], open_["reason"]) == ({"type": "agent", "id": company.agent}, "it runs wild")
    assert "Suspended" in browser.get(company.paths[0]).words
    own.admin.post(f"/v1/suspensions/{open_['id']}/lift", {"reason": "over"}).expect(200)
    company.suspension = company.suspend()


def test_anomaly_is_closed_and_alert_acknowledged(company):
    browser = visitor(company.own.caller("finance"))
    page = browser.get(f"/dashboard/anomalies/{company.anomaly}")
    page = browser.send(page.form("/close"), reason="known")
    assert page.status == 422 and page.form("/close").fields["reason"] == "known"
    page = browser.send(page.form("/close"), expected="true")
    assert page.status == 200 and "Expected" in page.words
    page = browser.send(browser.get(f"/dashboard/alerts/{company.alert}").form("/acknowledge"), note="I look")
    assert page.status == 200 and page.path == "/dashboard/alerts" and "Seen" in page.words
    assert company.own.admin.get(f"/v1/alerts/{company.alert}").expect(200)["note"] == "I look"


def test_others_find_nothing(company, own):
    stranger = visitor(own.admin)
    for path in company.paths:
        page = stranger.get(path)
        assert page.status == 404, path
        assert company.mark not in urllib.parse.unquote(page.text).replace(urllib.parse.unquote(path), ""), path
    for name in LISTS:
        assert company.mark not in stranger.get(f"/dashboard/{name}").text
    csrf = stranger.get("/dashboard/runs").form("/sign-out").fields["csrf"]
    for path in (f"breakers/{company.suspension}/lift", f"approvals/{company.approval}/reject", f"anomalies/{company.anomaly}/close",
                 f"alerts/{company.alert}/acknowledge"):
        assert stranger.post(f"/dashboard/{path}", {"csrf": csrf, "reason": "x", "expected": "true"}).status == 404, path


def test_bound_key_sees_its_own(company):
    browser = visitor(company.own.client("operator", tags={"team_id": "nobody"}))
    for name in LISTS:
        page = browser.get(f"/dashboard/{name}")
        assert page.status == (403 if name == "webhooks" else 200) and company.mark not in page.text, name
    for path in company.paths:
        assert browser.get(path).status == 404, path


PLACES = ["agents", "runs", "approvals", "breakers", "anomalies", "alerts", "webhooks"]
BAD = ["..", "%2e%2e", "..%2f..%2fv1%2fkeys", "%2Fetc%2Fpasswd", UNKNOWN_ID, "x", "%ff", "%f", "%00", "a" * 3000, "%3Cscript%3E", "{{7*7}}"]


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("bad", BAD)
def test_bad_names_are_not_found(admin, name, bad):
    page = admin.get(f"/dashboard/{name}/{bad}")
    assert page.status in (404, 422), page.words[-300:]
    assert len(page.all("h1")) == 1 and "/dashboard" in page.links


@pytest.mark.parametrize("query", ["after=x", "state=x", "after=%ff", "limit=0", "x=%3Cscript%3E", "after=" + "9" * 3000, "sort=x&agent_id=%00", "zone=x"])
def test_bad_queries(admin, query):
    for name in LISTS:
        page = admin.get(f"/dashboard/{name}?{query}")
        assert page.status in (200, 404, 422), (name, page.status)


def test_no_such_page(admin):
    for path in ("/dashboard/nowhere", "/dashboard/", "/dashboard/runs/a/b/c", "/dashboard/style.css/x"):
        assert admin.get(path).status in (200, 404)
    assert "Not found" in admin.get("/dashboard/nowhere").words


def test_times_are_in_the_readers_zone(company):
    browser = visitor(company.own.admin)
    path = company.paths[1]
    (first, *_) = browser.get(path).all("time")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", first.attributes["datetime"])
    page = browser.send(browser.get("/dashboard/time-zone").form("/time-zone"), zone="Mars/Olympus")
    assert page.status == 422 and page.form("/time-zone").fields["zone"] == "Mars/Olympus"
    page = browser.send(page.form("/time-zone"), zone="Asia/Kolkata")
    assert "Asia/Kolkata" in page.words
    (later, *_) = browser.get(path).all("time")
    assert later.attributes["datetime"] == first.attributes["datetime"]
    clocks = [re.search(r", (\d\d):(\d\d)", e.text).groups() for e in (first, later)]
    minutes = [int(hour) * 60 + int(minute) for hour, minute in clocks]
    assert (minutes[1] - minutes[0]) % 1440 == 330


def test_watching_is_asked_for(admin):
    page = admin.get("/dashboard/fleet")
    assert not page.all("meta", http_equiv="refresh")
    (link,) = [link for link in page.links if "refresh" in link]
    assert page.all("meta", http_equiv="refresh") == [] and admin.get(link).all("meta", http_equiv="refresh")


def test_lists_are_paged(installation):
    own = Organisation(installation)
    for number in range(51):
        own.admin.post("/v1/suspensions", {"subject": {"type": "agent", "id": f"agent {number}"}, "reason": "x"}).expect(201)
    browser = visitor(own.admin)
    page = browser.get("/dashboard/breakers")
    seen = {e for e in page.links if e.startswith("/dashboard/breakers/")}
    (next_,) = [e.attributes["href"] for e in page.all("a", rel="next")]
    seen |= {e for e in browser.get(next_).links if e.startswith("/dashboard/breakers/")}
    assert len(seen) == 51


def test_exports_are_handed_on(company):
    path = "/dashboard/exports/spend.csv?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z"
    page = visitor(company.own.caller("finance")).get(path)
    told = company.own.caller("finance").get(path.replace("/dashboard/", "/v1/"), described=False)
    assert (page.status, page.text) == (200, told.content.decode()) and page.text.count(company.mark) > 5
    assert visitor(company.own.caller("gateway")).get(path).status == 403
    assert visitor(company.own.caller("finance")).get("/dashboard/exports/spend.csv?from=x").status == 422
    assert Browser(company.own.admin.url).get(path).path.startswith("/dashboard/sign-in")


def test_schedules_are_for_the_installation(installation, own):
    browser = visitor(installation)
    page = browser.get("/dashboard/schedules")
    assert page.status == 200 and "roll-up" in page.words
    page = browser.send(page.form("/schedules/roll-up/run"))
    assert page.status == 200 and "roll-up ran." in page.words
    assert visitor(own.admin).get("/dashboard/schedules").status == 403


def test_a_run_step_by_step(own):
    run = f"run-{uuid.uuid4().hex[:6]}"
    tags = {"team_id": "support", "agent_id": "walker", "run_id": run}
    held = own.admin.reserve(model_call(tags=tags, estimate={"cost": "0.5"})).expect(201)
    own.admin.post(f"/v1/reservations/{held['id']}/commit", {"cost": "0.25", "latency_ms": 812}).expect(200)
    own.admin.reserve(tool_call(tags=tags)).expect(201)
    own.admin.reserve(model_call(tags=tags, estimate={"cost": "100000"}))
    page = visitor(own.admin).get(f"/dashboard/runs/{run}")
    assert page.status == 200
    for text in ("€0.2500", "812 ms", "crm.search", "test-small", "Committed", "Held", "walker"):
        assert text in page.words, text
