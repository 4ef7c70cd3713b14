import os
import time

import pytest

from client import Client
from organisation import Organisation, model_call


def _setting(name):
    value = os.environ.get(name)
    if not value:
        pytest.exit(f"set {name}: these tests need a running server", returncode=2)
    return value


@pytest.fixture(scope="session")
def installation():
    """The admin of the organisation `default`."""
    client = Client(_setting("PURSER_URL"), _setting("PURSER_ADMIN_KEY"))
    deadline = time.monotonic() + 30
    while True:
        try:
            if client.get("/health/ready").status == 200:
                return client
        except OSError:
            pass
        if time.monotonic() > deadline:
            pytest.exit(f"{client.url} is not ready after 30 s", returncode=2)
        time.sleep(0.2)


@pytest.fixture(scope="session")
def has_test_clock(installation):
    return installation.get("/v1/test-clock").status == 200


@pytest.fixture(scope="session")
def organisation(installation):
    """Shared by the tests that must change nothing; one reservation is open and one charge booked."""
    organisation = Organisation(installation)
    organisation.open = organisation.admin.reserve(model_call()).expect(201)["id"]
    spent = organisation.admin.reserve(model_call()).expect(201)["id"]
    organisation.admin.post(f"/v1/reservations/{spent}/commit", {"cost": "0.02"}).expect(200)
    organisation.committed = spent
    return organisation


@pytest.fixture
def own(installation):
    """An organisation for one test alone."""
    return Organisation(installation)


@pytest.fixture
def unchanged(organisation):
    """Fails the test if it leaves anything held, spent or open."""
    before = organisation.books()
    yield organisation
    assert organisation.books() == before
