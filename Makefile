# Python 3.11 or newer is all that is needed; uv makes the environment faster where it is installed.

# Plain assignments: a shell's own HOST must not open the server to a network. `make serve PORT=8080` changes them.
HOST = 127.0.0.1
PORT = 8000
# One more than two cores: a third of what the tests take is waiting for other processes, and for time to pass.
JOBS = 3
SEED = 1

VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve sandbox demo test test-postgresql test-sandbox live-salesforce live-whmcs peers check lint types imports collect fuzz sweep cluster bench rules-mutation guards model phrases tables format lock clean

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS='	' read -r name what; do printf '  make %-15s %s\n' "$$name" "$$what"; done

serve: $(VENV)/.runtime ## Serve the portal on HOST:PORT, offline, with an embedded database
	$(BIN)/genkan serve --host $(HOST) --port $(PORT)

sandbox: $(VENV)/.runtime ## Serve the portal on HOST:PORT, speaking the protocols of a made-up Salesforce and WHMCS
	GENKAN_PROFILE=sandbox $(BIN)/genkan serve --host $(HOST) --port $(PORT)

demo: $(VENV)/.runtime ## Play whole customer journeys against a running portal, or one of its own
	$(BIN)/genkan demo

test: $(VENV)/.dev ## Run the tests
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-postgresql: $(VENV)/.dev ## Run the tests on PostgreSQL, one that they start or that GENKAN_TEST_DATABASE_URL names
	GENKAN_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-sandbox: $(VENV)/.dev ## Play every scenario and disagreement over the wire, against a made-up Salesforce and WHMCS
	GENKAN_TEST_SALESFORCE=wire GENKAN_TEST_WHMCS=wire $(BIN)/python -m pytest -n $(JOBS) --dist worksteal features tests/running/test_disagreements.py

live-whmcs: $(VENV)/.dev ## Run the contract suite against the WHMCS that the settings name; its clients are closed in the end
	$(BIN)/python -m tests.contracts.live_whmcs

live-salesforce: $(VENV)/.dev ## Run the contract suite against the org that the settings name; what it makes is marked, and removed
	$(BIN)/python -m tests.contracts.live

peers: $(VENV)/.dev tests/peers/node_modules/.package-lock.json ## Have clients from npm, and Chromium where there is one, use the made-up Salesforce and WHMCS; needs Node 20.18 or newer
	$(BIN)/python -m tests.peers

check: $(VENV)/.dev ## Everything a change must pass
	@$(MAKE) --no-print-directory --jobs=2 types lint imports collect
	@$(MAKE) --no-print-directory test

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports --no-logo

# What can't be imported fails at once; and what each test process would compile is compiled while mypy is at work.
collect: $(VENV)/.dev
	@said=$$(PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --collect-only -qq 2>&1) || { printf '%s\n' "$$said"; exit 1; }

fuzz: $(VENV)/.dev ## Throw thousands of bad requests at every operation
	$(BIN)/python -m tests.fuzz --cases 5000

sweep: $(VENV)/.dev ## Kill durable work, and a served portal in its journeys, at every point there is
	GENKAN_SWEEP=whole $(BIN)/python -m pytest -n $(JOBS) --dist worksteal tests/usecases tests/adapters/test_durable_kill.py
	$(BIN)/python -m tests.crash_sweep --jobs $(JOBS) --seed $(SEED)

cluster: $(VENV)/.dev ## Kill one of four instances every ten seconds for two minutes, under load, on one PostgreSQL
	$(BIN)/python -m tests.cluster

bench: $(VENV)/.dev ## Measure speed as ratios to a bare handler
	$(BIN)/python -m benchmarks

rules-mutation: $(VENV)/.dev ## Break rules drawn at random and see that a scenario notices
	$(BIN)/python -m tests.rules_mutation --draw 20

guards: $(VENV)/.dev ## Take away each guard and see that a test notices
	$(BIN)/python -m tests.guards_removed --all

