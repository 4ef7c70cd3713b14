"""What rules and dashboards ask for."""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
DASHBOARDS = sorted((ROOT / "deploy/grafana/dashboards").glob("*.json"))
RULES = sorted((ROOT / "deploy/prometheus/rules").glob("*.yml"))
# What Grafana fills in before it asks.
VARIABLES = {"$__range": "1m", "$__interval": "15s", "$__rate_interval": "1m"}


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def of_dashboards():
    """Each query as Prometheus gets it: the dashboard, the panel, and the expression."""
    for path in DASHBOARDS:
        dashboard = json.loads(path.read_text())
        names = {variable["name"] for variable in dashboard["templating"]["list"]}
        for annotation in dashboard["annotations"]["list"]:
            yield path.stem, f"annotation {annotation['name']}", filled(annotation["expr"], names)
        for panel in panels(dashboard):
            for target in panel.get("targets", []):
                yield path.stem, panel["title"], filled(target["expr"], names)


def filled(expression, variables):
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    for name in variables:
        expression = re.sub(rf"\${name}\b", ".*", expression)
    assert "$" not in expression, f"an unknown variable: {expression}"
    return expression


def metrics(expression):
    """The metrics that an expression names, those of recording rules left out."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    return {name for name in re.findall(r"(?<![\w:])((?:purser|process)_\w+)(?![\w:])", bare)}


def recorded(expression):
    return set(re.findall(r"\b[a-z_]+:[a-z0-9_]+:[a-z0-9_]+\b", re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)))
