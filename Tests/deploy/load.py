"""Calls of a small fleet: model and tool calls, failures, refusals, a downgrade, a suspension, an approval."""

import json
import threading
import urllib.error
import urllib.request
import uuid

POLICY = """
tiers: [premium, economy]
models:
  big: { tier: premium, downgrade_to: small }
  small: { tier: economy }
envelopes:
  - { name: everything, meter: cost, limit: "100000", window: { every: month } }
  - { name: team, per: [team_id], match: { team_id: ["tight"] }, meter: cost, limit: "0.05", window: { every: month } }
  - name: runaway
    match: { agent_id: "runaway-*" }
    per: [agent_id]
    meter: cost
    limit: "1"
    window: { every: day }
    plan: [ { at: 100, do: refuse }, { at: 150, do: suspend } ]
  - name: cheap
    match: { team_id: cheap }
    per: [run_id]
    meter: cost
    limit: "0.001"
    window: { every: run }
    plan: [ { at: 100, do: downgrade, to: economy }, { at: 1000, do: refuse } ]
  - name: gate
    match: { team_id: gate }
    per: [run_id]
    meter: model_calls
    limit: 0
    window: { every: run }
    plan: [ { at: 100, do: require_approval } ]
"""
PRICES = {
    "big": {"input_cost_per_token": 1e-05, "output_cost_per_token": 4e-05},
    "small": {"input_cost_per_token": 1e-06, "output_cost_per_token": 4e-06},
}


class Fleet:
    def __init__(self, url, admin_key):
        self.url = url
        status, made = self.call("POST", "/v1/orgs", {"name": f"fleet-{uuid.uuid4().hex[:8]}", "currency": "EUR"}, key=admin_key)
        assert status == 201, made
        self.name, self.key = made["name"], made["admin_key"]
        status, answer = self.call("POST", "/v1/prices/import", PRICES)
        assert status == 200, answer
        status, answer = self.call("POST", "/v1/policy/versions", POLICY.encode(), kind="application/yaml")
        assert status == 201, answer
        self._stop = threading.Event()
        self._thread = None

    def call(self, method, path, body=None, *, key=None, kind="application/json", headers=None):
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Authorization": f"Bearer {key or self.key}"} | (headers or {}), method=method)
        if data is not None:
            request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def reserve(self, tags, key=None, **members):
        everything = {"workflow_name": "triage", "project": "p-1", "cost_center": "cc-1", "session_id": "s-1", "run_id": uuid.uuid4().hex}
        return self.call(
            "POST", "/v1/reservations", {"tags": everything | tags} | members, headers={"Idempotency-Key": key or str(uuid.uuid4())})

    def commit(self, answer, **report):
        status, hold = answer
        assert status == 201, hold
        status, settled = self.call("POST", f"/v1/reservations/{hold['id']}/commit", report)
        assert status == 200, settled

    def round(self):
        estimate = {"input_tokens": 100, "output_tokens": 50}
        for number in range(3):
            tags = {"team_id": f"team-{number}", "agent_id": f"agent-{number}"}
            usage = {"input_tokens": 90, "output_tokens": 40}
            self.commit(self.reserve(tags, model="big", estimate=estimate), usage=usage, latency_ms=900 * (number + 1))
            for status in ("ok", "error", "empty"):
                self.commit(self.reserve(tags, tool="kb.search"), status=status, latency_ms=40)
        for _ in range(2):
            answer = self.reserve({"team_id": "cheap", "agent_id": "agent-1"}, model="big", estimate=estimate)
            self.commit(answer, usage=estimate)
        assert self.reserve({"team_id": "tight"}, model="big", estimate={"cost": "1"})[0] == 402
        assert self.reserve({"team_id": "gate", "agent_id": "agent-2"}, model="small", estimate=estimate)[0] == 403
        runaway = {"team_id": "team-1", "agent_id": f"runaway-{uuid.uuid4().hex[:6]}"}
        self.commit(self.reserve(runaway, model="small", estimate={"cost": "0.5"}), cost="2")
        status, problem = self.reserve(runaway, model="small", estimate=estimate)
        assert (status, problem["type"]) == (403, "/problems/suspended"), problem
        key = str(uuid.uuid4())
        for _ in range(2):
            self.reserve({"team_id": "team-0", "agent_id": "agent-0", "run_id": "again"}, key, model="small", estimate=estimate)
        status, _ = self.call("GET", "/v1/none")
        assert status == 404

    def __enter__(self):
        self.round()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _work(self):
        while not self._stop.wait(0.2):
            self.round()
