#!/usr/bin/env bash
# Walks through the dashboard in a headless Chromium, as people do, over a company of 200 agents that lived some weeks.
#
#   Tests/dashboard/run.sh [pytest arguments]
#
# Needs chromium and chromedriver, and a build. Pictures of every page are put into Tests/dashboard/pictures.
# PURSER_SEED repeats a company, PURSER_DAYS makes it a shorter one, which is enough for the walks of operations.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=Tests/dashboard

if ! cmp -s $here/requirements.txt $here/.venv/installed.txt; then
    python3 -m venv --clear $here/.venv
    $here/.venv/bin/pip install --quiet --disable-pip-version-check --requirement $here/requirements.txt
    cp $here/requirements.txt $here/.venv/installed.txt
fi
export PURSER_TEST_CLOCK=true
scripts/with-server $here/.venv/bin/python -m pytest -p no:cacheprovider --quiet --maxfail=5 $here "$@"
