"""Webhooks as a platform engineer sets them up: made, changed, refused, tested, looked through."""

import base64

import pytest

URL = "https://hooks.example.invalid/purser"
ROUTING_KEY = "0123456789abcdef0123456789ABCDEF"
UNKNOWN = "01a1fd8c-6900-752e-8269-e0d3f2a74de4"

# None of these may be sent to on behalf of a tenant, however it is written.
PRIVATE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "0.0.0.0", "0", "10.0.0.1", "172.16.5.4", "192.168.1.1",
    "169.254.169.254", "0xa9fea9fe", "100.64.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "255.255.255.255",
    "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001::1]", "[fc00::1]",
    "[fd00::1]", "[fe80::1]", "[ff02::1]", "[2001:db8::1]", "localhost", "LocalHost", "localhost.", "api.localhost",
]

# None of these is a URL of an endpoint.
MALFORMED = {
    "empty": "", "no scheme": "hooks.example.com", "http": "http://hooks.example.com/", "ftp": "ftp://hooks.example.com/", "no host": "https://",
    "user": "https://me@hooks.example.com/", "password": "https://me:secret@hooks.example.com/", "hidden host": "https://hooks.example.com\\@10.0.0.1/",
    "fragment": "https://hooks.example.com/#x", "blank": "https://hooks.example.com/a b", "line feed": "https://hooks.example.com/\n",
    "port": "https://hooks.example.com:99999/", "letters": "https://bücher.example/", "encoded host": "https://hooks%2eexample.com/",
    "zone": "https://[fe80::1%25eth0]/", "five parts": "https://1.2.3.4.5/", "too long": "https://hooks.example.com/" + "a" * 2048,
    "number": 1, "list": [URL],
}


def make(client, **members):
    return client.post("/v1/webhooks", {"url": URL} | members)


def test_make_look_change_delete(own):
    made = make(own.caller("operator"), name="ops", events=["alert.*", "route.downgraded"]).expect(201)
    assert (made["name"], made["url"], made["kind"], made["state"]) == ("ops", URL, "standard", "active")
    assert made["events"] == ["alert.*", "route.downgraded"]
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    path = f"/v1/webhooks/{made['id']}"
    shown = {name: value for name, value in made.items() if name != "secret"}
    assert own.caller("finance").get(path).expect(200) == shown
    assert own.caller("finance").get("/v1/webhooks").expect(200) == {"data": [shown], "next": None}
    changed = own.admin.call("PATCH", path, {"events": ["*"], "state": "disabled", "name": None}).expect(200)
    assert (changed["events"], changed["state"], changed["name"]) == (["*"], "disabled", None)
    assert changed["reason"]
    enabled = own.admin.call("PATCH", path, {"state": "active", "url": URL + "/2"}).expect(200)
    assert (enabled["state"], enabled["reason"], enabled["url"], enabled["events"]) == ("active", None, URL + "/2", ["*"])
    assert own.admin.call("DELETE", path).expect(204) is None
    own.admin.get(path).expect_problem(404, "not-found")
    own.admin.call("DELETE", path).expect_problem(404, "not-found")
    own.admin.call("PATCH", path, {"state": "active"}).expect_problem(404, "not-found")
    assert own.admin.get(f"{path}/deliveries").expect(200)["data"] == [], "the history stays"


def test_defaults(own):
    assert make(own.admin).expect(201)["events"] == ["*"]
    pager = own.admin.post("/v1/webhooks", {"kind": "pagerduty", "routing_key": ROUTING_KEY}).expect(201)
    assert pager["url"] == "https://events.pagerduty.com/v2/enqueue"
    assert pager["routing_key"] == "…CDEF"
    assert ROUTING_KEY not in own.admin.get("/v1/webhooks").content.decode()


def test_pages(own):
    ids = [make(own.admin).expect(201)["id"] for _ in range(5)]
    assert [webhook["id"] for webhook in own.pages("/v1/webhooks", limit=2)] == ids[::-1]


