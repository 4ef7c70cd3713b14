"""Keeps generated requests from ending the run, and makes enough of them succeed.

Generated requests must not revoke the key or close the organisation that they are sent with, replace the policy, stop
or starve the envelopes that most calls meet, or move the clock: those are tested by hand, in organisations of their own.
Everything else goes out as generated, except that most valid calls are given tags, a model and an id that exist.

They run under the rules of generated.yaml, in the organisation `default`; the policy of before is put back at the end.
"""

import atexit
import collections
import itertools
import json
import os
import pathlib
import random
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid

import schemathesis

URL = os.environ["PURSER_URL"].rstrip("/")
KEY = os.environ["PURSER_ADMIN_KEY"]
REPORT = os.environ.get("PURSER_ANSWERS")
UNKNOWN_ID = "01a1fd8c-6900-752e-8269-e0d3f2a74de4"
HERE = pathlib.Path(__file__).resolve().parent
TAGS = {
    "team_id": "generated",
    "cost_center": "cc-42",
    "project": "triage",
    "product": "helpdesk",
    "workflow_name": "generated",
    "intent": "production",
    "user_id": "u-17",
}
# The features of generated.yaml, each met by one call of twenty.
FEATURES = ["suspended", "routed", "asked", "tried", "frozen", "adjusted", "denied"]
FROZEN = "frozen"
ADJUSTED = {"adjusted-cost": {}, "adjusted-calls": {"agent_id": "agent-adjusted"}}

_random = random.Random(int(os.environ.get("PURSER_SEED", "0")))
_run = uuid.uuid4().hex[:8]
_numbers = itertools.count()
_open = collections.deque(maxlen=20)
_balances = collections.deque(maxlen=20)
_approvals = collections.deque(maxlen=20)
_alerts = collections.deque(maxlen=20)
_suspensions = collections.deque(maxlen=20)
_trials = collections.deque(maxlen=20)
_runs = collections.deque(maxlen=20)
_corrections = collections.deque(maxlen=20)
_charges = collections.deque(maxlen=20)
_answers = collections.defaultdict(collections.Counter)


def _send(path, body=None, content_type="application/json", *, key=KEY, method=None, **headers):
    """A GET, or a POST where there is a body, unless another method is named."""
    headers |= {"Authorization": f"Bearer {key}"} | ({"Content-Type": content_type} if body else {})
    request = urllib.request.Request(URL + path, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read() or b"null")


def _all(path, member):
    found, after = set(), ""
    while True:
        page = _send(f"{path}?limit=200{after}")
        found |= {entry[member] for entry in page["data"]}
        if page["next"] is None:
            return found
        after = f"&after={urllib.parse.quote(page['next'])}"


# Whose requests the admin may approve: nobody approves his own.
_asker = _send("/v1/keys", json.dumps({"role": "gateway", "name": "generated"}).encode())
_keys = _all("/v1/keys", "id")
_organisations = _all("/v1/orgs", "name")
_schedules = sorted(_all("/v1/schedules", "name"))
_models = sorted(_all("/v1/prices", "model"))
_before = _send("/v1/policy")["version"]
_version = _send("/v1/policy/versions", (HERE / "generated.yaml").read_bytes(), "application/yaml")["version"]
_envelopes = sorted(_all("/v1/envelopes", "name"))
# Test messages that cannot arrive are dead letters, each of which can be sent again once.
_nowhere = _send("/v1/webhooks", json.dumps({"url": "https://hooks.example.invalid/replayed", "events": ["ledger.*"]}).encode())["id"]
_undelivered = [_send(f"/v1/webhooks/{_nowhere}/test", b"{}")["id"] for _ in range(5)]


def _provoke():
    """Workflows whose runs cost four times as much since their model changed."""
    for workflow in range(3):
        for model, cost in (("gpt-5", "0.005"), ("gpt-5-mini", "0.02")):
            for run in range(5):
                tags = TAGS | {
                    "environment": "staging", "feature_id": "plain", "workflow_name": f"unlike-{_run}-{workflow}", "agent_id": "unlike",
                    "run_id": f"unlike-{_run}-{workflow}-{model}-{run}",
                }
                body = json.dumps({"tags": tags, "model": model, "cost": cost}).encode()
                _send("/v1/usage", body, **{"Idempotency-Key": tags["run_id"]})
    _send("/v1/schedules/detect-anomalies/run", b" ")


_provoke()
_anomalies = sorted(_all("/v1/anomalies", "id"))


@schemathesis.serializer("application/x-ndjson", "application/jsonl")
def _lines(context, value):
    """Logs are texts; whatever else is generated is one line of one."""
    return value if isinstance(value, bytes) else (value if isinstance(value, str) else json.dumps(value)).encode()


@schemathesis.hook
def before_call(context, case, kwargs):
    method, path = case.method.upper(), case.operation.path
    _protect(method, path, case)
    if case.meta is not None and case.meta.generation.mode.is_positive:
        _help(method, path, case)


