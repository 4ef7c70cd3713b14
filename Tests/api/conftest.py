import os
import time

import pytest

from client import Client
from organisation import Organisation, model_call

PREMIUM = {model: {"input_cost_per_token": 1e-05, "output_cost_per_token": 4e-05} for model in ("test-premium", "test-lone")}


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


class Shared:
    """The organisation of the tests that must change nothing; a new one after a test that did."""

    def __init__(self, installation):
        self._installation = installation
        self._organisation = None

    def organisation(self):
        if self._organisation is None:
            made = Organisation(self._installation)
            made.open = made.admin.reserve(model_call()).expect(201)["id"]
            made.committed = made.admin.reserve(model_call()).expect(201)["id"]
            made.admin.post(f"/v1/reservations/{made.committed}/commit", {"cost": "0.02"}).expect(200)
            self._organisation = made
        return self._organisation

    def drop(self):
        self._organisation = None


@pytest.fixture(scope="session")
def shared(installation):
    return Shared(installation)


@pytest.fixture
def organisation(shared):
    """Has one reservation that is `open` and one that was `committed`."""
    return shared.organisation()


@pytest.fixture
def own(installation):
    """An organisation for one test alone."""
    return Organisation(installation)


@pytest.fixture
def planned(installation):
    """An organisation for one test alone, with the rules of plans.yaml."""
    made = Organisation(installation, policy="plans.yaml")
    made.admin.post("/v1/prices/import", PREMIUM).expect(200)
    return made


@pytest.fixture
def unchanged(shared, organisation):
    """Fails the test if it leaves anything held, spent or open, or another policy."""
    before = organisation.books()
    yield organisation
    after = None
    try:
        after = organisation.books()
    finally:
        if after != before:
            shared.drop()
    assert after == before
