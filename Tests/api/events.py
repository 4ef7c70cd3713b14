"""Reads streams of server-sent events."""

import http.client
import json

import document


def parse(text):
    """The events of a stream as a reader dispatches them (WHATWG HTML, section 9.2.6), and its last id."""
    events, last = [], None
    for block in text.split("\n\n"):
        event = {}
        for line in block.split("\n"):
            name, _, value = line.partition(": ")
            if line and not line.startswith(":"):
                assert name in ("id", "event", "data", "retry") and name not in event, line
                event[name] = value
        last = int(event.get("id", last or 0))
        if "data" in event:
            data = json.loads(event["data"])
            assert document.errors({"$ref": "#/components/schemas/CloudEvent"}, data) == []
            assert data["type"] == f"purser.{event['event']}"
            events.append((int(event["id"]), event["event"], data))
    return events, last


def read(client, wait=2, headers=None, **query):
    """Everything that a stream shows within so many seconds."""
    answer = client.get("/v1/events", query={"wait": wait} | query, headers=headers)
    answer.expect_stream()
    return parse(answer.content.decode())


def read_until(client, count, **query):
    """Reads a stream until it has shown so many events, then goes away."""
    connection = http.client.HTTPConnection(client._address.netloc, timeout=30)
    path = "/v1/events?" + "&".join(f"{name}={value}" for name, value in query.items())
    connection.request("GET", path, headers={"Authorization": f"Bearer {client.key}"})
    response, text = connection.getresponse(), ""
    while text.count("\ndata: ") < count or not text.endswith("\n\n"):
        text += response.readline().decode()
    connection.close()
    return parse(text)[0]
