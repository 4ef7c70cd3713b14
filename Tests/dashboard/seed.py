"""Lets a company live through the interface of a server with a test clock: some weeks of calls, what they brought about, and what people did.

PURSER_SEED repeats a company. Answers with the organisation's keys and the state that the walks look for.
"""

import concurrent.futures
import datetime
import http.client
import json
import os
import threading
import urllib.parse
import uuid

from company import MODELS, Company

SEED = int(os.environ.get("PURSER_SEED", "20261130"))
# When on a day its calls are settled, in hours of UTC.
HOURS = [9, 15]
THREADS = 6


class Caller:
    """A key, with a connection for each thread."""

    def __init__(self, url, key):
        self.url, self.key = url.rstrip("/"), key
        self._address = urllib.parse.urlsplit(self.url)
        self._local = threading.local()

    def send(self, method, path, body=None, expect=(200, 201), headers=None, content_type="application/json"):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.key}"} | (headers or {})
        if data is not None:
            sent["Content-Type"] = content_type
        for attempt in (1, 2):
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = http.client.HTTPConnection(self._address.netloc, timeout=300)
            try:
                connection.request(method, path, data, sent)
                response = connection.getresponse()
                content = response.read()
                break
            except (OSError, http.client.HTTPException):
                # The server had closed an idle connection. Charges carry a key, so a second try books once.
                connection.close()
                self._local.connection = None
                if attempt == 2:
                    raise
        assert response.status in expect, f"{method} {path}: {response.status} {content[:1000]!r}"
        return content

    def call(self, *arguments, **options):
        content = self.send(*arguments, **options)
        return json.loads(content) if content else None

    def text(self, path):
        return self.send("GET", path).decode()

    def get(self, path, **query):
        return self.call("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def post(self, path, body=None, **options):
        return self.call("POST", path, body, **options)


class World:
    """An organisation with a company in it."""

    def __init__(self, url, admin_key, seed=SEED, days=None):
        self.url = url
        self.installation = Caller(url, admin_key)
        now = datetime.datetime.fromisoformat(self.installation.get("/v1/test-clock")["now"].replace("Z", "+00:00"))
        first = (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=32)).replace(day=1)
        self.company = Company(seed, first.date())
        if days:
            self.company.days = days
        made = self.installation.post("/v1/orgs", {"name": f"company-{uuid.uuid4().hex[:8]}", "currency": "EUR"})
        self.name = made["name"]
        self.admin_key = made["admin_key"]
        self.admin = Caller(url, self.admin_key)
        self.admin.post("/v1/prices/import", MODELS)
        self.policy = self.company.policy()
        self.admin.post("/v1/policy/versions?message=the%20first%20year", json.dumps(self.policy, indent=2).encode(), expect=(201,))
        self.keys = {role: self.admin.post("/v1/keys", {"role": role, "name": name})["key"] for role, name in [
            ("gateway", "gateway eu-1"), ("finance", "Mara (finance)"), ("approver", "Ilse (approver)"), ("operator", "Tomas (platform)")]}
        self.gateway = Caller(url, self.keys["gateway"])

    def live(self, tell=lambda text: None):
        company = self.company
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            for day in range(company.days):
                # The last day has only begun.
                for part, hour in enumerate(HOURS[:1] if day == company.days - 1 else HOURS):
                    self.advance(day, hour)
                    calls = [(f"{company.seed}-{day}-{part}-{number}", body) for number, body in enumerate(company.calls(day, part, len(HOURS)))]
                    list(pool.map(lambda call: self.gateway.post("/v1/usage", call[1], headers={"Idempotency-Key": call[0]}), calls))
                    if part == 1:
                        for number, outcome in enumerate(company.outcomes(day)):
                            self.gateway.post("/v1/outcomes", outcome, headers={"Idempotency-Key": f"{company.seed}-{day}-outcome-{number}"})
                tell(f"day {day + 1} of {company.days}")
        self.advance(company.days - 1, 11)

    def advance(self, day, hour, minute=0):
        moment = datetime.datetime.combine(self.company.date(day), datetime.time(hour, minute), datetime.timezone.utc)
        self.installation.post("/v1/test-clock/advance", {"to": moment.isoformat().replace("+00:00", "Z")})

    def act(self):
        """What waits for people: open holds, a question, a suspended agent, a frozen envelope, a changed limit and policy."""
        company = self.company
        for agent in company.agents[::8]:
            workflow = agent.workflow
            tags = {"team_id": workflow.team, "cost_center": workflow.cost_center, "workflow_name": workflow.name, "environment": "production",
                    "intent": "production", "agent_id": agent.name, "run_id": f"{agent.name}-now"}
            body = {"tags": tags, "model": workflow.model, "estimate": {"input_tokens": 200_000, "output_tokens": 9_000}, "ttl_seconds": 3600}
            self.gateway.post("/v1/reservations", body, headers={"Idempotency-Key": str(uuid.uuid4())})
        self.suspension = self.admin.post("/v1/suspensions", {
            "subject": {"type": "agent", "id": company.suspended}, "reason": "It asks the same lead again and again"})["id"]
        self.admin.post("/v1/envelopes/vendor-trial/freeze", {"reason": "The trial is over"})
        self.admin.post("/v1/envelopes/contract-review/adjustments", {"amount": "300", "reason": "Quarter end: 40 contracts more"})
        self.policy["envelopes"][0]["limit"] = "950"
        self.admin.post("/v1/policy/versions?message=support%20asked%20for%20more", json.dumps(self.policy, indent=2).encode(), expect=(201,))
        return self.ask()

    def ask(self, run="payment-1"):
        """A call that waits for an approver: the id of the question."""
        tags = {"team_id": "finance_ops", "cost_center": "cc-510", "workflow_name": "vendor_payment", "environment": "production",
                "intent": "production", "user_id": "u-07", "run_id": run}
        answer = self.gateway.post(
            "/v1/reservations", {"tags": tags, "model": "claude-sonnet-4-5", "estimate": {"cost": "1250"}, "ttl_seconds": 600}, expect=(403,),
            headers={"Idempotency-Key": str(uuid.uuid4())})
        assert answer["type"] == "/problems/approval-required", answer
        return answer["approval_id"]

    def settle(self):
        """Until every settlement is in the sums."""
        for _ in range(100):
            self.installation.post("/v1/schedules/roll-up/run")
            if Caller(self.url, self.keys["finance"]).get("/v1/reports/spend", group_by="")["pending_settlements"] == 0:
                return
        raise AssertionError("settlements stay out of the sums")
