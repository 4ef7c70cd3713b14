"""Bad values, each with the place where it stands."""

import copy

from client import Raw

# None of these is an amount: digits without leading zeros, at most nine decimals, no sign, no exponent.
AMOUNTS = {
    "negative": "-1",
    "negative zero": "-0",
    "plus": "+1",
    "nan": "NaN",
    "infinity": "Infinity",
    "negative infinity": "-Infinity",
    "exponent": "1e3",
    "huge exponent": "1e400",
    "one nano too large": "9223372036.854775808",
    "far too large": "99999999999999999999999999",
    "ten decimals": "0.0000000001",
    "ten decimals, the last zero": "0.1000000000",
    "leading zero": "01",
    "no digits before the point": ".5",
    "no digits after the point": "1.",
    "two points": "1.2.3",
    "comma": "1,5",
    "separator": "1_000",
    "hexadecimal": "0x10",
    "blank before": " 1",
    "blank after": "1 ",
    "empty": "",
    "word": "ten",
    "currency": "1 EUR",
    "other digits": "\u0661\u0662",
    "number": 1.5,
    "whole number": 1,
    "overflowing number": Raw("1e400"),
    "tiny number": Raw("1e-400"),
    "true": True,
    "object": {"amount": "1"},
    "list": ["1"],
}

# The same for a change, which may have a minus and must not be zero.
CHANGES = {name: value for name, value in AMOUNTS.items() if name != "negative"} | {
    "zero": "0",
    "zero with decimals": "0.00",
    "minus alone": "-",
    "two minuses": "--1",
    "minus ten decimals": "-0.0000000001",
    "minus one nano too large": "-9223372036.854775808",
    "null": None,
}

# None of these is a whole number from 0 to 1,000,000,000,000.
COUNTS = {
    "negative": -1,
    "fraction": 1.5,
    "one too many": 1_000_000_000_001,
    "beyond 64 bits": Raw("18446744073709551617"),
    "beyond 63 bits": Raw("9223372036854775808"),
    "huge exponent": Raw("1e400"),
    "tiny": Raw("1e-400"),
    "text": "100",
    "true": True,
    "object": {},
    "list": [1],
}

COUNT_CHANGES = {name: value for name, value in COUNTS.items() if name != "negative"} | {
    "zero": 0,
    "one too many to take away": -1_000_000_000_001,
    "money": "1.5",
    "null": None,
}

# None of these is a text of 1 to 256 characters without control characters.
TEXTS = {
    "number": 1,
    "true": True,
    "list": ["x"],
    "object": {"x": "x"},
    "257 characters": "x" * 257,
    "null character": "a\u0000b",
    "line feed": "a\nb",
    "escape": "a\u001bb",
    "delete": "a\u007fb",
    "next line": "a\u0085b",
}
WORDS = TEXTS | {"empty": ""}
NAMES = WORDS | {"null": None}

# None of these is a text of 1 to 1,024 characters without control characters.
REASONS = {name: value for name, value in NAMES.items() if name != "257 characters"} | {"1025 characters": "x" * 1025}

# None of these is a time that lies ahead.
PAST = {
    "number": 1_900_000_000,
    "empty": "",
    "word": "tomorrow",
    "date": "2099-01-01",
    "no such month": "2099-13-01T00:00:00Z",
    "past": "2020-01-01T00:00:00Z",
    "list": ["2099-01-01T00:00:00Z"],
}

NOT_OBJECTS = {"null": None, "text": "x", "number": 1, "list": [], "true": True}

# None of these is a number of seconds from 1 to 3,600.
TTLS = {"zero": 0, "negative": -1, "too long": 3601, "fraction": 1.5, "text": "60", "huge exponent": Raw("1e400"), "true": True}

# Bytes that are not one JSON value in UTF-8, whatever the body should have.
MALFORMED = {
    "nothing": b"",
    "blank": b"  ",
    "word": b"hello",
    "open brace": b"{",
    "open name": b'{"',
    "wrong bracket": b"{]",
    "comma": b"{,}",
    "single quotes": b"{'a': 1}",
    "unquoted name": b"{a: 1}",
    "comment": b"{ /* none */ }",
    "two values": b"{} {}",
    "trailing text": b"{} x",
    "UTF-16": "{}".encode("utf-16"),
}

# The same for a reservation, with its fields.
MALFORMED_RESERVATIONS = {
    "broken off": b'{"tags": {"team_id": "supp',
    "trailing comma": b'{"tags": {},}',
    "trailing comma in tags": b'{"tags": {"team_id": "a",}}',
    "missing comma": b'{"tags": {} "model": "m"}',
    "missing colon": b'{"model" "m"}',
    "missing value": b'{"model": }',
    "bare NaN": b'{"estimate": {"cost": NaN}}',
    "bare Infinity": b'{"estimate": {"cost": Infinity}}',
    "leading zero": b'{"step": 01}',
    "plus": b'{"step": +1}',
    "hexadecimal": b'{"step": 0x1}',
    "bad escape": b'{"model": "\\x41"}',
    "short escape": b'{"model": "\\u12"}',
    "not UTF-8": b'{"model": "\xff\xfe"}',
    "overlong UTF-8": b'{"model": "\xc0\xaf"}',
}

# Not JSON either, but what a reader notices first may be that the value is not of the type that is due here.
UNREADABLE = {
    "open brackets": b"[" * 200_000,
    "deep nesting": b"[" * 100_000 + b"]" * 100_000,
    "deep nesting of objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "bare negative Infinity": b'{"estimate": {"cost": -Infinity}}',
    "raw tab": b'{"state_hash": "a\tb"}',
    "raw line feed": b'{"state_hash": "a\nb"}',
    "raw null character": b'{"state_hash": "a\x00b"}',
    "high surrogate alone": b'{"state_hash": "\\ud800"}',
    "low surrogate alone": b'{"state_hash": "\\udc00x"}',
}


def changed(body, pointer, value):
    """A copy of `body` with the value at a JSON pointer replaced or added."""
    body = copy.deepcopy(body)
    parent, last = _place(body, pointer)
    parent[last] = value
    return body


def without(body, pointer):
    """A copy of `body` without the member at a JSON pointer."""
    body = copy.deepcopy(body)
    parent, last = _place(body, pointer)
    del parent[last]
    return body


def _place(node, pointer):
    """The object or list in which a JSON pointer ends, and the name or index there."""
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/")]
    for part in parents:
        node = node[int(part) if isinstance(node, list) else part]
    return node, int(last) if isinstance(node, list) else last


def at(pointer, values):
    """Test parameters (pointer, value) with readable names."""
    return {f"{pointer}: {name}": (pointer, value) for name, value in values.items()}
