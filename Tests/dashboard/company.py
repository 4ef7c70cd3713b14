"""Some weeks of a company of 200 agents, made from a seed: the same seed, the same company."""

import dataclasses
import datetime
import math
import random

MODELS = {
    "claude-sonnet-4-5": {"input_cost_per_token": 3e-06, "cache_read_input_token_cost": 3e-07, "output_cost_per_token": 1.5e-05},
    "claude-haiku-4-5": {"input_cost_per_token": 1e-06, "cache_read_input_token_cost": 1e-07, "output_cost_per_token": 5e-06},
    "gpt-5": {"input_cost_per_token": 1.25e-06, "cache_read_input_token_cost": 1.25e-07, "output_cost_per_token": 1e-05},
    "gpt-5-mini": {"input_cost_per_token": 2.5e-07, "cache_read_input_token_cost": 2.5e-08, "output_cost_per_token": 2e-06},
}


@dataclasses.dataclass(frozen=True)
class Workflow:
    name: str
    team: str
    cost_center: str
    product: str
    owner: str
    model: str
    agents: int
    # A call's mean tokens.
    tokens: tuple
    outcome: str
    target: str
    human: str
    # What one run brings about, and how good that is.
    yields: float
    quality: float
    limit: str


WORKFLOWS = [
    Workflow("support_triage", "support", "cc-410", "helpdesk", "lena.ortiz@example.com", "gpt-5", 46,
             (160_000, 9_000), "resolved_ticket", "1.50", "8.50", 0.9, 0.93, "650"),
    Workflow("contract_review", "legal", "cc-220", "contracts", "amara.diallo@example.com", "claude-haiku-4-5", 22,
             (420_000, 30_000), "reviewed_contract", "6.00", "95.00", 0.5, 0.95, "700"),
    Workflow("code_review", "platform", "cc-130", "build", "jun.sato@example.com", "claude-sonnet-4-5", 34,
             (210_000, 12_000), "merged_change", "4.00", "22.00", 0.6, 0.91, "1000"),
    Workflow("invoice_matching", "finance_ops", "cc-510", "payables", "petra.novak@example.com", "gpt-5-mini", 24,
             (90_000, 4_000), "matched_invoice", "0.40", "3.20", 2.4, 0.97, "40"),
    Workflow("lead_research", "sales", "cc-310", "growth", "owen.blake@example.com", "gpt-5", 20,
             (300_000, 22_000), "qualified_lead", "5.00", "18.00", 0.25, 0.72, "450"),
    Workflow("release_notes", "platform", "cc-130", "build", "jun.sato@example.com", "gpt-5-mini", 8,
             (120_000, 8_000), "accepted_draft", "0.90", "12.00", 0.8, 0.88, "30"),
    Workflow("fraud_screening", "risk", "cc-520", "payables", "nadia.haddad@example.com", "claude-haiku-4-5", 18,
             (140_000, 5_000), "screened_payment", "0.60", "2.10", 3.0, 0.98, "160"),
    Workflow("knowledge_base", "support", "cc-410", "helpdesk", "lena.ortiz@example.com", "claude-haiku-4-5", 14,
             (200_000, 16_000), "accepted_draft", "1.20", "14.00", 0.7, 0.9, "220"),
    Workflow("legacy_import", "platform", "cc-130", "build", "jun.sato@example.com", "gpt-5-mini", 14,
             (260_000, 6_000), "imported_record", "0.10", "0.80", 4.0, 0.99, "60"),
]
STEPS = ["plan", "retrieve", "draft", "check"]
# The workflow whose cost tripled, on what day of the company, and the model that did it.
TRIPLED, UPDATE_DAY, NEW_MODEL = "contract_review", 33, "claude-sonnet-4-5"


@dataclasses.dataclass(frozen=True)
class Agent:
    name: str
    workflow: Workflow
    # How much it works beside others.
    weight: float


