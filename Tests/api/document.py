"""The API description, ready to validate messages against it."""

import functools
import json
import pathlib

import jsonschema_rs
import yaml

PATH = pathlib.Path(__file__).resolve().parents[2] / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"'{key}' stands here twice", node.start_mark)
        return super().construct_mapping(node, deep)


@functools.cache
def document():
    with PATH.open(encoding="utf-8") as file:
        return yaml.load(file, _Loader)


def resolve(node):
    """Follows a `$ref` within the document; anything else is returned as it is."""
    while isinstance(node, dict) and "$ref" in node:
        target = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def operations():
    """Every operation as (path, method, operation)."""
    for path, item in document()["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def find(path_template, method):
    return document()["paths"].get(path_template, {}).get(method.lower())


def errors(schema, instance):
    """What is wrong with `instance`, one line a mistake; empty if nothing is."""
    return [f"/{'/'.join(map(str, error.instance_path))}: {error.message}" for error in _validator(json.dumps(schema)).iter_errors(instance)]


@functools.cache
def _validator(schema):
    whole = {"components": document()["components"], "allOf": [json.loads(schema)]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
