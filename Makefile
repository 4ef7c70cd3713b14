# `make run` and `make test` are all that a newcomer needs; each installs with apt what is missing.
.PHONY: run test check format bench demo api-test deploy-test dashboard-test deps build

SWIFT ?= swift
LISTED := Sources Tests Package.swift

run: build
	.build/debug/purser serve --policy policies/support-automation --prices prices/sample.json

build: deps
	$(SWIFT) build --product purser

# The modules first, a few tests at a time, since each has a database; then the whole service, which kills servers and fills machines.
test: deps
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip EndToEndTests --experimental-maximum-parallelization-width 8
	$(SWIFT) test --skip-build --filter EndToEndTests

# Formatting and lint, and a build: warnings of this package are errors.
check: deps
	$(SWIFT) format lint --strict --recursive --parallel $(LISTED)
	$(SWIFT) build --build-tests

format:
	$(SWIFT) format --in-place --recursive --parallel $(LISTED)

# The HTTP interface against its own description, by generated and by hand-written requests.
api-test: build
	scripts/with-server Tests/api/run.sh

# Rules, dashboards and compose file against a server under load, with a real Prometheus.
deploy-test: build
	scripts/install-dependencies prometheus
	Tests/deploy/run.sh

# Walks through the dashboard in a real browser, with pictures of its pages.
dashboard-test: build
	scripts/install-dependencies chromium
	Tests/dashboard/run.sh

bench: deps
	$(SWIFT) build -c release --product purser
	Benchmarks/run

# A server of its own with the demo's policy, and the agents that play against it.
demo: build
	scripts/demo

deps:
	@scripts/install-dependencies
