# make build   set up, then build the bundled example into dist/
# make test    set up, then run every check and test, with the network closed where that is possible
# make bench   the speed claims: ours and a peer in one run        make soak   the long fuzzing, kill and repeat runs

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
OFFLINE := $(shell unshare -rn true 2>/dev/null && echo unshare -rn)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: build test lint bench soak format wheel clean

build: $(VENV)/.run
	$(BIN)/mitigraph build

test: $(VENV)/.dev
	@$(if $(OFFLINE),echo "network: closed",echo "network: open (unshare -rn is not to be had here)")
	$(OFFLINE) sh tests/run.sh $(BIN)

bench: $(VENV)/.dev
	$(BIN)/python -m bench

soak: $(VENV)/.dev
	MITIGRAPH_SOAK=1 $(BIN)/python -m pytest tests/soak -p no:cacheprovider

format: $(VENV)/.dev
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench

wheel: $(VENV)/.dev
	$(PIP) build
	$(BIN)/python -m build --wheel --outdir build/wheel .

clean:
	rm -rf $(VENV) dist build

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "mitigraph needs Python 3.11 or newer with venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.run