def _protect(method, path, case):
    parameters = case.path_parameters or {}
    if path == "/v1/keys/{id}" and method != "GET" and str(parameters.get("id")).lower() in _keys:
        case.path_parameters["id"] = UNKNOWN_ID
    if path == "/v1/orgs/{name}" and method != "GET" and parameters.get("name") in _organisations:
        case.path_parameters["name"] = f"none-{_run}"
    if path == "/v1/policy/versions" and method == "POST":
        case.query = {**(case.query or {}), "dry_run": "true"}
    if path == "/v1/policy/versions/{version}/rollback" and re.fullmatch(r"[0-9]{1,18}", str(parameters.get("version"))):
        # Every version since is the same policy.
        if int(parameters["version"]) < _version:
            case.path_parameters["version"] = _version
    if re.fullmatch(r"/v1/envelopes/\{name\}/(un)?freeze", path) and parameters.get("name") in _envelopes:
        case.path_parameters["name"] = FROZEN
    if path == "/v1/envelopes/{name}/adjustments" and parameters.get("name") in _envelopes:
        case.path_parameters["name"] = next(iter(ADJUSTED))
    if path == "/v1/events" and re.fullmatch(r"[0-9]{1,4}|None", str((case.query or {}).get("wait"))):
        # A stream that lives on would be waited for.
        case.query = {**(case.query or {}), "wait": 0}
    if path == "/v1/approvals/{id}" and re.fullmatch(r"[1-5]?[0-9]|60", str((case.query or {}).get("wait"))):
        # Long waits would be all that a run does.
        case.query["wait"] = 1 if _random.random() < 0.05 else 0
    if path.startswith("/v1/webhooks") and isinstance(case.body, dict) and re.match(r"https?://", str(case.body.get("url"))):
        # Nothing goes out of this machine.
        case.body["url"] = "https://hooks.example.invalid/generated"
    if path == "/v1/suspensions" and isinstance(case.body, dict) and isinstance(case.body.get("subject"), dict):
        # Nobody whose calls or keys the others need.
        if isinstance(case.body["subject"].get("id"), str) and 0 < len(case.body["subject"]["id"]) <= 200:
            case.body["subject"]["id"] = "stopped " + case.body["subject"]["id"]
    if path == "/v1/test-clock/advance" and isinstance(case.body, dict):
        if re.match(r"\d{4}-", str(case.body.get("to"))):
            case.body["to"] = "1970-01-02T00:00:00Z"


def _help(method, path, case):
    """Changes two of three valid requests so that they get past the look-ups and deep into the rules."""
    number = next(_numbers)
    if method == "POST" and path in ("/v1/reservations", "/v1/usage"):
        case.headers["Idempotency-Key"] = f"{_run}-{number}"
    if number % 3 == 0:
        return
    if method == "POST" and path in ("/v1/reservations", "/v1/usage") and isinstance(case.body, dict):
        _make_admissible(case.body, number)
    elif path.startswith("/v1/reservations/{id}") and _open:
        case.path_parameters["id"] = _random.choice(_open)
    elif path == "/v1/envelopes/{name}/adjustments" and isinstance(case.body, dict):
        _make_adjustable(case, number)
    elif re.fullmatch(r"/v1/envelopes/\{name\}/(un)?freeze", path):
        case.path_parameters["name"] = FROZEN
    elif path.startswith("/v1/envelopes/{name}") and _envelopes:
        case.path_parameters["name"] = _random.choice(_envelopes)
    elif path == "/v1/balances/{id}/history" and _balances:
        case.path_parameters["id"] = _random.choice(_balances)
    elif path.startswith("/v1/alerts/{id}") and _alerts:
        case.path_parameters["id"] = _random.choice(_alerts)
    elif path.startswith("/v1/suspensions/{id}") and _suspensions:
        case.path_parameters["id"] = _random.choice(_suspensions)
    elif path.startswith("/v1/route-trials/{id}") and _trials:
        case.path_parameters["id"] = _random.choice(_trials)
    elif path == "/v1/route-trials" and isinstance(case.body, dict):
        # Nobody's whose calls the others look at.
        case.body["to"], case.body["workflow_name"] = "economy", f"tried-{_run}-{number}"
    elif path == "/v1/corrections" and method == "POST" and isinstance(case.body, dict):
        _make_correctable(case, number)
    elif path == "/v1/corrections/{id}" and _corrections:
        case.path_parameters["id"] = _random.choice(_corrections)
    elif path.startswith("/v1/anomalies/{id}") and _anomalies:
        case.path_parameters["id"] = _random.choice(_anomalies)
    elif path.startswith("/v1/reports/"):
        # Random times, zones and tags are mostly refused, or find nothing.
        case.query = {name: value for name, value in (case.query or {}).items() if name in ("interval", "limit", "group_by")}
    elif path == "/v1/runs/{run_id}" and _runs:
        case.path_parameters["run_id"] = _random.choice(_runs)
    elif path == "/v1/approvals/{id}" and _approvals:
        case.path_parameters["id"] = _random.choice(_approvals)
    elif path == "/v1/schedules/{name}/run":
        case.path_parameters["name"] = _random.choice(_schedules)
    elif path.startswith("/v1/approvals/{id}/"):
        # Every fourth answer is to a question that may have been answered.
        case.path_parameters["id"] = _random.choice(_approvals) if _approvals and number % 4 == 0 else _ask(number)
        if isinstance(case.body, dict) and isinstance(case.body.get("amount"), int):
            case.body["amount"] = f"{number % 7}.5"
    elif path == "/v1/deliveries/{id}/replay" and _undelivered:
        case.path_parameters["id"] = _undelivered.pop()
    elif path == "/v1/policy/versions/{version}/rollback":
        case.path_parameters["version"] = _version


