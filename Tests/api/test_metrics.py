"""What Prometheus is shown, from the server's own machine."""

import re

import pytest

from organisation import model_call

LINE = re.compile(r'(#\s(HELP|TYPE)\s[a-z_]+\s.*|[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\})?\s(\S+))')


def text_of(installation):
    answer = installation.with_key(None).get("/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return answer.content.decode()


def test_every_line_is_one_of_the_format(installation):
    text = text_of(installation)
    assert text.endswith("\n")
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        assert match, line
        if not line.startswith("#"):
            float(match.group(6).replace("Inf", "inf"))


def test_a_call_is_counted(own, installation):
    awkward = 'agent "x" \\ 7'
    call = model_call(tags={"team_id": "support", "agent_id": awkward, "run_id": "r"})
    hold = own.admin.reserve(call).expect(201)
    own.admin.post(f"/v1/reservations/{hold['id']}/commit", {"cost": "0.02"}).expect(200)
    escaped = awkward.replace("\\", "\\\\").replace('"', '\\"')
    text = text_of(installation)
    assert f'purser_decisions_total{{org="{own.name}",decision="allow",envelope=""}} 1' in text
    assert f'purser_cost_total{{org="{own.name}",currency="EUR",agent_id="{escaped}",workflow_name=""}} 0.02\n' in text


def test_paths_are_counted_by_their_template(own, installation):
    for number in range(3):
        own.admin.get(f"/v1/none-{number}").expect_problem(404, "not-found")
        own.admin.get(f"/v1/envelopes/none-{number}").expect_problem(404, "not-found")
    text = text_of(installation)
    assert "none-" not in text
    assert 'route="/v1/envelopes/{name}",status="404"' in text
    assert 'route="unmatched",status="404"' in text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_is_only_read(installation, method):
    installation.call(method, "/metrics", described=False).expect_problem(405, "method-not-allowed")
