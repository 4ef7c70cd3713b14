"""What platform engineers and approvers do at the dashboard, from the first click to what comes of it."""

import threading
import urllib.parse

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from seed import Caller


def test_approver_answers_and_the_agent_goes_on(world, eyes):
    question = world.ask(run="procure-walk")
    resumed = {}

    def agent():
        resumed.update(Caller(world.url, world.keys["gateway"]).get(f"/v1/approvals/{question}", wait=60))

    waiting = threading.Thread(target=agent)
    waiting.start()
    eyes.sign_in(world.keys["approver"])
    assert eyes.title == "Approvals", "the inbox is where an approver begins"
    eyes.click("run procure-walk")
    eyes.type("amount", "a lot", form="/approve")
    eyes.type("reason", "The quarter ends", form="/approve")
    eyes.press("Approve")
    assert "Approval for run procure-walk" == eyes.title and "Write 9.50." in eyes.words
    eyes.type("amount", "1300", form="/approve")
    eyes.press("Approve")
    assert eyes.title == "Approvals" and "Approved: run procure-walk." in eyes.words
    waiting.join(timeout=30)
    assert not waiting.is_alive(), "the agent still waits"
    assert (resumed["state"], resumed["amount"], resumed["decision_reason"]) == ("approved", "1300", "The quarter ends")
    body = {"tags": resumed["tags"], "model": "claude-sonnet-4-5", "estimate": {"cost": "1250"}, "ttl_seconds": 600}
    assert world.gateway.post("/v1/reservations", body, headers={"Idempotency-Key": question})["state"] == "held"


def test_engineer_lifts_a_suspension(world, eyes):
    agent = world.company.suspended
    eyes.sign_in(world.keys["operator"])
    assert eyes.title == "Live fleet"
    eyes.click("Breakers")
    eyes.click(agent)
    assert "It asks the same lead again and again" in eyes.words
    eyes.type("reason", "The prompt was mended")
    eyes.type("allow_steps", "5")
    eyes.press("Lift")
    assert "Lifted" in eyes.words and "5 steps" in eyes.words
    lifted = world.admin.get(f"/v1/suspensions/{world.suspension}")
    assert (lifted["state"], lifted["lift_reason"], lifted["allow_steps"]) == ("lifted", "The prompt was mended", 5)
    eyes.click(agent)
    assert eyes.title == f"Agent {agent}" and "Suspended" not in eyes.driver.find_element(By.CLASS_NAME, "figures").text


def test_a_link_in_a_message_leads_to_the_page(world, eyes):
    eyes.sign_in(world.keys["operator"])
    eyes.driver.get(f"data:text/html,<a href='{world.url}/dashboard/breakers?state=lifted'>See</a>")
    eyes.driver.find_element(By.LINK_TEXT, "See").click()
    WebDriverWait(eyes.driver, 60).until(lambda driver: driver.title.startswith("Breakers"))
    assert eyes.path == "/dashboard/breakers?state=lifted"


def test_every_page_of_operations_can_be_looked_at(world, eyes):
    eyes.look_at("/dashboard/sign-in")
    eyes.sign_in(world.admin_key)
    (run, *_) = world.admin.get("/v1/runs", sort="cost", limit=1)["data"]
    first = {name: (world.admin.get(f"/v1/{name}", limit=1)["data"] or [None])[0] for name in ("approvals", "anomalies", "alerts", "suspensions")}
    pages = ["fleet", "runs", "approvals", "breakers", "breakers?state=lifted", "anomalies", "alerts", "webhooks", "time-zone", "nowhere"]
    pages += [f"runs/{urllib.parse.quote(run['run_id'], safe='')}", f"agents/{run['tags']['agent_id']}"]
    pages += [f"{'breakers' if name == 'suspensions' else name}/{entry['id']}" for name, entry in first.items() if entry]
    for page in pages:
        eyes.look_at(f"/dashboard/{page}")


def test_keys_alone_are_enough(world, eyes):
    """The first stop of the tabulator leads past the navigation; what has the focus is seen."""
    eyes.sign_in(world.keys["operator"])
    eyes.driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    first = eyes.driver.switch_to.active_element
    assert first.text == "Skip to the content" and first.rect["x"] >= 0
    first.send_keys(Keys.ENTER)
    assert eyes.driver.switch_to.active_element.get_attribute("id") == "main"
    for _ in range(12):
        eyes.driver.switch_to.active_element.send_keys(Keys.TAB)
        style = eyes.driver.execute_script(
            "const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)]")
        assert style[0] != "none" and style[1] >= 2