def test_names_are_unique(own):
    first = make(own.admin, name="ops").expect(201)
    make(own.admin, name="ops").expect_problem(409, "conflict")
    second = make(own.admin, name="other").expect(201)
    own.admin.call("PATCH", f"/v1/webhooks/{second['id']}", {"name": "ops"}).expect_problem(409, "conflict")
    own.admin.call("DELETE", f"/v1/webhooks/{first['id']}").expect(204)
    own.admin.call("PATCH", f"/v1/webhooks/{second['id']}", {"name": "ops"}).expect(200)


def test_at_most_a_hundred(own):
    for _ in range(100):
        make(own.admin).expect(201)
    make(own.admin).expect_problem(409, "conflict")


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses(organisation, host):
    for url in (f"https://{host}/x", f"https://{host}:8443/"):
        make(organisation.admin, url=url).expect_problem(422, "invalid-request", "/url")


def test_private_addresses_in_changes(own):
    path = f"/v1/webhooks/{make(own.admin).expect(201)['id']}"
    own.admin.call("PATCH", path, {"url": "https://169.254.169.254/latest"}).expect_problem(422, "invalid-request", "/url")
    assert own.admin.get(path).expect(200)["url"] == URL


@pytest.mark.parametrize("url", MALFORMED.values(), ids=MALFORMED)
def test_malformed_urls(organisation, url):
    make(organisation.admin, url=url).expect_problem(422, "invalid-request", "/url")


@pytest.mark.parametrize(
    "members, pointer",
    [
        ({"kind": "email"}, "/kind"), ({"kind": None}, "/kind"), ({"events": []}, "/events"), ({"events": ["alarm"]}, "/events/0"),
        ({"events": ["alert", "alert*"]}, "/events/1"), ({"events": "alert"}, "/events"), ({"events": [1]}, "/events/0"),
        ({"name": ""}, "/name"), ({"name": "x" * 65}, "/name"), ({"name": "a\u0000b"}, "/name"), ({"secret": "whsec_x"}, "/secret"),
        ({"kind": "pagerduty"}, "/routing_key"), ({"kind": "pagerduty", "routing_key": "short"}, "/routing_key"),
        ({"kind": "pagerduty", "routing_key": "é" * 32}, "/routing_key"), ({"routing_key": ROUTING_KEY}, "/routing_key"),
        ({"kind": "slack", "routing_key": ROUTING_KEY}, "/routing_key"),
    ],
)
def test_bad_members(organisation, members, pointer):
    make(organisation.admin, **members).expect_problem(422, "invalid-request", pointer)


def test_url_is_needed(organisation):
    organisation.admin.post("/v1/webhooks", {"kind": "slack"}).expect_problem(422, "invalid-request", "/url")


def test_bad_changes(own):
    path = f"/v1/webhooks/{make(own.admin).expect(201)['id']}"
    for body, pointer in (
        ({"state": "gone"}, "/state"), ({"kind": "slack"}, "/kind"), ({"url": None}, "/url"), ({"events": []}, "/events"),
        ({"routing_key": ROUTING_KEY}, "/routing_key"),
    ):
        own.admin.call("PATCH", path, body).expect_problem(422, "invalid-request", pointer)


def test_bound_keys_stay_out(own):
    bound = own.client("operator", tags={"team_id": "support"})
    bound.get("/v1/webhooks").expect_problem(403, "forbidden")
    make(bound).expect_problem(403, "forbidden")


def test_rotation(own):
    made = make(own.admin).expect(201)
    rotated = own.admin.post(f"/v1/webhooks/{made['id']}/rotate-secret").expect(200)
    assert rotated["secret"] != made["secret"] and rotated["previous_secret_until"]
    assert "secret" not in own.admin.get(f"/v1/webhooks/{made['id']}").expect(200)
    own.admin.post(f"/v1/webhooks/{UNKNOWN}/rotate-secret").expect_problem(404, "not-found")


def test_a_second_rotation_must_be_meant(own):
    made = make(own.admin).expect(201)
    path = f"/v1/webhooks/{made['id']}/rotate-secret"
    first = own.admin.post(path).expect(200)
    problem = own.admin.post(path).expect_problem(409, "conflict")
    assert "force=true" in problem["detail"]
    own.admin.post(path, query={"force": "false"}).expect_problem(409, "conflict")
    own.admin.post(path, query={"force": "maybe"}).expect_problem(422, "invalid-request", "?force")
    second = own.admin.post(path, query={"force": "true"}).expect(200)
    assert second["secret"] not in (made["secret"], first["secret"])


