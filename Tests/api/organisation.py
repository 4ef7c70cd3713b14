"""An organisation made for a test, with the rules of policy.yaml, or others, and the prices of prices.json."""

import pathlib
import time
import uuid

import jobs
from client import Client

HERE = pathlib.Path(__file__).resolve().parent


class Organisation:
    def __init__(self, installation, currency="EUR", policy="policy.yaml"):
        self.installation = installation
        self.name = f"test-{uuid.uuid4().hex[:12]}"
        made = installation.post("/v1/orgs", {"name": self.name, "currency": currency}).expect(201)
        self.admin = installation.with_key(made["admin_key"])
        self.admin.post("/v1/policy/versions", (HERE / policy).read_bytes(), content_type="application/yaml").expect(201)
        self.admin.post("/v1/prices/import", (HERE / "prices.json").read_bytes()).expect(200)
        self._callers = {}

    def make_key(self, role, **members):
        """A key as the server shows it once: `id`, `key` and the rest."""
        return self.admin.post("/v1/keys", {"role": role, **members}).expect(201)

    def client(self, role, **members) -> Client:
        return self.admin.with_key(self.make_key(role, **members)["key"])

    def caller(self, role) -> Client:
        """The same client of a role each time."""
        if role not in self._callers:
            self._callers[role] = self.client(role)
        return self._callers[role]

    def pages(self, path, **query):
        """Every entry of a list."""
        return self.admin.pages(path, **query)

    def eventually(self, is_so, job=None):
        """What the service does by itself takes a moment; the job that does it may be run at once."""
        if job and not is_so():
            jobs.run(self.installation, job)
        deadline = time.monotonic() + 30
        while not is_so():
            assert time.monotonic() < deadline, "it does not happen"
            time.sleep(0.05)

    def apply(self, policy):
        """Puts a policy in force that is given as a value."""
        return self.admin.post("/v1/policy/versions", policy).expect(201)

    def adjust(self, envelope, amount, **members):
        body = {"amount": amount, "reason": "a test"} | members
        return self.admin.post(f"/v1/envelopes/{envelope}/adjustments", body).expect(201)

    def set_frozen(self, envelope, is_frozen, reason="a test"):
        action = "freeze" if is_frozen else "unfreeze"
        return self.admin.post(f"/v1/envelopes/{envelope}/{action}", {"reason": reason}).expect(200)

    def history(self, envelope, limit=200, **key):
        """Every line of the only balance with this key."""
        (balance,) = self.admin.get(f"/v1/envelopes/{envelope}/balances", query=key).expect(200)["data"]
        return list(self.pages(f"/v1/balances/{balance['id']}/history", limit=limit))

    def balances(self, **options):
        """Limit, held and spent, by balance; balances with nothing held or spent are left out."""
        found = {}
        for envelope in self.pages("/v1/envelopes", **options):
            for balance in self.pages(f"/v1/envelopes/{envelope['name']}/balances", window="all", **options):
                held, spent = str(balance["held"]), str(balance["spent"])
                if (held, spent) != ("0", "0"):
                    found[balance["id"]] = (balance["envelope"], str(balance["limit"]), held, spent)
        return found

    def open_reservations(self, **options):
        return {reservation["id"] for reservation in self.pages("/v1/reservations", state="open", **options)}

    def books(self):
        """Everything that a refused request must leave as it was. Read before and after many tests, so not checked against the description."""
        unchecked = {"described": False}
        version = self.admin.get("/v1/policy", **unchecked).expect(200)["version"]
        frozen = {envelope["name"] for envelope in self.pages("/v1/envelopes", **unchecked) if envelope["frozen"]}
        return {"balances": self.balances(**unchecked), "open": self.open_reservations(**unchecked), "frozen": frozen, "policy": version}


NOTHING_BOOKED = {"balances": {}, "open": set(), "frozen": set(), "policy": 1}


def model_call(**members):
    """A call that policy.yaml admits; a test changes one thing of it."""
    return {
        "tags": {"team_id": "support", "agent_id": "triage-7", "run_id": f"run-{uuid.uuid4().hex[:8]}"},
        "model": "test-small",
        "estimate": {"input_tokens": 100, "output_tokens": 50, "cost": "0.01"},
        "ttl_seconds": 3600,
        "state_hash": "c0ffee",
        "step": 1,
    } | members


def tool_call(**members):
    return {"tags": {"team_id": "support", "agent_id": f"agent-{uuid.uuid4().hex[:8]}"}, "tool": "crm.search"} | members


def usage(**members):
    return {
        "tags": {"team_id": "support", "agent_id": "triage-7", "run_id": f"run-{uuid.uuid4().hex[:8]}"},
        "model": "test-small",
        "usage": {"input_tokens": 100, "output_tokens": 50},
        "cost": "0.01",
    } | members
