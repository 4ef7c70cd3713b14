"""What the installation does on its own, and how it is asked to do it now."""

import urllib.parse

import pytest

import jobs
from organisation import Organisation

NAMES = {"create-partitions", "expire-holds", "open-windows", "retention", "route-downgrades", "verify"}


def listed(installation):
    return {entry["name"]: entry for entry in installation.get("/v1/schedules", query={"limit": 200}).expect(200)["data"]}


def test_every_job_is_listed(installation):
    found = listed(installation)
    assert NAMES <= set(found)
    assert list(found) == sorted(found)
    assert found["retention"]["every"] == "day at 03:00 UTC"
    assert found["retention"]["next_at"].endswith("T03:00:00Z")
    assert found["expire-holds"]["every"] == "second"


def test_pages(installation):
    names, after = [], None
    while True:
        query = {"limit": 2} | ({"after": after} if after else {})
        page = installation.get("/v1/schedules", query=query).expect(200)
        names += [entry["name"] for entry in page["data"]]
        after = page["next"]
        if after is None:
            break
        assert len(page["data"]) == 2
    assert names == sorted(listed(installation))


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_run_that_is_asked_for(installation, name):
    before = listed(installation)[name]
    after = jobs.run(installation, name)
    assert after["name"] == name
    assert after["last_state"] == "ok" and after["last_error"] is None
    assert after["runs"] > before["runs"] and after["failures"] == before["failures"]
    assert after["last_finished_at"] >= after["last_at"]
    if "day at" in after["every"]:
        assert after["next_at"] == before["next_at"]


@pytest.mark.parametrize("name", ["none", "Retention", "retention ", "expire_holds", "a" * 300])
def test_a_job_that_does_not_exist(installation, name):
    installation.post(f"/v1/schedules/{urllib.parse.quote(name)}/run").expect_problem(404, "not-found")


def test_only_the_operators_of_the_installation(installation):
    other = Organisation(installation)
    for role in ("gateway", "finance", "approver", "operator", "admin"):
        stranger = installation.with_key(other.make_key(role)["key"])
        stranger.get("/v1/schedules").expect_problem(403, "forbidden")
        stranger.post("/v1/schedules/retention/run").expect_problem(403, "forbidden")
    for role, status in (("gateway", 403), ("finance", 403), ("approver", 403), ("operator", 200)):
        key = installation.post("/v1/keys", {"role": role}).expect(201)
        caller = installation.with_key(key["key"])
        assert caller.get("/v1/schedules").status == status
        assert caller.post("/v1/schedules/retention/run").status == status
        installation.call("DELETE", f"/v1/keys/{key['id']}")


def test_a_run_takes_no_parameters(installation):
    installation.post("/v1/schedules/retention/run", query={"now": "true"}).expect_problem(422, "invalid-request", "?now")
    installation.get("/v1/schedules", query={"name": "x"}).expect_problem(422, "invalid-request", "?name")
    installation.get("/v1/schedules", query={"limit": 0}).expect_problem(422, "invalid-request", "?limit")


def test_no_other_methods(installation):
    for method, path in (("DELETE", "/v1/schedules"), ("GET", "/v1/schedules/retention/run"), ("PUT", "/v1/schedules/retention/run")):
        installation.call(method, path).expect_problem(405, "method-not-allowed")