class Company:
    """Days are counted from 0, the first of a month; the last one is not over yet."""

    days = 40

    def __init__(self, seed, start):
        self.seed, self.start = seed, start
        rnd = random.Random(f"{seed} agents")
        self.agents = []
        for workflow in WORKFLOWS:
            for number in range(1, workflow.agents + 1):
                self.agents.append(Agent(f"{workflow.name.replace('_', '-')}-{number:02}", workflow, rnd.lognormvariate(0, 0.4)))
        assert len(self.agents) == 200
        self.suspended = "lead-research-07"

    def date(self, day):
        return self.start + datetime.timedelta(days=day)

    def policy(self):
        envelopes = [
            {
                "name": workflow.name.replace("_", "-"), "owner": workflow.owner, "meter": "cost", "limit": workflow.limit,
                "match": {"environment": "production", "workflow_name": workflow.name}, "window": {"every": "month"},
                "plan": [{"at": 80, "do": "alert"}, {"at": 100, "do": "alert"}, {"at": 140, "do": "refuse"}],
            }
            for workflow in WORKFLOWS
        ]
        envelopes += [
            {"name": "team-month", "owner": "finance@example.com", "per": ["team_id"], "meter": "cost", "limit": "2500", "window": {"every": "month"}},
            {"name": "agent-day", "owner": "platform@example.com", "match": {"environment": "production", "agent_id": "*"}, "per": ["agent_id"], "meter": "cost",
             "limit": "25", "window": {"every": "day"}},
            {"name": "exploration-credits", "owner": "platform@example.com", "match": {"intent": "exploration"}, "per": ["user_id"], "meter": "cost",
             "limit": "25", "window": {"every": "week"}, "rollover": {"up_to": "10"}},
            {"name": "tool-rate", "per": ["agent_id", "tool"], "meter": "tool_calls", "limit": 30, "window": {"every": "minute"}},
            {"name": "vendor-trial", "owner": "owen.blake@example.com", "match": {"product": "trial"}, "meter": "cost", "limit": "500", "window": {"every": "month"}},
            {"name": "big-spend", "owner": "finance@example.com", "match": {"environment": "production"}, "meter": "cost", "per_call": "1000",
             "plan": [{"do": "require_approval"}]},
        ]
        owners = sorted({workflow.owner for workflow in WORKFLOWS} | {"finance@example.com", "platform@example.com"})
        return {
            "contacts": {owner: ["owners"] for owner in owners},
            "tags": {
                "required": ["team_id", "cost_center", "workflow_name", "environment", ["agent_id", "user_id"]],
                "values": {"environment": ["production", "staging", "sandbox"]},
                "allow_missing_in": ["sandbox"],
            },
            "envelopes": envelopes,
            "workflows": {
                workflow.name: {
                    "owner": workflow.owner, "outcome": workflow.outcome, "target_cost": workflow.target, "human_cost": workflow.human,
                    "rates": {"human_minute": "0.90"},
                }
                for workflow in WORKFLOWS
            },
        }

    def calls(self, day, part, parts):
        """The charges of a part of a day, as bodies of `POST /v1/usage`."""
        rnd = random.Random(f"{self.seed} {day} {part}")
        weekend = self.date(day).weekday() >= 5
        made = []
        for agent in self.agents:
            if agent.name == self.suspended and day >= self.days - 3:
                continue
            mean = agent.weight * (0.3 if weekend else 0.9) / parts
            for _ in range(_poisson(rnd, mean)):
                made += self._run(rnd, agent, day, part)
        return made

    def _run(self, rnd, agent, day, part):
        workflow = agent.workflow
        run = f"{agent.name}-{day:02}{part}{rnd.randrange(10**6):06}"
        model = NEW_MODEL if workflow.name == TRIPLED and day >= UPDATE_DAY else workflow.model
        for step in range(rnd.choice([1, 1, 2, 3])):
            tags = {
                "team_id": workflow.team, "cost_center": workflow.cost_center, "product": workflow.product, "workflow_name": workflow.name,
                "environment": "production" if rnd.random() < 0.93 else rnd.choice(["staging", "sandbox"]), "intent": "production",
                "agent_id": agent.name, "run_id": run, "step_name": STEPS[step],
            }
            if workflow.name == "legacy_import" and rnd.random() < 0.7:
                del tags["cost_center"]
            if rnd.random() < 0.06:
                tags |= {"intent": "exploration", "user_id": f"u-{rnd.randrange(30):02}"}
            scale = rnd.lognormvariate(0, 0.25)
            tokens = [max(1, round(mean * scale)) for mean in workflow.tokens]
            body = {
                "tags": tags, "model": model, "usage": {"input_tokens": tokens[0], "output_tokens": tokens[1]},
                "latency_ms": rnd.randrange(300, 9_000), "status": "error" if rnd.random() < 0.01 else "ok",
            }
            if rnd.random() < 0.2:
                body["usage"]["cached_input_tokens"] = tokens[0] // 3
            if rnd.random() < 0.05:
                body["cost"] = f"0.{rnd.randrange(1, 10**9):09}"
            yield body
        if rnd.random() < 0.3:
            yield {"tags": tags, "tool": rnd.choice(["crm.search", "kb.search", "ci.status"]), "cost": f"0.00{rnd.randrange(10**7):07}"}

    def outcomes(self, day):
        """What the workflows brought about on a day."""
        rnd = random.Random(f"{self.seed} outcomes {day}")
        weekend = self.date(day).weekday() >= 5
        for workflow in WORKFLOWS:
            runs = workflow.agents * (0.3 if weekend else 0.9)
            count = max(0, round(runs * workflow.yields * rnd.gauss(1, 0.08)))
            yield {
                "workflow_name": workflow.name, "count": count, "quality": round(min(1, max(0, rnd.gauss(workflow.quality, 0.01))), 3),
                "human_minutes": round(count * 0.2, 3), "rework_minutes": round(count * 0.05, 3),
            }


def _poisson(rnd, mean):
    limit, count, product = math.exp(-mean), 0, rnd.random()
    while product > limit:
        count += 1
        product *= rnd.random()
    return count
