# Lianban's commands; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PY := .venv/bin/python
PORT ?= 8000
CHAOS_MINUTES ?= 60
CHAOS_DATABASE ?= postgresql
CLEAN_ENV := $(addprefix -u ,$(filter LIANBAN_%,$(shell env | cut -d= -f1 | grep '^LIANBAN_' | grep -v '^LIANBAN_TEST_DATA$$')))

.DEFAULT_GOAL := help
.PHONY: bench-large chaos fuzz pictures soak help setup run test check bench docs lock sbom bundle bundle-check

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/.ready ## make .venv, install the locked packages and what the machine lacks
	@bash scripts/machine.sh

.venv/.ready: requirements-dev.lock
	@echo "setup: installing the locked packages into .venv"
	@python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "setup: Python 3.11 is needed, this is " + sys.version.split()[0])'
	@test -x $(PY) || python3 -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@$(PY) -m pip check --quiet --disable-pip-version-check
	@touch $@

run: setup ## set up, fill an empty embedded database, serve on 127.0.0.1:$(PORT)
	@PORT=$(PORT) bash scripts/run.sh

test: setup check ## lint, types, import rules, then every test on SQLite and PostgreSQL and in a browser
	@bash scripts/machine.sh tests
	@env $(CLEAN_ENV) $(PY) -m pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered --durations=25

check: .venv/.ready ## lint, types, import rules
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: setup ## measure ratios within one run; prints the table of docs/performance.md
	@env $(CLEAN_ENV) $(PY) -m tests.benchmarks

bench-large: setup ## lists, growth, sweep and storage with ten million items (an hour, 20 GB of disk)
	@env $(CLEAN_ENV) $(PY) -m tests.benchmarks lists growth storage sweep --size 10000000

soak: setup ## run a city for a simulated year with two schedulers, killed at random (hours)
	@env $(CLEAN_ENV) SOAK_DAYS=365 $(PY) -m pytest -q -n 2 --no-cov tests/soak

chaos: setup ## let everything fail under load for CHAOS_MINUTES (60), then judge (docs/reliability.md)
	@env $(CLEAN_ENV) $(PY) -m tests.chaos --minutes $(CHAOS_MINUTES) --database $(CHAOS_DATABASE) $(if $(CHAOS_SEED),--seed $(CHAOS_SEED))

fuzz: setup ## feed every reader of foreign input for SECONDS each (60), ever new inputs
	@env $(CLEAN_ENV) $(PY) -m tests.fuzz --seconds $${SECONDS:-60}

docs: .venv/.ready ## draw docs/workflows/ and docs/permissions.md from the tables
	@.venv/bin/flask docs workflows
	@$(PY) -m tests.permissions

pictures: setup ## make docs/pictures/ from the demonstration city (a few minutes)
	@bash scripts/machine.sh tests
	@env $(CLEAN_ENV) $(PY) -m tests.pictures

sbom: .venv/.ready ## write the bill of materials, dist/lianban.cdx.json
	@$(PY) -m scripts.deploy.bill dist/lianban.cdx.json

bundle: .venv/.ready ## one archive that installs without any network, dist/lianban-VERSION.tar.gz
	@$(PY) -m scripts.deploy.bundle

bundle-check: setup bundle ## install the bundle and upgrade with it, served, in a namespace without network (minutes)
	@folder="$$(mktemp -d)"; trap 'rm -rf "$$folder"' EXIT; \
	  for archive in dist/lianban-*.tar.gz; do \
	    env $(CLEAN_ENV) unshare --net $$([ "$$(id -u)" -eq 0 ] || echo --map-root-user) -- \
	      $(PY) -m tests.deploy.offline "$$archive" "$$folder" --whole; \
	  done

lock: ## renew the lock files from requirements*.txt
	@.venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header requirements.txt -o requirements.lock
	@.venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header requirements-dev.txt -o requirements-dev.lock
