#!/usr/bin/env bash
# Checks what stands in deploy/ against a server of its own under load: rules, dashboards, configuration, and a real
# Prometheus that scrapes it and answers the dashboards' queries. Needs promtool and prometheus.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

promtool check rules deploy/prometheus/rules/*.yml
promtool test rules deploy/prometheus/tests/*_test.yml

# Everything that can be observed is turned on; nobody collects the traces.
export PURSER_METRICS_TOKEN="deploy-test-0123456789" PURSER_ACCESS_LOG=true OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1
scripts/with-server python3 Tests/deploy/observe.py
