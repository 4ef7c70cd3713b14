"""Signing in at the dashboard, and what a session is guarded by."""

import pytest

from browser import Browser

UNKNOWN_ID = "01a1fd8c-6900-752e-8269-e0d3f2a74de4"


@pytest.fixture
def browser(own):
    made = Browser(own.admin.url)
    made.sign_in(own.admin.key)
    return made


def test_stranger_signs_in_and_comes_back(own):
    browser = Browser(own.admin.url)
    page = browser.get("/dashboard/runs?sort=cost&agent_id=a%2Fb")
    assert page.path.startswith("/dashboard/sign-in?to=") and page.status == 200
    page = browser.send(page.form("/dashboard/sign-in"), key=own.admin.key)
    assert page.path == "/dashboard/runs?sort=cost&agent_id=a%2Fb"
    assert page.all("h1") and own.name in page.words and "Runs" in page.words


@pytest.mark.parametrize(
    "key", ["", "pk", "pk_default_" + "0" * 43, "pk_no-such-organisation_" + "0" * 43, "pk_default_<script>" + "0" * 43, "x" * 5000])
def test_every_bad_key_is_told_the_same(own, key):
    browser = Browser(own.admin.url)
    page = browser.sign_in(key)
    assert page.status == 403 and "purser_session" not in browser.cookies
    (fault,) = page.all("p", class_="fault")
    assert fault.text.strip() == "This key does not work. Check it, or ask an administrator for one."
    assert len(key) < 10 or key not in page.text


def test_a_key_in_a_header_signs_nobody_in(own):
    page = Browser(own.admin.url).get("/dashboard/fleet", Authorization=f"Bearer {own.admin.key}")
    assert page.path.startswith("/dashboard/sign-in")


def test_the_interface_knows_no_cookie(browser, own):
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    own.admin.with_key(None).get("/v1/runs", headers={"Cookie": cookie}).expect_problem(401, "unauthorized")


def test_sign_out_ends_the_session_on_the_server(browser):
    kept = dict(browser.cookies)
    browser.send(browser.get("/dashboard/runs").form("/dashboard/sign-out"))
    assert "purser_session" not in browser.cookies
    browser.cookies = kept
    assert browser.get("/dashboard/runs").path.startswith("/dashboard/sign-in")


def test_revoked_key_ends_it_at_once(own):
    key = own.make_key("operator")
    browser = Browser(own.admin.url)
    assert browser.sign_in(key["key"], "/dashboard/runs").path == "/dashboard/runs"
    own.admin.call("DELETE", f"/v1/keys/{key['id']}").expect(204)
    assert browser.get("/dashboard/runs").path.startswith("/dashboard/sign-in")


def test_closed_organisation_ends_it_at_once(own, installation, browser):
    installation.call("PATCH", f"/v1/orgs/{own.name}", {"state": "closed"}).expect(200)
    assert browser.get("/dashboard/runs").path.startswith("/dashboard/sign-in")


@pytest.mark.parametrize("value", ["", "x", "ps_default_" + "0" * 64, "ps__" + "0" * 64, "ps_default_" + "g" * 64, "a=b; c", "A" * 4000])
def test_made_up_sessions(own, value):
    browser = Browser(own.admin.url)
    browser.cookies["purser_session"] = value
    assert browser.get("/dashboard/runs").path.startswith("/dashboard/sign-in")


def test_session_of_another_organisation(own, browser, installation):
    """A token names its organisation; with another's name it is no token."""
    name = browser.cookies["purser_session"].split("_")[1]
    assert name == own.name
    browser.cookies["purser_session"] = browser.cookies["purser_session"].replace(own.name, "default")
    assert browser.get("/dashboard/runs").path.startswith("/dashboard/sign-in")


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example/dashboard", "/\\evil.example", "/dashboard//evil", "/dashboard/../v1/keys", "javascript:alert(1)",
           "/v1/keys", "/dashboardx", "/dashboard/runs\r\nX-Injected: 1", "dashboard"])
def test_nobody_is_sent_elsewhere(own, to):
    browser = Browser(own.admin.url, follows=False)
    page = browser.sign_in(own.admin.key, to)
    assert page.status == 303 and page.headers["Location"] == "/dashboard" and "X-Injected" not in page.headers


