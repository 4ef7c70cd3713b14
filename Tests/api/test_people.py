"""People who come with a token of an identity provider, or sign in there at the dashboard."""

import base64
import json
import os
import time
import uuid

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

import issuer as provider
import jobs
from browser import Browser
from organisation import Organisation, model_call, usage


@pytest.fixture(scope="module")
def issuer(installation):
    url = os.environ.get("TEST_ISSUER")
    if not url:
        pytest.skip("set TEST_ISSUER to the server's PURSER_OIDC_ISSUER on this machine")
    made = provider.Issuer(url)
    stranger = installation.with_key(made.person_token("finance"))
    problem = stranger.get("/v1/envelopes").expect_problem(503, "identity-provider-unavailable")
    assert "come with a key" in problem["detail"] and url not in problem["detail"]
    assert "does not answer" in Browser(installation.url, awaits=(503,)).get("/dashboard/sign-in/person").words
    made.start()
    yield made
    made.stop()


@pytest.fixture
def token(issuer, own):
    """Makes clients of people in an organisation of the test's own."""
    def made(role, subject=None, **claims):
        return own.admin.with_key(issuer.person_token(role, subject or str(uuid.uuid4()), purser_org=own.name, **claims))
    return made


def test_roles(token, own):
    assert token("finance").get("/v1/reports/spend").status == 200
    problem = token("finance").post("/v1/keys", {"role": "finance"}).expect_problem(403, "forbidden")
    assert problem["detail"] == "This needs one of the roles admin; your role is finance."
    key = token(["payroll", "finance", "admin"]).post("/v1/keys", {"role": "finance"}).expect(201)
    assert own.admin.with_key(key["key"]).get("/v1/reports/spend").status == 200


def test_both_kinds_of_keys(issuer, installation):
    for key in issuer.keys:
        assert installation.with_key(issuer.person_token("operator", key=key, purser_org="default")).get("/v1/schedules").status == 200


def eventually(answer, seconds=120):
    """An answer that is not put off because the issuer was asked too often."""
    deadline = time.monotonic() + seconds
    while (found := answer()).status == 503:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return found


def test_a_person_of_one_organisation_is_nobody_in_another(token, own, installation):
    other = Organisation(installation)
    held = other.admin.reserve(model_call()).expect(201)["id"]
    assert token("admin").get(f"/v1/reservations/{held}").status == 404
    assert [run for run in token("admin").pages("/v1/runs")] == []
    token("admin").get("/v1/schedules").expect_problem(403, "forbidden")


def test_organisations_that_are_not(issuer, installation, own):
    for name in ("no-such-organisation", own.name):
        if name == own.name:
            installation.call("PATCH", f"/v1/orgs/{own.name}", {"state": "closed"}).expect(200)
        person = installation.with_key(issuer.person_token("admin", purser_org=name))
        assert name in person.get("/v1/envelopes").expect_problem(401, "unauthorized")["detail"]


@pytest.mark.parametrize("claims", [
    {}, {"purser_role": "gateway"}, {"purser_role": ["x"]}, {"purser_role": "admin"}, {"purser_role": "admin", "purser_org": "A B"},
    {"purser_role": "finance", "purser_tags": 7}, {"purser_role": "finance", "purser_org": None},
    {"purser_role": "approver", "purser_approve_up_to": 5},
])
def test_claims_that_are_not_understood_give_no_rights(issuer, installation, claims):
    problem = installation.with_key(issuer.token(issuer.claims(**claims))).get("/v1/envelopes").expect_problem(401, "unauthorized")
    assert "purser_" in problem["detail"]


