"""Every route of the description, tried as a stranger and with hostile text: nothing of another organisation is shown, and text stays text.

A route that is added to openapi.yaml is tried without a change here, unless its path names something new: then `things` must know it.
"""

import re
import urllib.parse
import uuid

import pytest

import document
import jobs
from organisation import Organisation, model_call, usage

# Looked after by the operators of the installation; a stranger's key has no business there.
INSTALLATION = ("/v1/orgs", "/v1/test-clock")
# The same for everybody.
PUBLIC = ("/health/", "/openapi.yaml", "/v1/schedules")
# Written on Fridays: a new organisation has none. `LedgerStoreTests` look for one of another organisation.
WEEKLY = ("/v1/reviews/{id}",)
# Of the installation too, and guarded by an address or a token instead of a key.
METRICS = ("/metrics",)
HOSTILE = [
    "' OR 1=1 --", "'; DROP TABLE balances; --", '" OR ""="', "$1", "{{7*7}}", "<script>alert(1)</script>", "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd", "/etc/passwd", "file:///etc/passwd", "a\u202eb\u2066c", "%00", "\\x00", "A" * 5000, "-1", "1e309", "null", "\r\nX-Injected: 1",
]
MINIMAL = {
    "commit": {"cost": "0.01"}, "release": {}, "extend": {"ttl_seconds": 60}, "acknowledge": {}, "close": {"expected": True, "reason": "x"},
    "approve": {"reason": "x"}, "reject": {"reason": "x"}, "lift": {"reason": "x"}, "adjustments": {"amount": "1", "reason": "x"},
    "freeze": {"reason": "x"}, "unfreeze": {"reason": "x"}, "end": {"reason": "x"},
}


def parameters(path, operation):
    listed = operation.get("parameters", []) + document.document()["paths"][path].get("parameters", [])
    return [document.resolve(parameter) for parameter in listed]


def routes(*methods):
    return [(method, path, operation) for path, method, operation in document.operations() if method in methods]


def named(listed):
    return [pytest.param(*route, id=f"{route[0]} {route[1]}") for route in listed]


class Things:
    """An organisation with one of everything, whose names all hold a mark that nobody else's have."""

    def __init__(self, installation):
        self.mark = f"mark{uuid.uuid4().hex[:10]}"
        self.organisation = own = Organisation(installation)
        envelope = f"gate-{self.mark}"
        tags = {name: f"{name} {self.mark}" for name in ("team_id", "agent_id", "workflow_name", "user_id", "cost_center", "session_id")}
        own.apply({
            "contacts": {"lead": [f"hook-{self.mark}"]},
            "tiers": [f"tier-{self.mark}"],
            "envelopes": [
                {"name": envelope, "owner": "lead", "meter": "cost", "limit": "10", "per": ["team_id"],
                 "plan": [{"at": 50, "do": "alert"}, {"at": 100, "do": "require_approval"}]},
            ],
        })
        webhook = own.admin.post("/v1/webhooks", {"name": f"hook-{self.mark}", "url": f"https://{self.mark}.example.invalid/"}).expect(201)
        delivery = own.admin.post(f"/v1/webhooks/{webhook['id']}/test").expect(200)
        run = f"run {self.mark}"
        call = model_call(tags=tags | {"run_id": run}, estimate={"cost": "6"})
        held = own.admin.reserve(call).expect(201)
        asked = own.admin.reserve(call).expect_problem(403, "approval-required")
        for model, cost in (("old", "0.1"), ("new", "0.4")):
            for number in range(5):
                charged = own.admin.charge(
                    usage(tags=tags | {"run_id": f"{run} {model} {number}"}, model=f"{model}-{self.mark}", cost=cost)).expect(201)
        jobs.run(installation, "detect-anomalies")
        told = {"workflow_name": tags["workflow_name"], "kind": "ticket", "count": 1}
        outcome = own.admin.post("/v1/outcomes", told, headers={"Idempotency-Key": "k"}).expect(201)
        corrected = {"calls": [charged["id"]], "set": {"project": f"project {self.mark}"}, "reason": self.mark}
        correction = own.admin.post("/v1/corrections", corrected, headers={"Idempotency-Key": "k"}).json
        suspension = own.admin.post(
            "/v1/suspensions", {"subject": {"type": "agent", "id": f"other {self.mark}"}, "reason": self.mark}).expect(201)
        tried = {"workflow_name": f"tried {self.mark}", "to": f"tier-{self.mark}", "reason": self.mark}
        trial = own.admin.post("/v1/route-trials", tried).expect(201)
        logged = f"time,model,cost,team_id,run_id\n2020-01-01T00:00:00Z,m,1,{tags['team_id']},logged {self.mark}\n2020-01-01T00:00:00Z,m,{self.mark},,\n"
        log = own.admin.post(
            "/v1/imports", logged.encode(), query={"format": "csv", "name": f"log {self.mark}"}, content_type="text/csv",
            headers={"Idempotency-Key": "k"},
        ).expect(201)
        key = own.make_key("finance", name=f"key {self.mark}")
        own.eventually(lambda: list(own.pages("/v1/alerts")))
        (balance,) = own.admin.get(f"/v1/envelopes/{envelope}/balances").expect(200)["data"]
        self.paths = {
            "/v1/reservations/{id}": held["id"], "/v1/runs/{run_id}": run, "/v1/envelopes/{name}": envelope,
            "/v1/balances/{id}": balance["id"], "/v1/alerts/{id}": next(own.pages("/v1/alerts"))["id"],
            "/v1/anomalies/{id}": next(own.pages("/v1/anomalies"))["id"], "/v1/outcomes/{id}": outcome["id"],
            "/v1/corrections/{id}": correction["id"],
            "/v1/approvals/{id}": asked["approval_id"], "/v1/suspensions/{id}": suspension["id"], "/v1/route-trials/{id}": trial["id"],
            "/v1/webhooks/{id}": webhook["id"],
            "/v1/imports/{id}": log["id"], "/v1/deliveries/{id}": delivery["id"], "/v1/keys/{id}": key["id"], "/v1/policy/versions/{version}": "2",
        }

    def path(self, template):
        """The address of what the path names here; nil where it names nothing."""
        for start, value in self.paths.items():
            if template.startswith(start):
                return start.partition("{")[0] + urllib.parse.quote(value, safe="") + template[len(start):]
        return None


