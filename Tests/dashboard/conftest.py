import os

import pytest

from eyes import Eyes
from seed import SEED, World


@pytest.fixture(scope="session")
def world():
    """A company with everything that people look for: see `seed.py`."""
    print(f"seed {SEED}")
    days = os.environ.get("PURSER_DAYS")
    made = World(os.environ["PURSER_URL"], os.environ["PURSER_ADMIN_KEY"], days=int(days) if days else None)
    made.live()
    made.act()
    made.settle()
    return made


@pytest.fixture(scope="session")
def browser():
    eyes = Eyes(os.environ["PURSER_URL"])
    yield eyes
    eyes.close()


@pytest.fixture
def eyes(browser):
    """A browser that is signed in nowhere."""
    browser.forget()
    return browser
