# Everything a fresh machine needs is done here: `make run` and `make test` are the only two commands.
SHELL := /bin/sh
export LC_ALL := C.UTF-8
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -q --require-hashes --only-binary :all:
PYTEST := $(BIN)/python -m pytest

.PHONY: run serve setup assets system test walk bench fmt lint types check lock clean

run: $(VENV)/.core ## the main job on the sample county
	@$(BIN)/xygeo demo

serve: $(VENV)/.core assets ## the service on the sample county or what XYGEO_DATA names
	@test -e "$${XYGEO_DATA:-xygeo-data}/county.gpkg" || $(BIN)/xygeo init --sample
	@$(BIN)/xygeo serve

setup: $(VENV)/.dev assets system

test: setup ## everything CI runs
	$(PYTEST) -n 2 --dist worksteal -m "not bench and not walk"

walk: setup ## the full counts: slow, before a release
	$(PYTEST) -n 2 --dist worksteal -m "walk"

bench: $(VENV)/.bench ## measures beside the peers; prints ratios, asserts no time
	$(PYTEST) -m bench -s tests/bench

fmt: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only -q .

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

check: lint types test ## what a reviewer runs

lock: ## needs uv; no registry address gets into the locks
	uv pip compile $(LOCKFLAGS) --extra dev --no-emit-package xygeo -o requirements.lock pyproject.toml
	uv pip compile $(LOCKFLAGS) -c requirements.lock -o core.lock pyproject.toml
	uv pip compile $(LOCKFLAGS) --extra bench -c requirements.lock -o bench.lock pyproject.toml

LOCKFLAGS := -q --universal --python-version 3.11 --no-header --no-emit-index-url \
	--generate-hashes --only-binary :all:

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "xygeo needs Python 3.11 or newer; set PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh tools/system.sh python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: core.lock pyproject.toml | $(BIN)/python
	$(PIP) -r core.lock
	$(BIN)/python -m pip install -q --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements.lock $(VENV)/.core
	$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.bench: bench.lock $(VENV)/.dev
	$(PIP) -r bench.lock
	@touch $@

assets: $(BIN)/python ## the live page's browser libraries, from npm
	@command -v npm >/dev/null 2>&1 || sh tools/system.sh npm
	@$(BIN)/python tools/assets.py --require

system: ## Debian's packages for the tests, if we are root
	@sh tools/system.sh chromium gdal-bin postgresql-15-postgis-3 libreoffice-writer-nogui libreoffice-calc-nogui fonts-noto-cjk

clean:
	rm -rf $(VENV) xygeo-data .pytest_cache .mypy_cache .ruff_cache
