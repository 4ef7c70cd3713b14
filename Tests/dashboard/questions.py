"""Random questions to every report, answered a second time from the exported facts alone, with other code and exact numbers."""

import bisect
import collections
import datetime
import fractions
import json
import random
import urllib.parse
import zoneinfo

UTC = datetime.timezone.utc
NANOS = 10**9


def nanos(text):
    return int(fractions.Fraction(text) * NANOS)


class Facts:
    """What `GET /v1/exports/spend.jsonl` says."""

    def __init__(self, lines, policy, now):
        self.policy, self.now = policy, now
        self.all = []
        for line in lines.splitlines():
            fact = json.loads(line)
            fact["at"] = datetime.datetime.fromisoformat(fact["settled_at"].replace("Z", "+00:00"))
            fact["nanos"] = nanos(fact["cost"])
            fact["envelopes"] = [rule["name"] for rule in policy["envelopes"] if self._matches(rule, fact)]
            self.all.append(fact)
        self.all.sort(key=lambda fact: fact["at"])

    def between(self, start, end, keep=lambda fact: True):
        first, last = (bisect.bisect_left(self.all, moment, key=lambda fact: fact["at"]) for moment in (start, end))
        return [fact for fact in self.all[first:last] if keep(fact)]

    @staticmethod
    def _matches(rule, fact):
        counts = {"cost": True, "tool_calls": "tool" in fact, "model_calls": "model" in fact, "tokens": "model" in fact}
        tags = {"environment": "production"} | fact["tags"]
        return counts[rule["meter"]] and all(name in tags and value in ("*", tags[name]) for name, value in rule.get("match", {}).items())

    @staticmethod
    def values(fact, dimension):
        """What a fact is in a dimension: one value, or, of envelopes, any number."""
        if dimension == "envelope":
            return fact["envelopes"] or [None]
        if dimension in ("model", "tool"):
            return [fact.get(dimension)]
        return [fact["tags"].get(dimension)]


def sums(facts):
    return {
        "cost": sum(fact["nanos"] for fact in facts),
        "calls": sum(fact["model_calls"] for fact in facts),
        "tool_calls": sum(fact["tool_calls"] for fact in facts),
        "tokens": sum(fact["tokens"] for fact in facts),
        "output_tokens": sum(fact.get("output_tokens", 0) for fact in facts),
        "failed": sum(fact.get("status") == "error" for fact in facts),
    }


def told(row):
    return {name: nanos(row[name]) if name == "cost" else row[name] for name in ("cost", "calls", "tool_calls", "tokens", "output_tokens", "failed")}


def percent(part, whole):
    """Of a whole, cut to two decimals towards zero; None without a whole."""
    if whole <= 0:
        return None
    hundredths = abs(part) * 10_000 // whole
    return float(fractions.Fraction(hundredths if part >= 0 else -hundredths, 100))


def start_of(moment, interval, zone):
    local = moment.astimezone(zone)
    if interval == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = local.date()
    if interval == "week":
        day -= datetime.timedelta(days=day.weekday())
    if interval == "month":
        day = day.replace(day=1)
    return datetime.datetime.combine(day, datetime.time(), zone).astimezone(UTC)


def next_start(start, interval, zone):
    if interval == "hour":
        return start + datetime.timedelta(hours=1)
    day = start.astimezone(zone).date()
    day = {"day": day + datetime.timedelta(days=1), "week": day + datetime.timedelta(days=7),
           "month": (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)}[interval]
    return datetime.datetime.combine(day, datetime.time(), zone).astimezone(UTC)


