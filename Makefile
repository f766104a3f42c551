# `make demo` runs the main job with everything embedded; `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PAGES ?= tests/pages/photos

.PHONY: venv demo test test-slow bench lint clean
venv: $(READY)

$(READY): pyproject.toml constraints.txt
	PYTHON=$(PYTHON) .ci/system-packages runtime
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -c constraints.txt --editable '.[ocr,broker,batch,dev]'
	$(BIN)/station models install
	touch $@

demo: venv
	$(BIN)/station demo --pages "$(PAGES)"

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: venv lint
	.ci/system-packages tests
	$(BIN)/pytest -m "not slow"

test-slow: venv
	.ci/system-packages tests
	$(BIN)/pytest

bench: venv
	$(BIN)/python -m tests.benchmarks

clean:
	rm -rf $(VENV) demo-home bench-out