def forged(issuer):
    now, key = int(time.time()), issuer.keys[0]
    good = issuer.claims(purser_role="admin", purser_org="default")
    text = issuer.token(good)
    head, body, signature = text.split(".")
    public = key.private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    def hmac(secret):
        import hashlib, hmac as mac
        start = part({"alg": "HS256", "kid": key.identifier}) + "." + part(good)
        return start + "." + base64.urlsafe_b64encode(mac.new(secret, start.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()

    return {
        "expired": issuer.token(good | {"exp": now - 120}),
        "not yet valid": issuer.token(good | {"nbf": now + 120}),
        "no end": issuer.token({name: value for name, value in good.items() if name != "exp"}),
        "another audience": issuer.token(good | {"aud": "somebody-else"}),
        "no audience": issuer.token(good | {"aud": []}),
        "another issuer": issuer.token(good | {"iss": "https://id.example.com"}),
        "nobody": issuer.token({name: value for name, value in good.items() if name != "sub"}),
        "another key of this name": issuer.token(good, provider.Key(key.identifier)),
        "a key that is not listed": issuer.token(good, provider.Key("unknown")),
        "the name of another key": issuer.token(good, kid=issuer.keys[1].identifier),
        "other claims": f"{head}.{part(good | {'sub': '8'})}.{signature}",
        "no signature": f"{head}.{body}.",
        "not signed": jwt.encode(good, None, "none"),
        "not signed, with a signature": f"{part({'alg': 'none'})}.{body}.{signature}",
        "signed with the public key": hmac(public),
        "signed with a secret of the key set": hmac(b"secret"),
        "extensions": issuer.token(good, crit=["exp"]),
        "a logout token": issuer.token(good, typ="logout+jwt"),
        "no claims": f"{head}.{part([])}.{signature}",
        "too long": issuer.token(good | {"filler": "x" * 20_000}),
        "not base64": f"{head}.***.{signature}",
    }


def test_forged_tokens(issuer, installation):
    assert installation.with_key(issuer.person_token("finance")).get("/v1/envelopes").status == 200
    for what, text in forged(issuer).items():
        # What names an unknown key is asked for at the issuer, a few times.
        answer = eventually(lambda: installation.with_key(text).get("/v1/envelopes"))
        problem = answer.expect_problem(401, "unauthorized")
        assert problem["detail"].startswith("The token "), (what, problem)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), what
        assert installation.with_key(text).reserve(model_call()).status in (401, 503), what


def test_unknown_keys_do_not_become_requests(issuer, installation):
    installation.with_key(issuer.person_token("finance")).get("/v1/envelopes").expect(200)
    before = len(issuer.asked)
    for number in range(40):
        installation.with_key(issuer.token(issuer.claims(), provider.Key(f"unknown {number}", private=issuer.keys[0].private))).get("/v1/envelopes")
    assert len(issuer.asked) - before <= 2 * 7, "each reading asks twice"


def test_tags_bind(token, own, installation):
    for team in ("red", "blue"):
        own.admin.charge(usage(tags={"team_id": team, "run_id": f"run of {team}"}, cost="1")).expect(201)
    jobs.run(installation, "roll-up")
    seen = [run["run_id"] for run in token("finance", purser_tags={"team_id": "red"}).pages("/v1/runs")]
    assert seen == ["run of red"]


def test_calls_and_idempotency(token, own):
    ada, bob = token("admin", "ada"), token("admin", "bob")
    call = model_call()
    held = ada.reserve(call, idempotency_key="k").expect(201)
    assert ada.reserve(call, idempotency_key="k").expect(201)["id"] == held["id"]
    assert ada.post(f"/v1/reservations/{held['id']}/commit", {"cost": "0.01"}).status == 200
    bob.charge(usage(cost="0.01")).expect(201)


def test_suspended_people(token, own, issuer):
    ada = token("admin", "subject-of-ada", email="Ada@example.com", email_verified=True)
    held = ada.reserve(model_call()).expect(201)["id"]
    browser = Browser(own.admin.url)
    person = {"sub": "subject-of-ada", "purser_role": "admin", "purser_org": own.name, "email": "Ada@example.com"}
    sign_in(issuer, browser, person=person)
    assert browser.get("/dashboard/runs").status == 200
    stopped = own.admin.post("/v1/suspensions", {"subject": {"type": "user", "id": "ada@example.com"}, "reason": "test"}).expect(201)
    ada.get("/v1/envelopes").expect_problem(403, "suspended")
    ada.reserve(model_call()).expect_problem(403, "suspended")
    assert browser.get("/dashboard/runs").status == 403
    again = Browser(own.admin.url)
    assert "suspended" in signed_out(again, sign_in(issuer, again, person=person))
    # What was spent is booked.
    assert ada.post(f"/v1/reservations/{held}/commit", {"cost": "0.01"}).status == 200
    token("admin", "bob").get("/v1/envelopes").expect(200)
    own.admin.post(f"/v1/suspensions/{stopped['id']}/lift", {"reason": "test"}).expect(200)
    ada.get("/v1/envelopes").expect(200)


def test_an_admin_hands_on_no_more_than_he_has(token, own):
    bound = token("admin", purser_tags={"team_id": "red"}, purser_approve_up_to="5")
    made = bound.post("/v1/keys", {"role": "admin", "tags": {"project": "p"}}).expect(201)
    assert made["tags"] == {"project": "p", "team_id": "red"} and made["approve_up_to"] == "5"
    bound.post("/v1/keys", {"role": "admin", "tags": {"team_id": "blue"}}).expect_problem(403, "forbidden")
    agent = token("admin", purser_tags={"agent_id": "a"})
    agent.post("/v1/keys", {"role": "admin", "agent_id": "b"}).expect_problem(403, "forbidden")
    assert agent.post("/v1/keys", {"role": "gateway", "agent_id": "a"}).expect(201)["agent_id"] == "a"
    bound.post("/v1/keys", {"role": "approver", "approve_up_to": "6"}).expect_problem(403, "forbidden")
    assert [key["id"] for key in bound.pages("/v1/keys")] == [made["id"]]
    others = own.make_key("finance")["id"]
    bound.get(f"/v1/keys/{others}").expect_problem(404, "not-found")
    bound.call("DELETE", f"/v1/keys/{others}").expect_problem(404, "not-found")
    bound.call("DELETE", f"/v1/keys/{made['id']}").expect(204)


def test_who_is_bound_does_not_look_after_the_installation(issuer, installation):
    bound = installation.with_key(issuer.person_token("admin", purser_org="default", purser_tags={"team_id": "red"}))
    bound.get("/v1/schedules").expect_problem(403, "forbidden")
    bound.post("/v1/orgs", {"name": "x", "currency": "EUR"}).expect_problem(403, "forbidden")


GATE = {"envelopes": [{"name": "gate", "meter": "cost", "limit": "1", "plan": [{"at": 50, "do": "alert"}, {"at": 100, "do": "require_approval"}]}]}


def question(own, run, user):
    tags = {"agent_id": f"agent of {run}", "run_id": run, "user_id": user, "team_id": "red"}
    return own.admin.reserve(model_call(tags=tags, estimate={"cost": "6"})).expect_problem(403, "approval-required")["approval_id"]


def test_approvals_carry_the_name_and_nobody_approves_his_own_run(token, own):
    own.apply(GATE)
    ada = token("approver", email="ada@example.com", email_verified=True)
    mine, other = question(own, "mine", "ada@example.com"), question(own, "other", "bob@example.com")
    # By whatever name the call has him, in whatever letters.
    for own_name in (ada, token("approver", email="ADA@example.com"), token("approver", "ada@example.com"), token("approver", upn="ada@example.com")):
        assert own_name.post(f"/v1/approvals/{mine}/approve", {"reason": "mine"}).status == 403
    small = token("approver", email="eve@example.com", purser_approve_up_to="0.01")
    assert small.post(f"/v1/approvals/{other}/approve", {"reason": "small"}).status == 403
    decided = ada.post(f"/v1/approvals/{other}/approve", {"reason": "fine"}).expect(200)
    assert decided["state"] == "approved" and "ada@example.com" in json.dumps(decided)


# Signing in at the dashboard


def sign_in(issuer, browser, to="/dashboard/runs", /, person=None, **changes):
    """Through the provider, up to the page that sends the browser on."""
    issuer.person = person or {}
    page = browser.get("/dashboard/sign-in?to=" + to)
    (link,) = [link for link in page.links if "/person" in link]
    away = browser.get(link)
    assert away.status == 303
    return browser.get(issuer.authorize(away.headers["Location"], **changes))


def test_signing_in_and_out(issuer, own):
    browser = Browser(own.admin.url)
    person = {"sub": "ada", "purser_role": "finance", "purser_org": own.name, "email": "ada@example.com", "email_verified": True}
    page = sign_in(issuer, browser, person=person)
    (refresh,) = page.all("meta", http_equiv="refresh")
    assert page.status == 200 and refresh.attributes["content"].endswith("/dashboard/runs")
    assert set(browser.cookies) == {"purser_session"}
    page = browser.get("/dashboard/runs")
    assert page.path == "/dashboard/runs" and "ada@example.com" in page.words and own.name in page.words
    assert browser.get("/dashboard/keys").status in (403, 404)
    kept = dict(browser.cookies)
    browser.send(page.form("/dashboard/sign-out"))
    browser.cookies = kept
    assert browser.get("/dashboard/runs").path.startswith("/dashboard/sign-in")


def test_the_wish_survives_and_leads_nowhere_else(issuer, own):
    person = {"purser_role": "finance", "purser_org": own.name}
    for to, arrives in (("/dashboard/runs%3Fagent_id%3Da", "/dashboard/runs?agent_id=a"), ("https://example.com/", "/dashboard"), ("//example.com", "/dashboard")):
        page = sign_in(issuer, Browser(own.admin.url), to, person=person)
        (refresh,) = page.all("meta", http_equiv="refresh")
        assert refresh.attributes["content"].split("url=")[1] == arrives


def signed_out(browser, page, status=403):
    assert page.status == status and page.all("p", class_="fault"), page.words
    assert "purser_session" not in browser.cookies
    assert browser.get("/dashboard/runs").path.startswith("/dashboard/sign-in")
    return page.words


def test_answers_that_are_not_to_this_attempt(issuer, own):
    person = {"purser_role": "finance", "purser_org": own.name}
    for changes in ({"state": "x" * 43}, {"state": ""}, {"iss": "https://id.example.com"}, {"code": "code that is none"}):
        browser = Browser(own.admin.url)
        signed_out(browser, sign_in(issuer, browser, person=person, **changes))
    # Another browser, which began nothing: an attacker's code cannot be put upon it.
    first, second = Browser(own.admin.url), Browser(own.admin.url)
    path = issuer.authorize(first.get("/dashboard/sign-in/person").headers["Location"])
    assert "another browser" in signed_out(second, second.get(path))
    # The same answer twice.
    issuer.person = person
    assert first.get(path).status == 200
    first.cookies = {}
    signed_out(first, first.get(path))


def test_tokens_that_are_not_for_this_attempt(issuer, own):
    good = {"purser_role": "finance", "purser_org": own.name}
    for wrong in ({"nonce": "another"}, {"nonce": None}, {"aud": "other"}, {"azp": "other"}, {"exp": 1}, {"iss": "https://id.example.com"}):
        browser = Browser(own.admin.url)
        signed_out(browser, sign_in(issuer, browser, person=good | wrong))


def test_people_without_rights_are_told(issuer, own):
    for person, told in (({}, "purser_role"), ({"purser_role": "finance", "purser_org": "nowhere"}, "nowhere")):
        browser = Browser(own.admin.url)
        assert told in signed_out(browser, sign_in(issuer, browser, person=person))


def test_a_refusal_of_the_provider_is_shown(issuer, own):
    browser = Browser(own.admin.url)
    away = browser.get("/dashboard/sign-in/person").headers["Location"]
    path = issuer.authorize(away).replace("code=code", "error=access_denied&was=code")
    assert "access_denied" in signed_out(browser, browser.get(path))
    browser = Browser(own.admin.url)
    path = issuer.authorize(browser.get("/dashboard/sign-in/person").headers["Location"]).replace("code=code", "error=%3Cb%3E&was=code")
    assert "<b>" not in signed_out(browser, browser.get(path))


def test_an_approver_decides_on_the_dashboard(issuer, own):
    own.apply(GATE)
    asked = question(own, "other", "bob@example.com")
    browser = Browser(own.admin.url)
    sign_in(issuer, browser, person={"purser_role": "approver", "purser_org": own.name, "email": "ada@example.com"})
    page = browser.get(f"/dashboard/approvals/{asked}")
    browser.send(page.form(f"{asked}/approve"), reason="fine")
    assert own.admin.get(f"/v1/approvals/{asked}").expect(200)["state"] == "approved"


# Last, since they change what the issuer says.


def test_changed_keys(issuer, installation):
    before = issuer.person_token("operator", purser_org="default")
    issuer.keys = [provider.Key("second"), issuer.keys[1]]
    eventually(lambda: installation.with_key(issuer.person_token("operator", purser_org="default")).get("/v1/schedules")).expect(200)
    answer = eventually(lambda: installation.with_key(before).get("/v1/schedules"))
    answer.expect_problem(401, "unauthorized")


def test_while_the_issuer_is_away_its_tokens_are_taken(issuer, installation, own):
    issuer.stop()
    try:
        assert installation.with_key(issuer.person_token("operator", purser_org="default")).get("/v1/schedules").status == 200
        unknown = installation.with_key(issuer.token(issuer.claims(), provider.Key("third")))
        unknown.get("/v1/schedules").expect_problem(503, "identity-provider-unavailable")
        browser = Browser(own.admin.url, awaits=(503,))
        path = issuer.authorize(browser.get("/dashboard/sign-in/person").headers["Location"])
        assert "does not answer" in signed_out(browser, browser.get(path), 503)
    finally:
        issuer.start()


def test_an_answer_that_does_not_end_holds_nobody_up(issuer, installation):
    issuer.stalls = True
    try:
        known = installation.with_key(issuer.person_token("finance"))
        unknown = installation.with_key(issuer.token(issuer.claims(), provider.Key("fourth")))
        unknown.get("/v1/envelopes").expect_problem(503, "identity-provider-unavailable")
        known.get("/v1/envelopes").expect(200)
    finally:
        issuer.stalls = False
        issuer.released.set()
