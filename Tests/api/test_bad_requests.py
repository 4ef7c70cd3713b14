"""Requests that are wrong before their body is read: key, role, header, media type, method, path, query."""

import json
import uuid

import pytest

import document
from document import operations
from organisation import model_call, usage

pytestmark = pytest.mark.usefixtures("unchanged")

UNKNOWN_ID = "01a1fd8c-6900-752e-8269-e0d3f2a74de4"
ROLES = ("gateway", "finance", "approver", "operator", "admin")


def concrete(path):
    """A path of the description with values that name nothing."""
    return path.replace("{id}", UNKNOWN_ID).replace("{name}", "no-such-name").replace("{version}", "999999")


def example(operation):
    """A body that the operation takes: (body, media type)."""
    for media_type, content in document.resolve(operation.get("requestBody", {})).get("content", {}).items():
        if media_type == "application/json":
            value = document.resolve(next(iter(content["examples"].values())))["value"]
            # A list would be sent in pieces.
            return json.dumps(value).encode() if isinstance(value, list) else value
    return None


def headers_of(operation):
    names = [document.resolve(parameter)["name"] for parameter in operation.get("parameters", [])]
    return {"Idempotency-Key": str(uuid.uuid4())} if "Idempotency-Key" in names else {}


def guarded():
    """Operations that need a key: (path, method, operation)."""
    return [
        pytest.param(path, method.upper(), operation, id=operation["operationId"])
        for path, method, operation in operations()
        if operation["security"]
    ]


def skip_without_clock(path, has_test_clock):
    if path.startswith("/v1/test-clock") and not has_test_clock:
        pytest.skip("the server runs without a test clock")


# Keys

BAD_AUTHORIZATIONS = {
    "none": {},
    "empty": {"Authorization": ""},
    "no key": {"Authorization": "Bearer"},
    "other scheme": {"Authorization": "Basic cGs6cGs="},
    "not a key": {"Authorization": "Bearer hello"},
    "unknown secret": {"Authorization": "Bearer pk_default_" + "0" * 43},
    "unknown organisation": {"Authorization": "Bearer pk_no-such-organisation_" + "0" * 43},
    "not ASCII": {"Authorization": "Bearer pk_default_" + "\xe9" * 43},
    "very long": {"Authorization": "Bearer pk_default_" + "0" * 4000},
}


@pytest.mark.parametrize("headers", BAD_AUTHORIZATIONS.values(), ids=BAD_AUTHORIZATIONS.keys())
def test_bad_authorization(organisation, headers):
    caller = organisation.admin.with_key(None)
    caller.reserve(model_call(), headers=headers).expect_problem(401, "unauthorized")


@pytest.mark.parametrize("path, method, operation", guarded())
def test_no_key(organisation, has_test_clock, path, method, operation):
    skip_without_clock(path, has_test_clock)
    caller = organisation.admin.with_key(None)
    caller.call(method, concrete(path), example(operation), headers=headers_of(operation)).expect_problem(401, "unauthorized")


# Only keys of the organisation `default` may call these.
OF_THE_INSTALLATION = ("/v1/orgs", "/v1/schedules")


def wrong_roles():
    """Every role that the description does not list; for what belongs to the installation every role, if it is not one of `default`."""
    for path, method, operation in operations():
        allowed = {name for alternative in operation["security"] for name in alternative["key"]}
        for role in ROLES if allowed else ():
            if role not in allowed or path.startswith(OF_THE_INSTALLATION):
                yield pytest.param(path, method.upper(), operation, role, id=f"{operation['operationId']}-{role}")


@pytest.mark.parametrize("path, method, operation, role", list(wrong_roles()))
def test_wrong_role(organisation, has_test_clock, path, method, operation, role):
    skip_without_clock(path, has_test_clock)
    answer = organisation.caller(role).call(method, concrete(path), example(operation), headers=headers_of(operation))
    answer.expect_problem(403, "forbidden")


