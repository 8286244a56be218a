# Everything sets itself up: a Python >= 3.11 and make are all that is needed.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt $(PIP_OPTIONS)
# Compiled once: where the machine forbids Python to keep what it compiled, or the folder may not be written, every start would do it anew.
COMPILED = $(BIN)/python -m compileall -q src flows
SCHEMAS = $(BIN)/python -c "from pathlib import Path; from twinwire.config import write_schemas; write_schemas(Path('config'))"

.PHONY: run test tests serve lint bench chaos soak schemas docs clean

run: $(VENV)/.run            ## one ingest of config/ into data/, as a Prefect flow
	@$(BIN)/twinwire run --or-sample --tracked

test: $(VENV)/.dev           ## the whole check: lint, types, import contract, and beside them the tests
	@$(MAKE) --no-print-directory --jobs 2 lint tests

tests: $(VENV)/.dev
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

serve: $(VENV)/.run          ## the schedules, with Prefect's UI on 127.0.0.1
	@$(BIN)/twinwire serve

lint: $(VENV)/.dev
	@$(BIN)/ruff check src flows tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(VENV)/.bench        ## the benchmarks as one table, beside the peers; ROWS="parse ingest" for some of them
	@$(BIN)/python -m benchmarks $(ROWS)

chaos: $(VENV)/.dev          ## nine disturbances, 200 kills at random instants, then a death at every point of a run (an hour and more)
	@PYTHONPATH=tests $(BIN)/python -m chaos.harness

soak: $(VENV)/.dev           ## a week of schedules over 200 feeds in simulated time, held against the feeds' own truth
	@PYTHONPATH=tests $(BIN)/python -m chaos.soak

schemas: $(VENV)/.run        ## JSON Schemas of the config files, for editors
	@$(SCHEMAS)

docs: $(VENV)/.run           ## docs/data-dictionary.md from the comments in the schema
	@$(BIN)/python -c "from pathlib import Path; from twinwire.warehouse.dictionary import write; write(Path('docs/data-dictionary.md'))"

clean:
	rm -rf $(VENV) build src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "twinwire needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name one: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (once) …"
	@$(PIP) --editable .
	@$(COMPILED)
	@$(SCHEMAS)
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	@$(PIP) --editable '.[dev,bench]'
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml constraints.txt  # all that .run brings, and more: from nothing they are one installation
	@echo "Setting up $(VENV) for development (once) …"
	@$(PIP) --editable '.[dev]'
	@$(COMPILED)
	@$(SCHEMAS)
	@touch $(VENV)/.run $@
