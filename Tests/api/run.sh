#!/usr/bin/env bash
# Tests a running Purser through its HTTP interface alone.
#
#   PURSER_URL=http://127.0.0.1:8080 PURSER_ADMIN_KEY=pk_default_… Tests/api/run.sh [--generated | --written]
#
# The server has the sample policy and sample prices. PURSER_ADMIN_KEY is an admin key of the organisation `default`.
# PURSER_SEED repeats a run of the generated requests, PURSER_SECONDS bounds it (default 90).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

: "${PURSER_URL:?set it to the address of a running server, such as http://127.0.0.1:8080}"
: "${PURSER_ADMIN_KEY:?set it to an admin key of the organisation default}"
export PURSER_URL="${PURSER_URL%/}" PURSER_ADMIN_KEY
export PURSER_SEED="${PURSER_SEED:-20261121}"
export PURSER_ANSWERS="$PWD/.schemathesis/answers.json"
which="${1:-all}"

if ! cmp -s requirements.txt .venv/installed.txt; then
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
    cp requirements.txt .venv/installed.txt
fi
mkdir -p .schemathesis
failed=0

if [[ $which != --generated ]]; then
    .venv/bin/python -m pytest -p no:cacheprovider -p no:schemathesis --quiet --maxfail=50 || failed=1
fi

if [[ $which != --written ]]; then
    echo "generated requests with seed $PURSER_SEED"
    rm -f "$PURSER_ANSWERS"
    .venv/bin/schemathesis --config-file schemathesis.toml run "$PURSER_URL/openapi.yaml" \
        --url "$PURSER_URL" --seed "$PURSER_SEED" --max-time "${PURSER_SECONDS:-90}" --max-failures 50 || failed=1
    .venv/bin/python answers.py "$PURSER_ANSWERS" || failed=1
fi
exit $failed
