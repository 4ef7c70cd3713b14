"""Logs come in: what is taken, what is refused and named, what the log tells, and who may see it."""

import json
import uuid
from fractions import Fraction

import pytest

from browser import Browser

HEADER = "time,model,cost,input_tokens,output_tokens,team_id,workflow_name,run_id,note\n"
PATH = "/v1/imports"


def line(number, cost="0.5", team="support", workflow="triage"):
    return f"2026-11-20T10:{number // 60:02}:{number % 60:02}Z,test-small,{cost},{number},5,{team},{workflow},run-{number // 4},x\n"


def log(count, **members):
    return HEADER + "".join(line(number, **members) for number in range(count))


def send(client, text, *, key=None, format="csv", content_type="text/csv", dry=False, **query):
    """In parts, as a client does that does not know the end."""
    data = text if isinstance(text, bytes) else text.encode()
    parts = [data[start : start + 5_000] for start in range(0, len(data), 5_000)]
    headers = {} if dry else {"Idempotency-Key": key or str(uuid.uuid4())}
    query = {"format": format} | query | ({"dry_run": "true"} if dry else {})
    return client.post(PATH, parts or b"", query=query, content_type=content_type, headers=headers)


def spend(client, **query):
    report = client.get("/v1/reports/spend", query={"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z"} | query).expect(200)
    return report["data"]


def test_takes_what_is_right_and_names_what_is_wrong(own):
    text = log(300) + line(300, cost="-1") + "too,few\n" + line(301, team="x" * 257)
    sent = send(own.admin, text, name="yesterday", key="log-1")
    done = sent.expect(201)
    assert sent.headers["Location"] == f"{PATH}/{done['id']}"
    numbers = {name: done[name] for name in ("state", "name", "lines", "taken", "refused", "already_there", "cost", "tokens", "ignored_fields")}
    assert numbers == {
        "state": "done", "name": "yesterday", "lines": 303, "taken": 300, "refused": 3, "already_there": 0, "cost": "150",
        "tokens": sum(range(300)) + 1500, "ignored_fields": ["note"],
    }
    assert [(refused["line"], refused["place"]) for refused in done["refused_lines"]] == [(302, "cost"), (303, ""), (304, "team_id")]
    assert own.admin.get(sent.headers["Location"]).expect(200) == done
    assert list(own.pages(f"{PATH}/{done['id']}/refused", limit=2)) == done["refused_lines"]
    assert [entry["id"] for entry in own.pages(PATH)] == [done["id"]]
    (row,) = spend(own.admin, group_by="team_id")
    assert (row["group"], row["cost"], row["calls"]) == ({"team_id": "support"}, "150", 300)
    assert own.books()["balances"] == {}, "it touches no balance"
    export = own.admin.get("/v1/exports/spend.jsonl", query={"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z"})
    rows = [json.loads(row) for row in export.content.splitlines()]
    assert len(rows) == 300 and {row["kind"] for row in rows} == {"imported"}
    assert sum(Fraction(row["cost"]) for row in rows) == 150


def test_nothing_is_taken_twice(own):
    first = send(own.admin, log(120), key="log-1").expect(201)
    again = send(own.admin, log(150), key="log-1").expect(201)
    assert (again["id"], again["taken"], again["resumed"], again["already_there"]) == (first["id"], 150, 120, 0)
    other = send(own.admin, log(160), key="log-2").expect(201)
    assert (other["taken"], other["already_there"]) == (10, 150) and other["id"] != first["id"]
    assert spend(own.admin)[0]["cost"] == "80"


def test_dry_run_writes_nothing(own):
    preview = send(own.admin, log(40) + line(40, cost="x"), dry=True).expect(200)
    assert (preview["id"], preview["taken"], preview["refused"], preview["cost"]) == (None, 40, 1, "20")
    assert list(own.pages(PATH)) == [] and spend(own.admin) == []


@pytest.mark.parametrize(
    "format, content_type, text",
    [
        ("jsonl", "application/x-ndjson", '{"ts": 1795168800, "model": "m", "cost": 0.1, "tags": {"team_id": "a"}}\n{"nonsense": \n'),
        ("jsonl", "application/json", '[{"ts": 1795168800, "model": "m", "cost": "0.1"}, {"ts": 0}]'),
        (
            "litellm", "application/json",
            '[{"request_id": "r", "startTime": "2026-11-20 10:00:00.5", "model": "m", "spend": 1e-1, "prompt_tokens": 3}, {"request_id": "s"}]',
        ),
        (
            "otlp", "application/json",
            json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [
                {"traceId": "t", "spanId": "1", "startTimeUnixNano": "1795168800000000000", "attributes": [
                    {"key": "gen_ai.request.model", "value": {"stringValue": "m"}}, {"key": "gen_ai.usage.cost", "value": {"doubleValue": 0.1}}]},
                {"traceId": "t", "spanId": "2", "attributes": [{"key": "gen_ai.request.model", "value": {"stringValue": "m"}}]},
            ]}]}]}, indent=1),
        ),
    ],
)
def test_formats(own, format, content_type, text):
    done = send(own.admin, text, format=format, content_type=content_type).expect(201)
    assert (done["taken"], done["refused"], done["cost"]) == (1, 1, "0.1")


