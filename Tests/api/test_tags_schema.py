"""The JSON Schema of the tag rules: it finds valid what the server admits, and nothing else."""

import os
import random

import jsonschema
import pytest

from organisation import model_call

EXCEPTIONS = [
    {"match": {"workflow_name": "legacy_*"}, "missing": ["cost_center"], "expires": "9999-12-31", "reason": "PLAT-88"},
    {
        "match": {"user_id": ["u-1", "u.*"], "environment": "prod*"},
        "missing": ["feature_id", "team_id"],
        "expires": "9999-12-30T18:00:00Z",
        "reason": 'said "so"',
    },
    {"match": {"team_id": "*"}, "missing": ["cost_center"], "expires": "1970-01-01", "reason": "long over"},
]
VALUES = {
    "team_id": ["support", "s.pport", "a+b*", "*(x|y)$", "caf\u00e9"],
    "environment": ["production", "staging", "sandbox", "caf\u00e9"],
    "user_id": ["*"],
}
RULES = {
    "none": None,
    "one list": {
        "required": ["team_id", "cost_center", ["product", "feature_id"]],
        "values": VALUES,
        "allow_missing_in": ["sandbox", "caf\u00e9"],
        "exceptions": EXCEPTIONS,
    },
    "by environment": {
        "required": {
            "production": ["environment", "team_id", ["product", "feature_id"]],
            "staging": ["cost_center"],
            "caf\u00e9": ["cost_center", "team_id"],
        },
        "exceptions": EXCEPTIONS,
    },
    "values alone": {"values": VALUES | {"product": ["a*b", "**z"], "cost_center": ["1"]}},
    "without environment": {"required": [["environment", "team_id"], "cost_center"], "allow_missing_in": ["production"]},
}
# With each tag, the values of the rules and those that a careless regular expression would take for them.
TAGS = {
    "environment": ["production", "staging", "sandbox", "caf\u00e9", "cafe\u0301", "Production", "nowhere"],
    "team_id": ["support", "sxpport", "a+b", "aab1", "a+b-7", "xa+b", "(x|y)$", "ax", "caf\u00e9", "cafe\u0301"],
    "cost_center": ["1", "cc-42"],
    "product": ["ab", "xab", "yz", "a\u2028b", "a\u65e5\U0001f600b", "abc"],
    "feature_id": ["f"],
    "workflow_name": ["legacy_", "legacy_import", "legacy", "import"],
    "user_id": ["u-1", "u.", "u.2", "u-2"],
}


def apply(organisation, rules):
    """Puts the rules in force, with an envelope that every call fits in, and gives a validator of their schema."""
    policy = {"envelopes": [{"name": "open", "meter": "cost", "limit": "1000000"}]} | ({"tags": rules} if rules else {})
    organisation.admin.post("/v1/policy/versions", policy).expect(201)
    schema = organisation.admin.get("/v1/tags/schema").expect(200)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def is_admitted(organisation, tags):
    """Whether a call with these tags breaks no tag rule; it must have nothing else against it."""
    answer = organisation.admin.reserve(model_call(tags=tags))
    if answer.status == 201:
        return True
    assert answer.expect(422)["type"] in ("/problems/tags-missing", "/problems/tag-value"), answer.content
    return False


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES.keys())
def test_schema_agrees_with_the_server(own, rules):
    seed = int(os.environ.get("PURSER_SEED") or random.randrange(2**32))
    print(f"PURSER_SEED={seed}")
    choices = random.Random(seed)
    validator = apply(own, rules)
    seen = set()
    for _ in range(120):
        share = choices.choice((0.3, 0.7, 0.9))
        tags = {name: choices.choice(values) for name, values in TAGS.items() if choices.random() < share}
        valid = validator.is_valid(tags)
        assert valid == is_admitted(own, tags), f"PURSER_SEED={seed}: {tags}: {[e.message for e in validator.iter_errors(tags)]}"
        seen.add(valid)
    assert seen == ({True, False} if rules else {True})


@pytest.mark.parametrize("rules", [None, RULES["values alone"]], ids=["no rules", "values"])
def test_schema_has_the_limits_of_every_tag(own, rules):
    validator = apply(own, rules)
    good = {
        "nothing": {},
        "64 tags": {f"t{number}": "x" for number in range(64)},
        "the longest name": {"t" * 63: "x"},
        "the longest value": {"user_id": "\U0001f600" * 256},
    }
    for name, tags in good.items():
        assert validator.is_valid(tags) and is_admitted(own, tags), name
    bad = {
        "65 tags": {f"t{number}": "x" for number in range(65)},
        "a name too long": {"t" * 64: "x"},
        "a name in capitals": {"Team": "x"},
        "a name with a dash": {"team-id": "x"},
        "no name": {"": "x"},
        "model": {"model": "x"},
        "tier": {"tier": "x"},
        "an empty value": {"user_id": ""},
        "a value too long": {"user_id": "\U0001f600" * 257},
        "a line feed": {"user_id": "u\n"},
        "a control character": {"other": "u\u0085x"},
        "a number": {"user_id": 1},
        "null": {"other": None},
    }
    for name, tags in bad.items():
        assert not validator.is_valid(tags), name
        own.admin.reserve(model_call(tags=tags)).expect_problem(422, "invalid-request")