# Headers

BAD_IDEMPOTENCY_KEYS = {
    "none": {},
    "empty": {"Idempotency-Key": ""},
    "empty quoted": {"Idempotency-Key": '""'},
    "256 characters": {"Idempotency-Key": "k" * 256},
    "not ASCII": {"Idempotency-Key": "cl\xe9"},
    "blank inside": {"Idempotency-Key": "a b"},
}


@pytest.mark.parametrize("headers", BAD_IDEMPOTENCY_KEYS.values(), ids=BAD_IDEMPOTENCY_KEYS.keys())
@pytest.mark.parametrize("path, body", [("/v1/reservations", model_call()), ("/v1/usage", usage())], ids=["reserve", "usage"])
def test_idempotency_key(organisation, path, body, headers):
    organisation.admin.post(path, body, headers=headers).expect_problem(400, "idempotency-key-missing")


@pytest.mark.parametrize("headers", list(BAD_IDEMPOTENCY_KEYS.values())[1:], ids=list(BAD_IDEMPOTENCY_KEYS)[1:])
def test_optional_idempotency_key(organisation, headers):
    """It may be left out, but not be wrong."""
    body = {"amount": "1", "reason": "a test", "key": {"team_id": "support"}}
    answer = organisation.admin.post("/v1/envelopes/team-month/adjustments", body, headers=headers)
    answer.expect_problem(400, "idempotency-key-missing")


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "application/xml", "application", "application/yaml"],
)
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
        "/v1/suspensions",
    ],
)
def test_content_type(organisation, path, content_type):
    path = path.replace("{open}", organisation.open)
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answer = organisation.admin.post(path, model_call(), content_type=content_type, headers=headers)
    answer.expect_problem(415, "unsupported-media-type")


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml"])
def test_policy_content_type(organisation, content_type):
    answer = organisation.admin.post("/v1/policy/versions", b"envelopes: []\n", content_type=content_type)
    answer.expect_problem(415, "unsupported-media-type")


# Methods and paths


def served_methods(path):
    return {method.upper() for served, method, _ in operations() if served == path}


@pytest.mark.parametrize(
    "path, method",
    [
        (path, method)
        for path in document.document()["paths"]
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if method not in served_methods(path)
    ],
)
def test_wrong_method(organisation, has_test_clock, path, method):
    skip_without_clock(path, has_test_clock)
    answer = organisation.admin.call(method, concrete(path))
    answer.expect_problem(405, "method-not-allowed")
    allow = {name.strip() for name in answer.headers["Allow"].split(",")}
    assert allow - {"HEAD", "OPTIONS"} == served_methods(path)


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v2/reservations",
        "/v1/reservation",
        "/v1/reservations/x/y/z",
        "/v1/alert",
        "/v1/envelopes/team-month/thaw",
        "/v1/tags",
        "/health",
        "/health/x",
    ],
)
def test_unknown_path(organisation, path):
    organisation.admin.get(path).expect_problem(404, "not-found")


IDS = {
    "unknown": UNKNOWN_ID,
    "not an id": "no-such-id",
    "nil": "00000000-0000-0000-0000-000000000000",
    "too long": "0" * 2000,
    "encoded": "%00%0A",
    "SQL": "'%3B--",
}