def test_prices(own):
    text = "time,model,input_tokens\n2026-11-20T10:00:00Z,test-small,1000\n2026-11-20T10:00:00Z,unheard-of,1000\n"
    done = send(own.admin, text).expect(201)
    assert (done["taken"], done["refused"]) == (1, 1) and Fraction(done["cost"]) > 0
    free = send(own.admin, text, unpriced="zero").expect(201)
    assert (free["taken"], free["unpriced"], free["cost"]) == (1, 1, "0")
    rated = send(own.admin, "time,model,cost\n2026-11-20T10:00:00Z,m,2\n", rate="0.25").expect(201)
    assert rated["cost"] == "0.5"


def test_a_log_that_cannot_be_read(own):
    for text, query in [
        ("", {}), ("\n\n", {}), ("a,b\n1,2\n", {}), ("time;model;cost\n", {}), ("[{}", {"format": "litellm"}), ("[1]", {"format": "jsonl"}),
        ('{"x": 1}\n' * 2_000, {"format": "jsonl"}), (b"\xff\xfe\n", {}),
    ]:
        send(own.admin, text, **query).expect_problem(422, "invalid-request", "")
    problem = send(own.admin, '[{"ts": 5, "model": "m", "cost": 1}, oops]', format="litellm").expect_problem(422, "invalid-request", "")
    assert "import_id" not in problem
    broken = send(own.admin, '[{"request_id": "r", "startTime": "5", "model": "m", "spend": 1}, oops]', format="litellm")
    problem = broken.expect_problem(422, "invalid-request", "")
    found = own.admin.get(f"{PATH}/{problem['import_id']}").expect(200)
    assert (found["state"], found["taken"]) == ("failed", 1) and "object" in found["failure"]


def test_lines_that_are_no_text_or_too_long(own):
    long = '{"time": "2026-11-20T10:00:00Z", "model": "m", "cost": 1, "note": "' + "x" * 1_100_000 + '"}\n'
    good = '{"time": "2026-11-20T10:00:00Z", "model": "m", "cost": 1}\n'
    text = good.encode() + long.encode() + b'{"model": "\xff\xfe"}\n' + good.encode()
    done = send(own.admin, text, format="jsonl", content_type="application/x-ndjson").expect(201)
    assert (done["taken"], [refused["line"] for refused in done["refused_lines"]]) == (2, [2, 3])
    assert "1048576" in done["refused_lines"][0]["reason"] and "UTF-8" in done["refused_lines"][1]["reason"]


def test_names_that_no_database_keeps(own):
    good = '"time": "2026-11-20T10:00:00Z", "model": "m", "cost": 1'
    text = '{"a\\u0000b": 1, %s}\n{"tags": {"c\\u0000": "x"}, %s}\n{"%s": 1, %s}\n' % (good, good, "y" * 1_000, good)
    done = send(own.admin, text, format="jsonl", content_type="application/x-ndjson").expect(201)
    assert (done["taken"], done["ignored_fields"]) == (2, ["a\ufffdb", "y" * 256])
    (refused,) = done["refused_lines"]
    assert refused["line"] == 2 and "c\ufffd" in refused["place"] + refused["reason"]
    done = send(own.admin, "time,model,cost,a\0b\n2026-11-20T10:00:00Z,m,1,x\n").expect(201)
    assert done["ignored_fields"] == ["a\ufffdb"]
    send(own.admin, "a\0b,c\n").expect_problem(422, "invalid-request", "")


def test_another_format_than_the_log_has(own):
    row = '{"request_id": "r", "call_type": "acompletion", "startTime": "2026-11-20T10:00:00Z", "model": "m", "spend": 1}\n'
    for text, format in [(row, "litellm"), ("[" + row + "]", "litellm"), ('{"resourceSpans": []}', "otlp")]:
        problem = send(own.admin, text, format="jsonl", content_type="application/json").expect_problem(422, "invalid-request", "")
        assert f"format={format}" in problem["detail"]
    done = send(own.admin, row, key="log", format="litellm", content_type="application/json").expect(201)
    problem = send(own.admin, log(1), key="log").expect_problem(422, "idempotency-mismatch")
    assert "format=litellm" in problem["detail"]
    assert own.admin.get(f"{PATH}/{done['id']}").expect(200) == done