def test_the_url_of_a_slack_webhook_is_shown_once(own):
    url = "https://hooks.slack.example.invalid/services/T0/B0/abcdefghijklmnopWXYZ"
    made = own.admin.post("/v1/webhooks", {"url": url, "kind": "slack"}).expect(201)
    assert made["url"] == url
    shown = "https://hooks.slack.example.invalid/services/T0/B0/…WXYZ"
    path = f"/v1/webhooks/{made['id']}"
    assert own.admin.get(path).expect(200)["url"] == shown
    assert own.admin.get("/v1/webhooks").expect(200)["data"][0]["url"] == shown
    assert own.admin.call("PATCH", path, {"events": ["alert.*"]}).expect(200)["url"] == shown
    assert own.admin.post(f"{path}/rotate-secret").expect(200)["url"] == shown
    own.admin.call("PATCH", path, {"url": shown}).expect_problem(422, "invalid-request", "/url")
    tested = own.admin.post(f"{path}/test").expect(200)
    assert (tested["request"]["url"], tested["attempts"][0]["url"]) == (shown, shown)


def test_an_endpoint_that_does_not_answer(own):
    made = make(own.admin).expect(201)
    tested = own.admin.post(f"/v1/webhooks/{made['id']}/test").expect(200)
    assert (tested["kind"], tested["state"], tested["last_status"]) == ("webhook.test", "dead", None)
    assert tested["last_error"] and tested["request"]["headers"]["webhook-id"] == tested["event_id"]
    assert own.admin.get(f"/v1/deliveries/{tested['id']}").expect(200) == tested
    listed = own.admin.get(f"/v1/webhooks/{made['id']}/deliveries", query={"state": "dead"}).expect(200)["data"]
    assert [delivery["id"] for delivery in listed] == [tested["id"]]
    own.admin.get(f"/v1/webhooks/{made['id']}/deliveries", query={"state": "lost"}).expect_problem(422, "invalid-request", "?state")
    queued = own.admin.post(f"/v1/deliveries/{tested['id']}/replay").expect(202)
    assert queued["state"] == "pending" and queued["event_id"] == tested["event_id"]
    own.admin.call("DELETE", f"/v1/webhooks/{made['id']}").expect(204)
    own.admin.post(f"/v1/deliveries/{tested['id']}/replay").expect_problem(409, "conflict")


def test_unknown(organisation):
    for path in (f"/v1/webhooks/{UNKNOWN}", f"/v1/webhooks/{UNKNOWN}/deliveries", f"/v1/deliveries/{UNKNOWN}", "/v1/deliveries/x"):
        organisation.admin.get(path).expect_problem(404, "not-found")
    for path in (f"/v1/webhooks/{UNKNOWN}/test", f"/v1/deliveries/{UNKNOWN}/replay"):
        organisation.admin.post(path).expect_problem(404, "not-found")


def test_others_do_not_see_it(own, organisation):
    made = make(own.admin).expect(201)
    tested = own.admin.post(f"/v1/webhooks/{made['id']}/test").expect(200)
    for path in (f"/v1/webhooks/{made['id']}", f"/v1/webhooks/{made['id']}/deliveries", f"/v1/deliveries/{tested['id']}"):
        organisation.admin.get(path).expect_problem(404, "not-found")
    organisation.admin.post(f"/v1/deliveries/{tested['id']}/replay").expect_problem(404, "not-found")


def test_a_contact_without_webhook_is_warned_of(own):
    policy = {
        "contacts": {"lead@example.com": ["there", "missing"]},
        "envelopes": [{"name": "team", "owner": "lead@example.com", "meter": "cost", "limit": "10"}],
    }
    make(own.admin, name="there").expect(201)
    warnings = own.apply(policy)["warnings"]
    assert [warning["pointer"] for warning in warnings] == ["/contacts/lead@example.com/1"]
    assert "missing" in warnings[0]["detail"]