model: $(VENV)/.dev ## Ask a portal for anything, in any order, beside a small model of what it promised
	$(BIN)/python -m tests.model --steps 20000

phrases: $(VENV)/.dev ## Write features/PHRASES.md from the steps
	$(BIN)/python -m features.phrases

tables: $(VENV)/.dev ## Write docs/tables.md from the core's tables
	$(BIN)/python -m features.tables

format: $(VENV)/.dev ## Format the code and mend what can be mended by itself
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

clean: ## Remove the environment and every cache; data stays
	rm -rf $(VENV) tests/peers/node_modules dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment ---------------------------------------------------------------------------------------

# A stamp is newer than the lock it was made from; .dev holds all that .runtime holds.
$(VENV)/.runtime: pyproject.toml $(LOCK)/runtime.txt | $(BIN)/python
	@$(call install,runtime)
	@touch $@

$(VENV)/.dev: pyproject.toml $(LOCK)/dev.txt | $(BIN)/python
	@$(call install,dev)
	@touch $(VENV)/.runtime $@

$(BIN)/python:
	@python=; for each in "$(PYTHON)" python3 python python3.13 python3.12 python3.11; do \
	  if [ -n "$$each" ] && "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Genkan needs Python 3.11 or newer, and none is on the PATH. Name one: make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if command -v uv >/dev/null; then uv venv --quiet --no-project --python "$$python" $(VENV); \
	else "$$python" -m venv $(VENV) || { \
	  echo "This Python has no venv of its own; install it (on Debian and Ubuntu: python3-venv) or uv." >&2; exit 1; }; \
	fi

# Packages of which a program loads a few modules out of hundreds.
SEVERAL = faker|holidays|mypy|mypyc|pip

# The lock first, each package by its hash; then the project itself from this folder, with nothing fetched for it.
# The lock names all that is needed, so nothing is looked for beside it, and that nothing lacks is checked afterwards.
# pip unpacks with one processor, so two of them share the lock.
# It is compiled, by every processor: compiling at every start takes longer than starting. Some packages hold files that
# are no Python of this version, and many that are never loaded here: those of SEVERAL are compiled when they are.
define install
	set -e; echo "Installing $(1) packages into $(VENV)"; \
	if command -v uv >/dev/null; then \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(LOCK)/$(1).txt; \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline -e .; \
	else \
	  $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
	  awk '/^[^ ]/ { half = 1 - half } { print > ("$(VENV)/half" half + 0 ".txt") }' $(LOCK)/$(1).txt; \
	  for half in 0 1; do \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes \
	      -r $(VENV)/half$$half.txt & halves="$$halves $$!"; \
	  done; \
	  for each in $$halves; do wait $$each; done; \
	  $(BIN)/python -m compileall -q --workers 0 -x '/($(SEVERAL))/' $(VENV)/lib >/dev/null || true; \
	  $(BIN)/python -m pip --disable-pip-version-check check >/dev/null; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .; \
	fi; \
	$(BIN)/python -m compileall -q adapters core genkan ports
endef

# npm writes that file last; it is as new as the packages that the lock names.
tests/peers/node_modules/.package-lock.json: tests/peers/package.json tests/peers/package-lock.json
	@command -v npm >/dev/null || { echo "Node and npm are needed here, and they are not on the PATH." >&2; exit 1; }
	cd tests/peers && npm ci
	@touch $@

# Needs uv. `make lock UPGRADE=--upgrade` takes newer versions.
COMPILE = uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
  --no-emit-index-url --no-emit-find-links $(UPGRADE)
lock: ## Write the locks anew from pyproject.toml
	$(COMPILE) pyproject.toml $(LOCK)/build.in -o $(LOCK)/runtime.txt
	$(COMPILE) --extra dev -c $(LOCK)/runtime.txt pyproject.toml $(LOCK)/build.in -o $(LOCK)/dev.txt