def test_link_of_another_site_finds_the_session(own, browser):
    """A browser keeps a strict cookie back then: the page asks for itself once more, and whoever is signed in nowhere signs in."""
    kept = browser.cookies
    browser.cookies = {}
    page = browser.get("/dashboard/runs?agent_id=a%22b", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")
    (again,) = page.all("meta", http_equiv="refresh")
    assert (page.status, again.attributes["content"]) == (200, "0; url=/dashboard/runs?agent_id=a%22b") and own.name not in page.text
    assert browser.get("/dashboard/runs", Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="navigate").path.startswith("/dashboard/sign-in")
    browser.cookies = kept
    assert browser.get("/dashboard/runs", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").path == "/dashboard/runs"


FOREIGN = {
    "another site": {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"},
    "a sister": {"Origin": "https://sister.example", "Sec_Fetch_Site": "same-site"},
    "only the origin": {"Origin": "https://evil.example", "Sec_Fetch_Site": None},
    "only the site": {"Origin": None, "Sec_Fetch_Site": "cross-site"},
    "null": {"Origin": "null", "Sec_Fetch_Site": None},
    "nothing": {"Origin": None, "Sec_Fetch_Site": None},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_forms_of_others_are_refused(own, browser, headers):
    form = browser.get("/dashboard/breakers").form("/dashboard/breakers/suspend")
    fields = form.fields | {"subject_id": "agent-x", "reason": "x"}
    assert browser.post(form.action, fields, **headers).status == 403
    assert list(own.pages("/v1/suspensions")) == []
    assert Browser(own.admin.url).post("/dashboard/sign-in", {"key": own.admin.key}, **headers).status == 403


@pytest.mark.parametrize("token", [None, "", "0" * 64, "x", "é"])
def test_forms_need_the_token_of_their_session(own, browser, token):
    form = browser.get("/dashboard/breakers").form("/dashboard/breakers/suspend")
    fields = {"subject_type": "agent", "subject_id": "agent-x", "reason": "x"} | ({} if token is None else {"csrf": token})
    page = browser.post(form.action, fields)
    assert page.status == 403 and "nothing was done" in page.words
    other = Browser(own.admin.url)
    other.sign_in(own.admin.key)
    page = browser.post(form.action, fields | {"csrf": other.get("/dashboard/breakers").form("/dashboard/breakers/suspend").fields["csrf"]})
    assert page.status == 403
    assert list(own.pages("/v1/suspensions")) == []
    assert browser.send(form, subject_id="agent-x", reason="x").status == 200
    assert [s["subject"]["id"] for s in own.pages("/v1/suspensions")] == ["agent-x"]


def test_reading_changes_nothing(own, browser):
    """No form is sent by GET to where something is done."""
    for path in ("/dashboard/breakers/suspend", "/dashboard/sign-out", f"/dashboard/approvals/{UNKNOWN_ID}/approve"):
        assert browser.status("GET", path) in (404, 405)
    assert browser.get("/dashboard/runs").path == "/dashboard/runs"


def test_forms_are_bounded_and_typed(browser):
    csrf = browser.get("/dashboard/breakers").form("/dashboard/breakers/suspend").fields["csrf"]
    for body, content_type, status in (
        (b"csrf=" + csrf.encode() + b"&reason=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"csrf=" + csrf.encode() + b"&reason=%ff", "application/x-www-form-urlencoded", 400),
        (b"csrf=" + csrf.encode() + b"&reason=%f", "application/x-www-form-urlencoded", 400),
        (b'{"csrf": "x"}', "application/json", 415),
    ):
        assert browser.post("/dashboard/breakers/suspend", body, Content_Type=content_type).status == status


def test_failures_are_bounded(own):
    """Of an address within a minute; the tests before count too, and this one runs last of its file."""
    browser = Browser(own.admin.url)
    statuses = [browser.sign_in("pk_default_" + "0" * 43).status for _ in range(40)]
    assert set(statuses) == {403, 429} and statuses[-1] == 429
    assert statuses.index(429) <= 20 and 403 not in statuses[statuses.index(429):]
    assert "purser_session" not in browser.cookies
    # Who shares the address is let in with a key that the server knows, and nobody else.
    assert browser.sign_in(own.admin.key).status == 200 and "purser_session" in browser.cookies
    assert Browser(own.admin.url).sign_in("pk_default_" + "0" * 43).status == 429
