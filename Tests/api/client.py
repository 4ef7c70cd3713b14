"""Sends requests to a running server and checks every answer against the API description."""

import dataclasses
import http.client
import json
import re
import urllib.parse
import uuid

import document

UNSET = object()


class Raw(str):
    """Text that is put into a JSON body as it stands: a number that Python would not write."""


def encode(body):
    """JSON with `Raw` values unquoted."""
    raw = []

    def mark(node):
        if isinstance(node, Raw):
            raw.append(node)
            return f"@raw{len(raw) - 1}@"
        if isinstance(node, dict):
            return {name: mark(value) for name, value in node.items()}
        if isinstance(node, list):
            return [mark(value) for value in node]
        return node

    text = json.dumps(mark(body), ensure_ascii=False)
    for number, value in enumerate(raw):
        text = text.replace(f'"@raw{number}@"', value)
    return text.encode()


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def json(self):
        return json.loads(self.content)

    @property
    def media_type(self):
        return (self.headers.get("Content-Type") or "").split(";")[0].strip()

    def expect(self, status):
        assert self.status == status, f"{self.status} instead of {status}: {self.content[:2000].decode(errors='replace')}"
        return self.json if self.content else None

    def expect_stream(self):
        assert self.status == 200, f"{self.status}: {self.content[:2000].decode(errors='replace')}"
        assert self.media_type == "text/event-stream"
        assert self.headers.get("Cache-Control") == "no-cache"

    def expect_problem(self, status, name, pointer=UNSET):
        """A problem of this type; its errors point to `pointer` and nowhere else, or to one of several."""
        problem = self.expect(status)
        assert self.media_type == "application/problem+json"
        assert problem["type"] == f"/problems/{name}", problem
        assert problem["status"] == status
        if pointer is not UNSET:
            pointers = {error["pointer"] for error in problem["errors"]}
            allowed = {pointer} if isinstance(pointer, str) else set(pointer)
            assert pointers and pointers <= allowed, f"points to {sorted(pointers)} instead of {sorted(allowed)}"
        return problem


class Client:
    """One caller: a server's address and, unless it calls without one, a key."""

    def __init__(self, url, key=None):
        self.url = url.rstrip("/")
        self.key = key
        self._address = urllib.parse.urlsplit(self.url)

    def with_key(self, key):
        return Client(self.url, key)

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.call("POST", path, body, **options)

    def pages(self, path, *, described=True, **query):
        """Every entry of a list."""
        after = {}
        while True:
            page = self.get(path, query={"limit": 200} | query | after, described=described).expect(200)
            yield from page["data"]
            if page["next"] is None:
                return
            after = {"after": page["next"]}

    def reserve(self, body, *, idempotency_key=None, **options):
        return self._charge("/v1/reservations", body, idempotency_key, options)

    def charge(self, body, *, idempotency_key=None, **options):
        return self._charge("/v1/usage", body, idempotency_key, options)

    def _charge(self, path, body, idempotency_key, options):
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())} | options.pop("headers", {})
        return self.post(path, body, headers=headers, **options)

    def call(self, method, path, body=None, *, query=None, headers=None, content_type=UNSET, described=True):
        """Sends one request. `body` is sent as it is if it is bytes, in chunks if it is a list of bytes, else as JSON.

        Every answer is checked against the description, unless `described` is false.
        """
        if body is not None and not isinstance(body, (bytes, list)):
            body = encode(body)
        sent = {}
        if self.key is not None:
            sent["Authorization"] = f"Bearer {self.key}"
        if body is not None and content_type is UNSET:
            content_type = "application/json"
        if content_type not in (UNSET, None):
            sent["Content-Type"] = content_type
        sent |= headers or {}
        target = path + ("?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote) if query else "")
        answer = self._send(method, self._address.path + target, body, sent)
        if described:
            check(method, path, answer)
        return answer

    def _send(self, method, target, body, headers):
        kind = http.client.HTTPSConnection if self._address.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._address.netloc, timeout=60)
        try:
            try:
                connection.request(method, target, body, headers)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the server has refused the body before it was all sent; its answer is there to be read
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()


def template_of(path):
    """The path of the description that a request path belongs to; None if there is none."""
    matching = [
        template for template in document.document()["paths"] if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path)
    ]
    return min(matching, key=lambda template: template.count("{"), default=None)


def check(method, path, answer):
    """Fails unless the description lists this answer exactly."""
    template = template_of(path)
    operation = template and document.find(template, method)
    if operation:
        where = f"{method} {template} {answer.status}"
        described = operation["responses"].get(str(answer.status))
    else:
        where = f"{method} {path} {answer.status}"
        described = {
            404: {"$ref": "#/components/responses/NotFound"},
            405: {"$ref": "#/components/responses/MethodNotAllowed"},
        }.get(answer.status)
    assert described is not None, f"{where} is not described: {answer.content[:2000].decode(errors='replace')}"
    described = document.resolve(described)
    for name, header in described.get("headers", {}).items():
        header = document.resolve(header)
        value = answer.headers.get(name)
        assert value is not None or not header.get("required"), f"{where} lacks {name}"
        if value is not None:
            typed = int(value) if header["schema"]["type"] == "integer" else value
            assert document.errors(header["schema"], typed) == [], f"{where}: {name}: {value}"
    content = described.get("content")
    if not content:
        assert answer.content == b"", f"{where} has a body"
        return
    assert answer.media_type in content, f"{where}: {answer.media_type} is not described"
    if answer.media_type.endswith("json"):
        mistakes = document.errors(content[answer.media_type]["schema"], answer.json)
        assert mistakes == [], f"{where} is not as described: {mistakes}\n{answer.content[:4000].decode()}"