class Questions:
    """Asks as somebody, and compares. Every question is made from the seed."""

    def __init__(self, caller, facts, seed, outcomes):
        """`outcomes`: what was told of workflows, each with its day."""
        self.caller, self.facts, self.outcomes = caller, facts, outcomes
        self.random = random.Random(f"{seed} questions")

    def ask(self, report, query):
        rows, after = [], {}
        while True:
            answer = self.caller.call("GET", f"/v1/reports/{report}?" + urllib.parse.urlencode(query | after))
            rows += answer["data"]
            if answer["next"] is None:
                return answer | {"data": rows}
            after = {"after": answer["next"]}

    # -- Parts of questions

    def period(self):
        end = self.facts.now.replace(minute=0, second=0, microsecond=0) + datetime.timedelta(hours=1)
        first = min(fact["at"] for fact in self.facts.all).replace(minute=0, second=0, microsecond=0)
        hours = int((end - first).total_seconds() // 3600)
        start = self.random.randrange(hours)
        length = self.random.randint(1, hours - start)
        start = first + datetime.timedelta(hours=start)
        return start, start + datetime.timedelta(hours=length)

    def filter(self, also=()):
        """A query and what it keeps."""
        fact = self.random.choice(self.facts.all)
        query, tests = {}, []
        names = ["team_id", "cost_center", "workflow_name", "agent_id", "environment", "user_id", "step_name"]
        for name in self.random.sample(names, self.random.choice([0, 0, 1, 1, 2])):
            value = fact["tags"].get(name)
            query[name] = value or ""
            tests.append(lambda fact, name=name, value=value: fact["tags"].get(name) == value)
        if "model" in also and self.random.random() < 0.2 and "model" in fact:
            query["model"] = fact["model"]
            tests.append(lambda fact, model=fact["model"]: fact.get("model") == model)
        if "envelope" in also and self.random.random() < 0.2:
            envelope = self.random.choice(["contract-review", "team-month", "exploration-credits", "agent-day", "tool-rate"])
            query["envelope"] = envelope
            tests.append(lambda fact, envelope=envelope: envelope in fact["envelopes"])
        return query, lambda fact: all(test(fact) for test in tests)

    def groups(self, also):
        names = ["team_id", "cost_center", "product", "workflow_name", "environment", "intent", "user_id", "agent_id", "step_name", *also]
        return self.random.sample(names, self.random.choice([0, 1, 1, 2, 3]))

    def grouped(self, facts, dimensions):
        groups = collections.defaultdict(list)
        for fact in facts:
            keys = [()]
            for dimension in dimensions:
                keys = [key + (value,) for key in keys for value in self.facts.values(fact, dimension)]
            for key in keys:
                groups[key].append(fact)
        return groups

    # -- Reports

    def spend(self):
        start, end = self.period()
        zone_name = self.random.choice(["UTC", "Europe/Paris", "America/New_York"])
        zone = zoneinfo.ZoneInfo(zone_name)
        query, keep = self.filter(also=["model", "envelope"])
        dimensions = self.groups(["model", "tool", "envelope"])
        interval = self.random.choice(["none", "none", "day", "week", "month"] + (["hour"] if (end - start).days < 10 else []))
        query |= {"group_by": ",".join(dimensions), "interval": interval, "time_zone": zone_name, "from": stamp(start), "to": stamp(end), "limit": 200}
        answer = self.ask("spend", query)
        if interval == "none":
            buckets, before = [(start, end)], (start - (end - start), start)
        else:
            first = start_of(start, interval, zone)
            before = (start_of(first - datetime.timedelta(seconds=1), interval, zone), first)
            buckets, at = [], first
            while at < end:
                after = next_start(at, interval, zone)
                buckets.append((max(at, start), min(after, end)))
                at = after
        slots = [self.grouped(self.facts.between(*slot, keep), dimensions) for slot in [before, *buckets]]
        expected = {(key, stamp(buckets[index][0])): facts for index, slot in enumerate(slots[1:]) for key, facts in slot.items()}
        position = {stamp(bucket[0]): index for index, bucket in enumerate(buckets)}
        for row in answer["data"]:
            key = tuple(row["group"][dimension] for dimension in dimensions)
            same(told(row), sums(expected.pop((key, row["start"]), [])), query, row)
            previous = sum(fact["nanos"] for fact in slots[position[row["start"]]].get(key, []))
            same((nanos(row["previous_cost"]), row["change_percent"]), (previous, percent(nanos(row["cost"]) - previous, previous)), query, row)
        same({}, {key: len(facts) for key, facts in expected.items()}, query, "rows that are not there")
        same(told(answer["totals"]), sums(self.facts.between(start, end, keep)), query, "totals")

    def trends(self):
        start, end = self.period()
        query, keep = self.filter(also=["model"])
        dimensions = self.groups(["model", "tool"])
        query |= {"group_by": ",".join(dimensions), "from": stamp(start), "to": stamp(end), "limit": 200}
        answer = self.ask("trends", query)
        now = self.grouped(self.facts.between(start, end, keep), dimensions)
        before = self.grouped(self.facts.between(start - (end - start), start, keep), dimensions)
        keys = set(now) | set(before)
        for row in answer["data"]:
            key = tuple(row["group"][dimension] for dimension in dimensions)
            keys.discard(key)
            cost, previous = (sum(fact["nanos"] for fact in side.get(key, [])) for side in (now, before))
            same(told(row), sums(now.get(key, [])), query, row)
            same((nanos(row["previous_cost"]), nanos(row["change"]), row["change_percent"]),
                 (previous, cost - previous, percent(cost - previous, previous)), query, row)
            for model in row["models"]:
                sides = [[fact for fact in side.get(key, []) if fact.get("model") == model["model"]] for side in (now, before)]
                same((nanos(model["cost"]), nanos(model["previous_cost"])), tuple(sum(fact["nanos"] for fact in side) for side in sides), query, row)
        same(set(), keys, query, "rows that are not there")

    def agents(self):
        start, end = self.period()
        query, keep = self.filter()
        query |= {"from": stamp(start), "to": stamp(end), "limit": 200}
        answer = self.ask("agents", query)
        groups = self.grouped(self.facts.between(start, end, keep), ["agent_id"])
        groups.pop((None,), None)
        day = datetime.timedelta(days=1)
        week = [self.grouped(self.facts.between(start - day * back, start - day * (back - 1), keep), ["agent_id"]) for back in range(7, 0, -1)]
        for row in answer["data"]:
            key = (row["agent_id"],)
            same(told(row), sums(groups.pop(key, [])), query, row)
            costs = sorted(cost for cost in (sum(fact["nanos"] for fact in side.get(key, [])) for side in week) if cost > 0)
            median = costs[(len(costs) - 1) // 2] if len(costs) >= 3 else None
            cost = nanos(row["cost"]) * 86_400 // int((end - start).total_seconds())
            same((nanos(row["cost_per_day"]), row["median_day_cost"] and nanos(row["median_day_cost"]), row["above_twice_median"]),
                 (cost, median, median is not None and cost > 2 * median), query, row)
        same({}, {key: len(facts) for key, facts in groups.items()}, query, "agents that are not there")

    def coverage(self):
        start, end = self.period()
        query, keep = self.filter()
        query |= {"from": stamp(start), "to": stamp(end), "limit": 200}
        answer = self.ask("tag-coverage", query)
        rules = self.facts.policy["tags"]
        wanted = [[tag] if isinstance(tag, str) else tag for tag in rules["required"]]
        facts = self.facts.between(start, end, keep)
        is_asked = lambda fact: fact["tags"].get("environment", "production") not in rules["allow_missing_in"]  # noqa: E731
        asked = [fact for fact in facts if is_asked(fact)]
        has = lambda fact, tags: any(tag in fact["tags"] for tag in tags)  # noqa: E731
        for row in answer["data"]:
            self.share(row, asked, lambda fact: has(fact, row["tags"]), query)
        same([row["tags"] for row in answer["data"]], wanted, query, "rows")
        self.share(answer["whole"], facts, lambda fact: not is_asked(fact) or all(has(fact, tags) for tags in wanted), query)

    @staticmethod
    def share(row, facts, covers, query):
        calls = lambda some: sum(fact["model_calls"] + fact["tool_calls"] for fact in some)  # noqa: E731
        cost = lambda some: sum(fact["nanos"] for fact in some)  # noqa: E731
        covered = [fact for fact in facts if covers(fact)]
        expected = {"calls": calls(facts), "covered_calls": calls(covered), "cost": cost(facts), "covered_cost": cost(covered),
                    "calls_percent": percent(calls(covered), calls(facts)), "cost_percent": percent(cost(covered), cost(facts))}
        same({name: nanos(row[name]) if name in ("cost", "covered_cost") else row[name] for name in expected}, expected, query, row)

    def envelopes(self):
        """Those of cost and tool calls, in the window of now."""
        rule = self.random.choice([rule for rule in self.facts.policy["envelopes"] if "limit" in rule])
        (row,) = self.ask("envelopes", {"envelope": rule["name"]})["data"]
        start = start_of(self.facts.now, rule["window"]["every"] if rule["window"]["every"] != "minute" else "hour", zoneinfo.ZoneInfo("UTC"))
        if rule["window"]["every"] == "minute":
            start = self.facts.now.replace(second=0, microsecond=0)
        facts = self.facts.between(start, self.facts.now + datetime.timedelta(seconds=1), lambda fact: rule["name"] in fact["envelopes"])
        if rule["meter"] == "cost":
            same(nanos(row["spent"]), sum(fact["nanos"] for fact in facts), rule["name"], row)
        else:
            same(row["spent"], sum(fact["tool_calls"] for fact in facts), rule["name"], row)

    def economics(self):
        days = sorted({day for day, _ in self.outcomes})
        first = self.random.randrange(len(days))
        last = self.random.randrange(first, len(days))
        start, end = (datetime.datetime.combine(day, datetime.time(), UTC) for day in (days[first], days[last] + datetime.timedelta(days=1)))
        query = {"from": days[first].isoformat(), "to": days[last].isoformat(), "limit": 200}
        answer = self.ask("unit-economics", query)
        rates = {name: nanos(workflow["rates"]["human_minute"]) for name, workflow in self.facts.policy["workflows"].items()}
        for row in answer["data"]:
            name = row["workflow_name"]
            usage = sum(fact["nanos"] for fact in self.facts.between(start, end, lambda fact: fact["tags"].get("workflow_name") == name))
            own = [outcome for day, outcome in self.outcomes if days[first] <= day <= days[last] and outcome["workflow_name"] == name]
            count = sum(outcome["count"] for outcome in own)
            minutes = sum(fractions.Fraction(str(outcome[kind])) for outcome in own for kind in ("human_minutes", "rework_minutes"))
            human = -(-minutes.numerator * rates[name] // minutes.denominator)
            expected = {"usage_cost": usage, "outcomes": count, "human_cost": human, "cost": usage + human,
                        "cost_per_outcome": -(-(usage + human) // count) if count else None}
            same({part: row[part] if part == "outcomes" or row[part] is None else nanos(row[part]) for part in expected}, expected, query, row)
        assert len(answer["data"]) == len(rates), query


def stamp(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def same(told, expected, query, where):
    assert told == expected, f"{query}\n{where}\ntold     {told}\nexpected {expected}"
