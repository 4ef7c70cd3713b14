"""A real Prometheus scrapes a server under load, with the configuration and rules of deploy/, and answers every query of the
dashboards. Every metric that is asked for is there."""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import queries
from load import Fleet

# Asked for, and rightly without an answer in a short life: the weeks before, and what only failures make.
MAY_BE_EMPTY = {
    ("governance", "Against the period before"),
    ("governance", "Spend a day, and a week before"),
    ("platform", "annotation Breakers"),
}
PATIENCE_SECONDS = 120


def fetch(url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.read().decode()


def names_shown(text):
    return {match.group(1) for match in re.finditer(r"^([a-zA-Z_:][\w:]*)[ {]", text, re.MULTILINE)}


def check_names(text):
    shown = names_shown(text)
    rules = "\n".join(path.read_text() for path in queries.RULES)
    records = set(re.findall(r"record: (\S+)", rules))
    expressions = [(f"{board}: {panel}", expression) for board, panel, expression in queries.of_dashboards()]
    expressions += [("rules", line) for line in rules.splitlines() if not re.match(r"\s*(#|- alert:|- record:|summary:|description:)", line)]
    for where, expression in expressions:
        missing = queries.metrics(expression) - shown
        assert not missing, f"{where} asks for {sorted(missing)}, which /metrics does not have"
        unknown = queries.recorded(expression) - records
        assert not unknown, f"{where} asks for {sorted(unknown)}, which no rule records"
    documented = (queries.ROOT / "docs/telemetry.md").read_text()
    typed = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    missing = {name for name in typed if f"`{name}`" not in documented}
    assert not missing, f"docs/telemetry.md does not tell of {sorted(missing)}"
    print(f"{len(typed)} metrics, all documented; {len(expressions)} expressions name only those")


def configuration(folder, target, token):
    """deploy/'s own, but for the address, the token's place and the pace."""
    text = (queries.ROOT / "deploy/prometheus/prometheus.yml").read_text()
    for old, new in {
        "purser:8080": target,
        "/etc/prometheus/purser-token": str(folder / "token"),
        "rules/*.yml": str(queries.ROOT / "deploy/prometheus/rules/*.yml"),
        "_interval: 15s": "_interval: 1s",
        "scrape_timeout: 10s": "scrape_timeout: 1s",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    (folder / "token").write_text(token)
    (folder / "prometheus.yml").write_text(text)
    return folder / "prometheus.yml"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(prometheus, expression):
    answer = json.loads(fetch(f"{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": expression})))
    assert answer["status"] == "success", (expression, answer)
    return answer["data"]["result"]


def is_up(prometheus):
    try:
        return any(float(sample["value"][1]) == 1 for sample in ask(prometheus, 'up{job="purser"}'))
    except OSError:
        return False


def wait(what, condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what()}"
        time.sleep(0.5)


def empty_queries(prometheus):
    asked = [entry for entry in queries.of_dashboards() if entry[:2] not in MAY_BE_EMPTY]
    return [entry for entry in asked if not ask(prometheus, entry[2])]


def check_answers(prometheus):
    wait(lambda: "Prometheus scrapes the server", lambda: is_up(prometheus))
    wait(lambda: f"no data for {empty_queries(prometheus)}", lambda: not empty_queries(prometheus))
    for _, _, expression in queries.of_dashboards():
        ask(prometheus, expression)
    rules = json.loads(fetch(f"{prometheus}/api/v1/rules"))["data"]["groups"]
    failing = [rule for group in rules for rule in group["rules"] if rule["health"] == "err"]
    assert rules and not failing, failing
    (cost,) = ask(prometheus, 'sum(purser_cost_total{currency="EUR"})')
    assert float(cost["value"][1]) > 2, cost
    print(f"Prometheus answers {len(list(queries.of_dashboards()))} queries of the dashboards and {sum(len(g['rules']) for g in rules)} rules")


def main():
    url, token = os.environ["PURSER_URL"], os.environ["PURSER_METRICS_TOKEN"]
    with Fleet(url, os.environ["PURSER_ADMIN_KEY"]) as fleet, tempfile.TemporaryDirectory() as temporary:
        # The figures are read from the database at most every ten seconds.
        wait(lambda: "the fleet has open suspensions", lambda: f'purser_suspensions_open{{org="{fleet.name}",rule="runaway"}}' in fetch(f"{url}/metrics", token))
        text = fetch(f"{url}/metrics", token)
        subprocess.run(["promtool", "check", "metrics"], input=text, text=True, check=True)
        check_names(text)
        folder = pathlib.Path(temporary)
        config = configuration(folder, urllib.parse.urlsplit(url).netloc, token)
        subprocess.run(["promtool", "check", "config", str(config)], check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        with open(folder / "log", "w") as log:
            process = subprocess.Popen(
                ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}"],
                stdout=log, stderr=log)
        try:
            check_answers(f"http://127.0.0.1:{port}")
        except BaseException:
            print((folder / "log").read_text()[-2000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    main()
