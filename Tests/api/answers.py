"""Prints which answers the generated requests got, and fails if they tested too little.

A run in which an operation never succeeds, or in which the server mostly says that it is unavailable, proves nothing.
"""

import json
import pathlib
import sys

from document import operations

# A server may run without a test clock, a new one has no review before its first Friday, the description itself is left out by the
# generator, and the dashboard's first addresses only lead on.
EXCUSED = {"getTestClock", "advanceTestClock", "getDescription", "getReview", "getRoot", "getDashboard"}

answers = json.loads(pathlib.Path(sys.argv[1]).read_text())
poor = []
for path, method, operation in operations():
    label = f"{method.upper()} {path}"
    counts = {int(status): count for status, count in answers.get(label, {}).items()}
    print(f"{label:45}", "  ".join(f"{status}×{count}" for status, count in sorted(counts.items())))
    if operation["operationId"] in EXCUSED:
        continue
    if not any(200 <= status < 300 for status in counts):
        poor.append(f"{label} never succeeded")
    if counts.get(503, 0) * 20 > sum(counts.values()):
        poor.append(f"{label} was unavailable in more than 5 % of its calls")
for reason in poor:
    print(f"too little was tested: {reason}", file=sys.stderr)
sys.exit(1 if poor else 0)