@pytest.fixture(scope="module")
def things(installation):
    return Things(installation)


@pytest.fixture(scope="module")
def stranger(installation):
    made = Organisation(installation)
    made.admin.reserve(model_call()).expect(201)
    return made


def is_known(path):
    return "{" in path and not path.startswith(INSTALLATION + PUBLIC + WEEKLY)


@pytest.mark.parametrize("method, path, operation", named(r for r in routes("get", "post", "patch", "delete", "put") if is_known(r[1])))
def test_what_a_path_names_is_not_found_by_a_stranger(things, stranger, method, path, operation):
    address = things.path(path)
    assert address, f"{path} names something that this test does not make"
    body = MINIMAL.get(path.rsplit("/", 1)[-1]) if method == "post" else {"name": "x"} if method == "patch" else None
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    answer = stranger.admin.call(method.upper(), address, body, headers=headers)
    assert answer.status in (404, 204) if method == "delete" else answer.status == 404, (answer.status, answer.content[:500])
    assert things.mark not in answer.content.decode().replace(urllib.parse.quote(things.mark), things.mark).replace(address, "")


@pytest.mark.parametrize("method, path, operation", named(r for r in routes("get") if "{" not in r[1] and not r[1].startswith(INSTALLATION + METRICS)))
def test_lists_and_reports_show_nothing_of_others(things, stranger, method, path, operation):
    """As they are, and asked for what the other organisation calls its own."""
    texts = [p["name"] for p in parameters(path, operation) if p["in"] == "query" and p["name"] not in ("limit", "after", "from", "to", "wait")]
    wait = {"wait": 0} if any(p["name"] == "wait" for p in parameters(path, operation)) else {}
    span = {"from": "2020-01-01T00:00:00Z"} if path.startswith("/v1/exports/") else {}
    asked = [wait | span] + [wait | span | {name: f"{name} {things.mark}"} for name in texts]
    for query in asked:
        answer = stranger.admin.get(path, query=query)
        assert answer.status < 500
        # A problem may repeat what was asked for; an answer must not hold it.
        if answer.status == 200:
            assert things.mark not in answer.content.decode(), (path, query)


def test_the_other_still_has_it(things):
    """What strangers tried changed nothing, and the owner sees what they did not."""
    own = things.organisation
    for start, value in things.paths.items():
        if not start.startswith("/v1/balances"):
            own.admin.get(things.path(start)).expect(200)
    (row,) = own.pages("/v1/reports/spend", group_by="team_id")
    assert things.mark in row["group"]["team_id"]
    assert [s["lifted_at"] for s in own.pages("/v1/suspensions")] == [None]


def harmless(answer, text):
    content = answer.content.decode(errors="replace")
    assert answer.status < 500, content[:500]
    assert "root:" not in content and "X-Injected" not in answer.headers
    assert "syntax error" not in content.lower() and "sqlstate" not in content.lower()
    if answer.media_type == "text/html":
        assert "<script" not in content


@pytest.mark.parametrize("method, path, operation", named(r for r in routes("get") if not r[1].startswith("/v1/test-clock")))
def test_hostile_text_in_queries(stranger, method, path, operation):
    address = re.sub(r"\{[^}]+\}", "x", path)
    for parameter in parameters(path, operation):
        if parameter["in"] != "query":
            continue
        name = {"key": "team_id", "tags": "tags"}.get(parameter["name"], parameter["name"])
        for text in HOSTILE:
            query = {name: text} | ({"wait": 0} if path == "/v1/events" and name != "wait" else {})
            harmless(stranger.admin.get(address, query=query), text)


@pytest.mark.parametrize("method, path, operation", named(r for r in routes("get") if "{" in r[1]))
def test_hostile_text_in_paths(stranger, method, path, operation):
    for text in HOSTILE + ["..", ".", "%2e%2e", "..;", "a/../../b"]:
        address = re.sub(r"\{[^}]+\}", urllib.parse.quote(text, safe=""), path)
        answer = stranger.admin.call(method.upper(), address, described=False)
        harmless(answer, text)
        assert answer.status in (400, 403, 404, 422), (address, answer.status)


@pytest.mark.parametrize("method, path, operation", named(routes("get", "post", "patch", "delete")))
def test_other_sites_may_not_read(stranger, method, path, operation):
    """No answer lets a browser show it to another site, and none is needed before a request: keys do not travel by themselves."""
    address = re.sub(r"\{[^}]+\}", "x", path)
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": method.upper()}
    answer = stranger.admin.with_key(None).call("OPTIONS", address, headers=headers, described=False)
    assert answer.status in (404, 405)
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    if method == "get":
        query = {"wait": 0} if path == "/v1/events" else None
        answer = stranger.admin.call("GET", address, query=query, headers={"Origin": "https://evil.example"}, described=False)
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_nothing_was_booked(stranger):
    """The tables are there, and hold what they held."""
    assert len(stranger.open_reservations()) == 1
