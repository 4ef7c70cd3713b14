"""Checks an audit file by docs/seal.md alone, without a line of Purser: `python3 Tests/api/audit.py audit.jsonl`."""

import hashlib
import json
import sys


def sha256(text):
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()


def check(content):
    """The number and the chain of the last seal; raises ValueError with the number of the first line that is wrong."""
    lines = content.split(b"\n")
    if lines.pop() != b"":
        raise ValueError("the last line is cut off")
    head = json.loads(lines[0])
    if head.get("purser") != "audit" or head.get("form") != 1:
        raise ValueError("line 1: not an audit file")
    position, chain, pending = head["position"], head["chain"], []
    if position == 0 and chain != sha256(f"purser-chain-1\n{head['org_id']}\n"):
        raise ValueError("line 1: the chain does not begin like this")
    for number, line in enumerate(lines[1:], 2):
        row = json.loads(line)
        if "fact" in row:
            if json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() != line:
                raise ValueError(f"line {number}: not in the canonical form")
            pending.append(sha256(line))
        elif "seal" in row:
            text = f"purser-seal-1\n{row['source']}\n{row['key']}\n" + "".join(digest + "\n" for digest in pending)
            if not row.get("detached") and sha256(text) != row["digest"]:
                raise ValueError(f"line {number}: not the digest of the facts before it")
            if row["seal"] != position + 1:
                raise ValueError(f"line {number}: follows seal {position}")
            position += 1
            chain = sha256(f"purser-chain-1\n{chain}\n{position}\n{row['digest']}\n{row['sealed_at']}\n")
            if row["chain"] != chain:
                raise ValueError(f"line {number}: does not follow from the seal before it")
            pending = []
        elif row.get("end") == position and row["chain"] == chain and not pending and number == len(lines):
            return position, chain
        else:
            raise ValueError(f"line {number}: neither a fact nor a seal nor the end")
    raise ValueError("the end is missing")


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        print("seal %d, %s" % check(file.read()))
