"""What finance does at the dashboard: finds who spends more and why, asks further, and changes a limit."""

import urllib.parse

from selenium.webdriver.common.by import By

from company import NEW_MODEL, TRIPLED, UPDATE_DAY, WORKFLOWS

(WORKFLOW,) = [workflow for workflow in WORKFLOWS if workflow.name == TRIPLED]
PAGES = ["overview", "envelopes", "envelopes/contract-review", "envelopes/team-month", "spend", "spend?group_by=team_id&interval=day", "trends",
         f"workflows/{TRIPLED}", "economics", "coverage", "reviews", "reviews/preview", "imports", "policy", "policy/versions/2/difference", "seal"]


def cells(eyes, text):
    """Of the first row of a table with this text."""
    row = [row for row in eyes.driver.find_elements(By.CSS_SELECTOR, "tbody tr") if text in row.text][0]
    return row.text


def test_finance_finds_the_workflow_that_tripled_and_its_owner_in_three_clicks(world, eyes):
    eyes.sign_in(world.keys["finance"])
    assert eyes.title == "Overview", "the overview is where finance begins"
    assert NEW_MODEL in cells(eyes, TRIPLED) and WORKFLOW.owner in cells(eyes, TRIPLED)
    eyes.clicks = 0
    eyes.click(TRIPLED)
    assert eyes.title == TRIPLED and f"Owner: {WORKFLOW.owner}" in eyes.words
    (change,) = [line for line in eyes.words.splitlines() if line.startswith("+") and line.endswith("%")][:1]
    assert 150 < float(change.strip("+%\u00a0 ")) < 320, change
    assert f"{WORKFLOW.model} → {NEW_MODEL}" in cells(eyes, "→"), "before and after the change stand side by side"
    day = world.company.date(UPDATE_DAY)
    assert day.strftime("%-d %b %Y") in cells(eyes, "→")
    eyes.click("Explore it by agent")
    assert "contract-review-01" in eyes.words and eyes.clicks <= 3


def test_finance_asks_further_down_to_the_steps_of_a_run(world, eyes):
    eyes.sign_in(world.keys["finance"], to="/dashboard/spend")
    eyes.type("group_by", "workflow_name")
    eyes.press("Ask")
    eyes.driver.find_element(By.CSS_SELECTOR, f'a[href*="where.workflow_name={TRIPLED}"]').click()
    eyes.check()
    assert f"workflow_name is {TRIPLED}" in eyes.words
    eyes.driver.find_element(By.CSS_SELECTOR, 'a[href^="/dashboard/runs?"]').click()
    eyes.check()
    assert eyes.title == "Runs"
    eyes.driver.find_element(By.CSS_SELECTOR, 'th a[href^="/dashboard/runs/"]').click()
    eyes.check()
    assert "contract-review" in eyes.words


def test_finance_changes_a_limit_and_freezes(world, eyes):
    eyes.sign_in(world.keys["finance"], to="/dashboard/envelopes/lead-research")
    eyes.type("amount", "fifty", form="/adjust")
    eyes.type("reason", "Two campaigns more", form="/adjust")
    eyes.press("Change the limit")
    assert "changed by" not in eyes.words
    eyes.type("amount", "50", form="/adjust")
    eyes.press("Change the limit")
    assert "The limit was changed by 50." in eyes.words
    (balance,) = world.admin.get("/v1/envelopes/lead-research/balances")["data"]
    assert balance["limit"] == str(int(next(w.limit for w in WORKFLOWS if w.name == "lead_research")) + 50)
    eyes.type("reason", "A wrong campaign", form="/freeze")
    eyes.press("Freeze the envelope")
    assert "Frozen by Mara (finance)" in eyes.words
    eyes.type("reason", "It was stopped", form="/unfreeze")
    eyes.press("Unfreeze")
    assert "admits calls again" in eyes.words


def test_every_page_of_governance_can_be_looked_at(world, eyes):
    eyes.sign_in(world.keys["finance"])
    (balance,) = world.admin.get("/v1/envelopes/contract-review/balances")["data"]
    for page in PAGES + [f"envelopes/contract-review/balances/{balance['id']}"]:
        eyes.look_at(f"/dashboard/{page}")


def test_pages_answer_without_styles_and_pictures(world, eyes):
    """Each chart has its numbers in a table."""
    eyes.sign_in(world.keys["finance"])
    for page in PAGES:
        eyes.open("/dashboard/" + urllib.parse.quote(page, safe="/?=&"))
        charts = eyes.driver.find_elements(By.CSS_SELECTOR, ".chart")
        for chart in charts:
            assert chart.find_elements(By.CSS_SELECTOR, "details table caption"), page