@pytest.mark.parametrize("id", IDS.values(), ids=IDS.keys())
def test_unknown_id(organisation, id):
    admin = organisation.admin
    admin.get(f"/v1/reservations/{id}").expect_problem(404, "not-found")
    admin.post(f"/v1/reservations/{id}/commit", {"cost": "0.01"}).expect_problem(404, "not-found")
    admin.post(f"/v1/reservations/{id}/release", {}).expect_problem(404, "not-found")
    admin.post(f"/v1/reservations/{id}/extend", {"ttl_seconds": 60}).expect_problem(404, "not-found")
    admin.get(f"/v1/balances/{id}/history").expect_problem(404, "not-found")
    admin.get(f"/v1/keys/{id}").expect_problem(404, "not-found")
    admin.call("DELETE", f"/v1/keys/{id}").expect_problem(404, "not-found")
    admin.get(f"/v1/envelopes/{id}").expect_problem(404, "not-found")
    admin.get(f"/v1/envelopes/{id}/balances").expect_problem(404, "not-found")
    admin.get(f"/v1/approvals/{id}").expect_problem(404, "not-found")
    admin.post(f"/v1/approvals/{id}/approve", {"reason": "a test"}).expect_problem(404, "not-found")
    admin.post(f"/v1/approvals/{id}/reject", {"reason": "a test"}).expect_problem(404, "not-found")
    admin.post(f"/v1/envelopes/{id}/adjustments", {"amount": "1", "reason": "a test"}).expect_problem(404, "not-found")
    admin.post(f"/v1/envelopes/{id}/freeze", {"reason": "a test"}).expect_problem(404, "not-found")
    admin.post(f"/v1/envelopes/{id}/unfreeze", {"reason": "a test"}).expect_problem(404, "not-found")


@pytest.mark.parametrize("n", ["0", "-1", "999999", "99999999999999999999", "1.0", "one"])
def test_unknown_policy_version(organisation, n):
    organisation.admin.get(f"/v1/policy/versions/{n}").expect_problem(404, "not-found")
    organisation.admin.post(f"/v1/policy/versions/{n}/rollback").expect_problem(404, "not-found")


@pytest.mark.parametrize("name", ["no-such-organisation", "UPPER", "a" * 300])
def test_unknown_organisation(installation, name):
    installation.get(f"/v1/orgs/{name}").expect_problem(404, "not-found")
    installation.call("PATCH", f"/v1/orgs/{name}", {"state": "active"}).expect_problem(404, "not-found")


# Queries

LISTS = [
    path
    for path, method, operation in operations()
    if method == "get" and {"$ref": "#/components/parameters/Limit"} in operation.get("parameters", [])
]


@pytest.mark.parametrize("limit", ["0", "-1", "201", "1.5", "ten", "", "99999999999999999999"])
@pytest.mark.parametrize("path", LISTS)
def test_limit(installation, organisation, path, limit):
    caller = installation if path.startswith(OF_THE_INSTALLATION) else organisation.admin
    path = path.replace("{name}", "team-month").replace("{id}", next(iter(organisation.balances())))
    caller.get(path, query={"limit": limit}).expect_problem(422, "invalid-request", "?limit")


@pytest.mark.parametrize("path", LISTS)
def test_cursor(installation, organisation, path):
    caller = installation if path.startswith(OF_THE_INSTALLATION) else organisation.admin
    path = path.replace("{name}", "team-month").replace("{id}", next(iter(organisation.balances())))
    caller.get(path, query={"after": "no such cursor"}).expect_problem(422, "invalid-request", "?after")


@pytest.mark.parametrize(
    "path, query, pointer",
    [
        ("/v1/reservations", {"state": "closed"}, "?state"),
        ("/v1/reservations", {"Team": "x"}, "?Team"),
        ("/v1/reservations", {"team_id": "a\0b"}, "?team_id"),
        ("/v1/reservations", {"team_id": "x" * 257}, "?team_id"),
        ("/v1/envelopes", {"name": "x"}, "?name"),
        ("/v1/envelopes/team-month/balances", {"window": "past"}, "?window"),
        ("/v1/envelopes/team-month/balances", {"Team": "x"}, "?Team"),
        ("/v1/envelopes/team-month", {"window": "all"}, "?window"),
        ("/v1/alerts", {"kind": "threshold"}, "?kind"),
        ("/v1/alerts", {"envelope": "a\0b"}, "?envelope"),
        (f"/v1/approvals/{UNKNOWN_ID}", {"state": "pending"}, "?state"),
        ("/v1/tags/schema", {"environment": "sandbox"}, "?environment"),
        ("/v1/policy", {"version": "1"}, "?version"),
        ("/v1/policy/versions", {"x": "1"}, "?x"),
        ("/v1/prices", {"modell": "x"}, "?modell"),
        ("/v1/prices", {"model": "a\0b"}, "?model"),
        ("/v1/prices", {"model": "a\nb"}, "?model"),
        ("/v1/prices/imports", {"author": "x"}, "?author"),
        ("/v1/keys", {"role": "admin"}, "?role"),
    ],
)
def test_query(organisation, path, query, pointer):
    organisation.admin.get(path, query=query).expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("path", LISTS)
