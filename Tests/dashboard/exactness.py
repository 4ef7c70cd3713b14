"""Fifty random questions to every report of a company, each equal to an independent computation over the exported facts, to the nano-unit."""

import datetime
import os
import urllib.parse

from questions import Facts, Questions
from seed import SEED, Caller, World

COUNT = int(os.environ.get("PURSER_QUESTIONS", "50"))


def check(world, tell=print):
    finance = Caller(world.url, world.keys["finance"])
    now = datetime.datetime.fromisoformat(world.installation.get("/v1/test-clock")["now"].replace("Z", "+00:00"))
    day = datetime.timedelta(days=1)
    first = datetime.datetime.combine(world.company.start, datetime.time(), datetime.timezone.utc)
    lines = export(finance, first - day, now + day)
    facts = Facts(lines, world.policy, now)
    outcomes = [(world.company.date(number), outcome) for number in range(world.company.days - 1) for outcome in world.company.outcomes(number)]
    questions = Questions(finance, facts, SEED)
    for name in ["spend", "trends", "agents", "coverage", "envelopes", "economics"]:
        for _ in range(COUNT):
            questions.economics(outcomes) if name == "economics" else getattr(questions, name)()
        tell(f"{name}: {COUNT} questions answered to the nano-unit over {len(facts.all)} facts")


def export(finance, start, end):
    query = urllib.parse.urlencode({"from": start.strftime("%Y-%m-%dT%H:%M:%SZ"), "to": end.strftime("%Y-%m-%dT%H:%M:%SZ")})
    return finance.text("/v1/exports/spend.jsonl?" + query)


def main():
    world = World(os.environ["PURSER_URL"], os.environ["PURSER_ADMIN_KEY"])
    print(f"seed {SEED}")
    world.live()
    world.act()
    world.settle()
    check(world)


if __name__ == "__main__":
    main()
