# One virtual environment, made anew when its packages change. `make demo` and `make test` need Python 3.11+ and git only.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST_ARGS ?= -q -n auto

.PHONY: demo test lint check bench bless pictures format clean

$(VENV)/.users: pyproject.toml
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@$(PIP) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.users
	@$(PIP) --upgrade "pip>=25.1"
	@$(PIP) --group test --group terraform --group page
	@touch $@

$(VENV)/.check: $(VENV)/.test
	@$(PIP) --group check
	@touch $@

demo: $(VENV)/.users  ## the main job on the example project
	@$(BIN)/python examples/demo.py

test: $(VENV)/.test  ## every test that this machine can run
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.check  ## style, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

check: lint  ## that, and the tests with the coverage floor
	@$(BIN)/python -m pytest $(PYTEST_ARGS) --cov --cov-report=term

bench: $(VENV)/.test  ## times as ratios, in one run
	@$(BIN)/python -m tests.bench.commands
	@$(BIN)/python -m tests.bench.evaluator
	@$(BIN)/python -m tests.bench.questions
	@$(BIN)/python -m tests.bench.suggest
	@$(BIN)/python -m tests.bench.page

bless: $(VENV)/.test  ## write golden files, the examples' output and the guides' anew
	@$(BIN)/python -m pytest -q tests/commands/test_golden.py tests/commands/test_lock_live.py tests/reports/test_reports.py -k "rendered_as_it_was or of_the_example" --bless
	@cd examples/fraud-detection && ../../$(BIN)/rbacgen render --today 2026-11-23
	@cd examples/web-shop && ../../$(BIN)/rbacgen render --today 2026-11-23
	@cd examples/fraud-detection && ../../$(BIN)/rbacgen schema -o rbacgen.schema.json
	@cd examples/web-shop && ../../$(BIN)/rbacgen schema -o rbacgen.schema.json
	@cd examples/web-shop && ../../$(BIN)/rbacgen schema mapping -o mapping/rbacgen.schema.json
	@$(BIN)/python -m pytest -q tests/guides/test_guides.py --bless

pictures: $(VENV)/.test  ## the pictures of the page that the README shows, anew; needs Chromium
	@$(BIN)/python examples/screenshots.py

format: $(VENV)/.check  ## lay the code out
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

clean:  ## everything that can be made again
	@rm -rf $(VENV) dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .cache