def _ask(number):
    """Asks a person anew, with another key; each agent may ask a few times a minute."""
    call = {"tags": {"feature_id": "asked", "agent_id": f"asker-{number}", "run_id": f"asker-{_run}-{number}"}, "model": "gpt-5", "estimate": {}}
    _make_admissible(call, 2)
    call["tags"] |= {"agent_id": f"asker-{number}", "run_id": f"asker-{_run}-{number}"}
    call["estimate"] = {"cost": "0.001"}
    body = json.dumps(call).encode()
    try:
        _send("/v1/reservations", body, key=_asker["key"], **{"Idempotency-Key": f"asker-{_run}-{number}"})
    except urllib.error.HTTPError as error:
        return json.load(error).get("approval_id", UNKNOWN_ID)
    return UNKNOWN_ID


def _make_adjustable(case, number):
    name = list(ADJUSTED)[number % len(ADJUSTED)]
    case.path_parameters["name"] = name
    case.body["key"] = ADJUSTED[name]
    case.body["amount"] = (number % 5 - 2 or 1) if name.endswith("calls") else f"{number % 3 - 1 or 2}.5"
    if number % 4:
        case.body.pop("expires_at", None)
    if case.headers.get("Idempotency-Key"):
        case.headers["Idempotency-Key"] = f"{_run}-{number}"


def _make_correctable(case, number):
    """Some of what was charged, or some agents' calls."""
    case.body = {"set": {"project": f"corrected-{number % 3}"}, "reason": "generated"}
    if number % 2 and _charges:
        case.body["calls"] = [_random.choice(_charges)]
    else:
        case.body |= {"match": {"agent_id": f"agent-{_run}-plain-{number % 50}"}, "from": "2026-01-01T00:00:00Z"}
    case.headers["Idempotency-Key"] = f"{_run}-{number}"
    case.query = {"dry_run": "true"} if number % 5 == 0 else {}


def _make_admissible(body, number):
    # All tool calls come from one agent, so that they meet a rate.
    environment = "production" if number % 7 == 0 else "staging"
    feature = dict(enumerate(FEATURES)).get(number % 20, "plain")
    agent = f"agent-{_run}" if "tool" in body else f"agent-{_run}-{feature}-{number % 50}"
    own = {"environment": environment, "feature_id": feature, "agent_id": agent, "run_id": f"run-{_run}-{number}"}
    tags = TAGS | own
    _runs.append(own["run_id"])
    others = [(name, value) for name, value in body.get("tags", {}).items() if name not in tags]
    body["tags"] = tags | dict(others[: 64 - len(tags)])
    body.pop("cost", None)
    if "tool" in body:
        body["tool"] = "crm.search"
        return
    if _models:
        body["model"] = _random.choice(_models)
    small = {"input_tokens": number % 1000, "output_tokens": number % 100}
    if "estimate" in body:
        body["estimate"] = small if number % 2 else small | {"cost": "0.001"}
    else:
        body["usage"] = small


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation.label if case.method.upper() == case.operation.method.upper() else "other methods"
    _answers[operation][response.status_code] += 1
    if operation == "POST /v1/reservations" and response.status_code == 201:
        _open.append(response.json()["id"])
    if operation == "POST /v1/reservations" and response.status_code == 403 and "approval_id" in response.json():
        _approvals.append(response.json()["approval_id"])
    if operation == "POST /v1/usage" and response.status_code == 201:
        _charges.append(response.json()["id"])
    if operation == "POST /v1/corrections" and response.status_code in (201, 202):
        _corrections.append(response.json()["id"])
    if operation == "POST /v1/suspensions" and response.status_code == 201:
        _suspensions.append(response.json()["id"])
    if operation == "POST /v1/route-trials" and response.status_code == 201:
        _trials.append(response.json()["id"])
    if operation == "GET /v1/alerts" and response.status_code == 200:
        _alerts.extend(alert["id"] for alert in response.json()["data"])
    if operation == "GET /v1/envelopes/{name}/balances" and response.status_code == 200:
        _balances.extend(balance["id"] for balance in response.json()["data"])


@atexit.register
def _restore():
    _send(f"/v1/policy/versions/{_before}/rollback?message=after%20generated%20requests", b" ")


@atexit.register
def _revoke():
    _send(f"/v1/keys/{_asker['id']}", method="DELETE")


@atexit.register
def _report():
    if REPORT and _answers:
        pathlib.Path(REPORT).write_text(json.dumps(_answers, indent=1, sort_keys=True))
