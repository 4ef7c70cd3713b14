"""The stream of events: what comes, to whom, and from where on."""

import pytest

from events import read, read_until
from organisation import Organisation, model_call

POLICY = {
    "envelopes": [
        {
            "name": "team", "per": ["team_id"], "meter": "cost", "limit": "10",
            "plan": [{"at": 50, "do": "alert"}, {"at": 100, "do": "require_approval"}],
        }
    ]
}


@pytest.fixture
def teams(own):
    own.apply(POLICY)
    return own


def spend(own, team, cost="6", status=201):
    tags = {"team_id": team, "run_id": f"run of {team}"}
    return own.admin.reserve(model_call(tags=tags, estimate={"cost": cost})).expect(status)


def test_everything_in_order(teams):
    spend(teams, "red")
    spend(teams, "red", status=403)
    teams.set_frozen("team", True, "looks wrong")
    events = read_until(teams.admin, 3, after=0)
    assert [(number, kind) for number, kind, _ in events] == [(1, "alert"), (2, "approval.requested"), (3, "envelope.frozen")]
    first, _, third = (event for _, _, event in events)
    assert first["source"] == f"/v1/orgs/{teams.name}" and first["subject"] == "team"
    assert {name: first["data"][name] for name in ("at", "key", "held", "limit")} == {
        "at": 50, "key": {"team_id": "red"}, "held": "6", "limit": "10",
    }
    assert "looks wrong" in third["data"]["reason"]


def test_begins_now(teams):
    """Without a position, the past is not told; an id says where the stream begins, so that nothing after it is lost."""
    spend(teams, "red")
    assert len(read_until(teams.admin, 1, after=0)) == 1
    events, last = read(teams.admin, wait=0)
    assert (events, last) == ([], 1)
    spend(teams, "blue")
    events = read_until(teams.admin, 1, after=last)
    assert [(number, event["data"]["key"]) for number, _, event in events] == [(2, {"team_id": "blue"})]


def test_resumes(teams):
    for number in range(5):
        spend(teams, f"team {number}")
    assert len(read_until(teams.admin, 5, after=0)) == 5
    for seen in range(6):
        # The header is what a reader that comes back has seen; the address is the one it began with.
        events, last = read(teams.admin, wait=0, headers={"Last-Event-ID": str(seen)}, after=0)
        assert [number for number, _, _ in events] == list(range(seen + 1, 6))
        assert last == 5


@pytest.mark.parametrize(
    "types, kinds",
    [
        ("alert", {"alert"}),
        ("approval.*", {"approval.requested"}),
        ("approval.*,alert.*", {"alert", "approval.requested"}),
        ("*", {"alert", "approval.requested"}),
        ("alert.cleared", set()),
    ],
)
def test_types(teams, types, kinds):
    spend(teams, "red")
    spend(teams, "red", status=403)
    read_until(teams.admin, 2, after=0)
    assert {kind for _, kind, _ in read(teams.admin, wait=0, after=0, types=types)[0]} == kinds


@pytest.mark.parametrize("role", ["gateway", "finance", "approver", "operator"])
def test_a_bound_key_sees_its_own(teams, role):
    for team in ("red", "blue"):
        spend(teams, team)
    read_until(teams.admin, 2, after=0)
    blue = teams.client(role, tags={"team_id": "blue"})
    assert [event["data"]["key"] for _, _, event in read(blue, wait=0, after=0)[0]] == [{"team_id": "blue"}]


def test_of_another_organisation(installation, teams):
    spend(teams, "red")
    read_until(teams.admin, 1, after=0)
    stranger = Organisation(installation)
    assert read(stranger.admin, wait=0, after=0) == ([], 0)


@pytest.mark.parametrize(
    "query, pointer",
    [
        ({"after": "-1"}, "?after"),
        ({"after": "x"}, "?after"),
        ({"after": "1"}, "?after"),
        ({"after": str(2**63)}, "?after"),
        ({"wait": "3601"}, "?wait"),
        ({"wait": "-1"}, "?wait"),
        ({"wait": "1.5"}, "?wait"),
        ({"wait": ""}, "?wait"),
        ({"types": "alerts"}, "?types"),
        ({"types": ""}, "?types"),
        ({"types": "alert,"}, "?types"),
        ({"types": "*.*"}, "?types"),
        ({"limit": "1"}, "?limit"),
    ],
)
def test_query(own, query, pointer):
    own.admin.get("/v1/events", query=query).expect_problem(422, "invalid-request", pointer)


@pytest.mark.parametrize("position", ["-1", "x", "1", "01a1fd60-ed00-7b70-8045-a9b279bec118"])
def test_header(own, position):
    answer = own.admin.get("/v1/events", headers={"Last-Event-ID": position}, query={"after": 0})
    answer.expect_problem(422, "invalid-request", "Last-Event-ID")


def test_needs_a_key(own):
    own.admin.with_key(None).get("/v1/events", query={"wait": 0}).expect_problem(401, "unauthorized")
    own.admin.post("/v1/events", {}).expect_problem(405, "method-not-allowed")
