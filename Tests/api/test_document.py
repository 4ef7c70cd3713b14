"""The description is valid, and its examples are what it describes. Needs no server."""

from fractions import Fraction

import openapi_spec_validator
import pytest

from document import document, errors, operations, resolve


def examples():
    """Every message that the document shows, once: the schema it belongs to, and the message."""
    seen = {}
    for path, method, operation in operations():
        here = f"{method} {path}"
        bodies = [("request", resolve(operation.get("requestBody", {})))]
        bodies += [(status, resolve(answer)) for status, answer in operation["responses"].items()]
        for part, body in bodies:
            for media_type, content in body.get("content", {}).items():
                for name, example in content.get("examples", {}).items():
                    value = resolve(example)["value"]
                    seen.setdefault(
                        repr((content["schema"], value)),
                        pytest.param(content["schema"], value, id=f"{here} {part} {media_type} {name}"),
                    )
    return list(seen.values())


def views(node):
    """Every envelope view and balance in an example."""
    if isinstance(node, dict):
        if {"limit", "held", "spent", "remaining", "used_percent"} <= node.keys():
            yield node
        for value in node.values():
            yield from views(value)
    elif isinstance(node, list):
        for value in node:
            yield from views(value)


def test_document_is_valid():
    openapi_spec_validator.validate(document())


def test_operation_ids_are_unique():
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("schema, value", examples())
def test_example_is_valid(schema, value):
    assert errors(schema, value) == []


@pytest.mark.parametrize("schema, value", examples())
def test_example_adds_up(schema, value):
    for view in views(value):
        limit, held, spent, remaining = (Fraction(view[name]) for name in ("limit", "held", "spent", "remaining"))
        assert remaining == limit - held - spent
        assert Fraction(str(view["used_percent"])) == Fraction((held + spent) * 10_000 // limit, 100)