def test_bad_requests(organisation, unchanged):
    client = organisation.caller("finance")
    text = log(1)
    client.post(PATH, text.encode(), query={"format": "csv"}, content_type="text/csv").expect_problem(400, "idempotency-key-missing")
    send(client, text, content_type="text/html").expect_problem(415, "unsupported-media-type")
    for query, pointer in [
        ({"format": "xml"}, "?format"), ({"rate": "0"}, "?rate"), ({"unpriced": "no"}, "?unpriced"), ({"dry_run": "maybe"}, "?dry_run"),
        ({"name": "x" * 257}, "?name"), ({"colour": "red"}, "?colour"),
    ]:
        send(client, text, **query).expect_problem(422, "invalid-request", pointer)
    client.get(f"{PATH}/{uuid.uuid4()}/refused", query={"after": "1.2.3"}).expect_problem(422, "invalid-request", "?after")
    for path in ("", "/refused", "/report", "/policy"):
        client.get(f"{PATH}/{uuid.uuid4()}{path}").expect_problem(404, "not-found")
        client.get(f"{PATH}/nothing{path}").expect_problem(404, "not-found")


def test_roles(own):
    for role in ("gateway", "approver"):
        send(own.caller(role), log(1)).expect_problem(403, "forbidden")
    done = send(own.caller("operator"), log(1)).expect(201)
    own.caller("gateway").get(f"{PATH}/{done['id']}").expect_problem(403, "forbidden")
    own.caller("approver").get(f"{PATH}/{done['id']}/report").expect(200)


def test_keys_that_are_bound_to_tags(own):
    support = own.client("finance", tags={"team_id": "support"})
    done = send(support, HEADER + line(0, team="") + line(1, team="sales"), key="log").expect(201)
    assert (done["taken"], done["refused"]) == (1, 1)
    assert spend(own.admin, group_by="team_id")[0]["group"] == {"team_id": "support"}
    sales = own.client("finance", tags={"team_id": "sales"})
    for path in ("", "/refused", "/report", "/policy"):
        sales.get(f"{PATH}/{done['id']}{path}").expect_problem(404, "not-found")
        support.get(f"{PATH}/{done['id']}{path}").expect(200) if path != "/policy" else None
    assert sales.get(PATH).expect(200)["data"] == []
    # A call of the same id is not theirs, and must not seem to be counted.
    named = "time,model,cost,id\n2026-11-20T12:00:00Z,m,1,r-1\n"
    for client, dry, numbers in [(support, False, (1, 0, 0)), (sales, True, (0, 0, 1)), (sales, False, (0, 0, 1)), (support, False, (0, 1, 0))]:
        told = send(client, named, dry=dry).expect(200 if dry else 201)
        assert (told["taken"], told["already_there"], told["refused"]) == numbers
        assert [(line["line"], "team_id" in line["reason"]) for line in told["refused_lines"]] == [(2, True)] * numbers[2]
    # Under the same key of another who is bound it is another import.
    assert send(sales, HEADER + line(1, team="sales"), key="log").expect(201)["id"] != done["id"]


def test_other_organisations(own, organisation):
    done = send(own.admin, log(3), key="log").expect(201)
    for path in ("", "/refused", "/report", "/policy"):
        organisation.admin.get(f"{PATH}/{done['id']}{path}").expect_problem(404, "not-found")
    assert done["id"] not in [entry["id"] for entry in organisation.pages(PATH)]


def test_what_the_log_tells(own):
    text = log(60) + "".join(line(number, workflow="billing", cost="2") for number in range(60, 70)) + "2026-11-20T11:00:00Z,test-small,1,9,9,,,loop,\n" * 20
    done = send(own.admin, text).expect(201)
    report = own.admin.get(f"{PATH}/{done['id']}/report").expect(200)
    assert report["total"]["cost"] == "70" and report["total"]["calls"] == 90 and report["without_owner"]["cost"] == "20"
    assert report["without_owner"]["percent"] == 28.6
    assert [(group["value"], group["cost"]) for group in report["dearest"]["workflow_name"]] == [("triage", "30"), ("billing", "20")]
    coverage = {row["tag"]: row["missing_calls"] for row in report["coverage"]}
    assert coverage["workflow_name"] == 20 and coverage["cost_center"] == 90 and coverage["run_id"] == 0
    assert [(run["run_id"], run["identical_calls"]) for run in report["runs"]["loops"]] == [("loop", 20)]
    policy = own.admin.get(f"{PATH}/{done['id']}/policy")
    assert policy.status == 200 and policy.media_type == "application/yaml"
    browser = Browser(own.admin.url)
    browser.sign_in(own.admin.key)
    page = browser.get(f"/dashboard/imports/{done['id']}")
    (link,) = [a.attributes["href"] for a in page.all("a") if "download" in a.attributes]
    assert browser.get(link).text == policy.content.decode()
    dry = own.admin.post("/v1/policy/versions", policy.content, query={"dry_run": "true"}, content_type="application/yaml")
    dry.expect(200)
    assert b"'triage' spent 30 in one day, which makes 900 a month" in policy.content
    own.admin.post("/v1/policy/versions", policy.content, content_type="application/yaml").expect(201)
    call = {"tags": {}, "model": "unheard-of", "estimate": {"input_tokens": 10, "output_tokens": 10}}
    own.admin.reserve(call).expect(201)
