"""Fifty random questions to every report of a company, each equal to an independent computation over the exported facts, to the nano-unit."""

import datetime
import os
import urllib.parse

import pytest

from questions import Facts, Questions
from seed import SEED, Caller

COUNT = int(os.environ.get("QUESTIONS", "50"))


@pytest.fixture(scope="module")
def questions(world):
    finance = Caller(world.url, world.keys["finance"])
    now = datetime.datetime.fromisoformat(world.installation.get("/v1/test-clock")["now"].replace("Z", "+00:00"))
    first = datetime.datetime.combine(world.company.start, datetime.time(), datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    span = {"from": (first - day).strftime("%Y-%m-%dT%H:%M:%SZ"), "to": (now + day).strftime("%Y-%m-%dT%H:%M:%SZ")}
    facts = Facts(finance.text("/v1/exports/spend.jsonl?" + urllib.parse.urlencode(span)), world.policy, now)
    assert len(facts.all) > 1_000
    outcomes = [(world.company.date(number), outcome) for number in range(world.company.days - 1) for outcome in world.company.outcomes(number)]
    return Questions(finance, facts, SEED, outcomes)


@pytest.mark.parametrize("report", ["spend", "trends", "agents", "coverage", "envelopes", "economics"])
def test_report_is_exact(questions, report):
    for _ in range(COUNT):
        getattr(questions, report)()