def test_cursor_of_another_list(installation, organisation, path):
    """A cursor that another list gave is refused or finds some page; it breaks nothing."""
    caller = installation if path.startswith(OF_THE_INSTALLATION) else organisation.admin
    balances = list(organisation.balances())
    path = path.replace("{name}", "team-month").replace("{id}", balances[0])
    sources = ("reservations", "envelopes", "prices", "keys", "alerts", "approvals", f"balances/{balances[-1]}/history")
    for source in sources:
        after = organisation.admin.get(f"/v1/{source}", query={"limit": 1}).expect(200)["next"]
        if after is not None:
            # There is no webhook of the balance's id, and no such run.
            expected = (404, 422) if path.startswith(("/v1/webhooks/", "/v1/runs/")) else (200, 422)
            assert caller.get(path, query={"after": after}).status in expected


def test_unknown_query_on_reserve(organisation):
    organisation.admin.reserve(model_call(), query={"dry_run": "true"}).expect_problem(422, "invalid-request", "?dry_run")


@pytest.mark.parametrize("action", ["adjustments", "freeze", "unfreeze"])
def test_unknown_query_on_an_envelope(organisation, action):
    body = {"reason": "a test"} | ({"amount": "1", "key": {"team_id": "support"}} if action == "adjustments" else {})
    answer = organisation.admin.post(f"/v1/envelopes/team-month/{action}", body, query={"dry_run": "true"})
    answer.expect_problem(422, "invalid-request", "?dry_run")


@pytest.mark.parametrize(
    "query, pointer",
    [({"dry_run": "true"}, "?dry_run"), ({"message": "a\0b"}, "?message"), ({"message": "x" * 1025}, "?message")],
)
def test_rollback_query(organisation, query, pointer):
    answer = organisation.admin.post("/v1/policy/versions/1/rollback", query=query)
    answer.expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("query, pointer", [({"dry_run": "maybe"}, "?dry_run"), ({"dryrun": "true"}, "?dryrun")])
def test_policy_query(organisation, query, pointer):
    before = organisation.admin.get("/v1/policy").expect(200)
    answer = organisation.admin.post("/v1/policy/versions", b"envelopes: []\n", content_type="application/yaml", query=query)
    answer.expect_problem(422, "invalid-request", pointer)
    assert organisation.admin.get("/v1/policy").expect(200) == before


@pytest.mark.parametrize(
    "name, value",
    [("effective", value) for value in ("yesterday", "2026-02-30T00:00:00Z", "1", "")]
    + [("sha256", value) for value in ("", "abc", "0" * 63, "0" * 65, "g" * 64, "0" * 64)]
    + [("rate", value) for value in ("", "0", "-1", "1e2", "01", "1.", "0.0000000001", "1000000.1", "one")]
    + [("dry_run", value) for value in ("", "maybe", "1")]
    + [("sha1", "0" * 40)],
)
def test_prices_query(organisation, name, value):
    """The last hash is one, but not that of the file."""
    before = list(organisation.pages("/v1/prices/imports"))
    for query in ({name: value}, {"dry_run": "true", name: value}):
        answer = organisation.admin.post("/v1/prices/import", {}, query=query)
        answer.expect_problem(422, "invalid-request", f"?{name}")
    assert list(organisation.pages("/v1/prices/imports")) == before
