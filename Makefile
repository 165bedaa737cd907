# One virtual environment, made again when its packages or its Python change. `make demo` and `make test` need Python 3.11+.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?= -q -n auto --dist worksteal
INSTALL := @.ci/venv install $(VENV)

.PHONY: demo test test-slow test-all lint house check bench bless pictures release-check format clean

# Before make looks at what is there: an environment of another Python counts as none.
IGNORED := $(shell .ci/venv fresh $(PYTHON) $(VENV))

$(VENV)/.users: pyproject.toml
	@.ci/venv create $(PYTHON) $(VENV)
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.users
	$(INSTALL) --upgrade "pip>=25.1"
	$(INSTALL) --group test
	@touch $@

$(VENV)/.check: $(VENV)/.test
	$(INSTALL) --group check
	@touch $@

$(VENV)/.all: $(VENV)/.check
	$(INSTALL) --group terraform --group page
	@touch $@

demo: $(VENV)/.users  ## the main job on the example project
	@$(BIN)/python examples/demo.py

test: $(VENV)/.test  ## the tests that are not slow, in under three minutes
	@$(BIN)/python -m pytest $(PYTEST_ARGS) -m "not slow"

test-slow: $(VENV)/.all  ## the other tests: Terraform, Chromium, the pipelines and the guides
	@$(BIN)/python -m pytest $(PYTEST_ARGS) -m slow

test-all: $(VENV)/.all  ## every test
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.check  ## style, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

house: $(VENV)/.test  ## the plan of the packages: what there is, and what breaks it
	@$(BIN)/python -m tests.house

check: lint house $(VENV)/.all  ## all that, and every test with the coverage floor
	@$(BIN)/python -m pytest $(PYTEST_ARGS) --cov --cov-report=term

bench: $(VENV)/.all  ## times as ratios, in one run
	@$(BIN)/python -m tests.bench.commands
	@$(BIN)/python -m tests.bench.evaluator
	@$(BIN)/python -m tests.bench.questions
	@$(BIN)/python -m tests.bench.suggest
	@$(BIN)/python -m tests.bench.page

bless: $(VENV)/.all  ## write golden files, the examples' output and the guides' anew
	@$(BIN)/python -m pytest -q tests/commands/test_golden.py tests/commands/test_lock_live.py tests/reports/test_reports.py -k "rendered_as_it_was or of_the_example" --bless
	@cd examples/fraud-detection && ../../$(BIN)/rbacgen render --today 2026-11-23
	@cd examples/web-shop && ../../$(BIN)/rbacgen render --today 2026-11-23
	@cd examples/fraud-detection && ../../$(BIN)/rbacgen schema -o rbacgen.schema.json
	@cd examples/web-shop && ../../$(BIN)/rbacgen schema -o rbacgen.schema.json
	@cd examples/web-shop && ../../$(BIN)/rbacgen schema mapping -o mapping/rbacgen.schema.json
	@$(BIN)/python examples/reference.py
	@$(BIN)/python -m pytest -q tests/guides/test_guides.py tests/repository/test_examples.py --bless

pictures: $(VENV)/.all  ## the pictures of the page that the README shows, anew; needs Chromium
	@$(BIN)/python examples/screenshots.py

release-check: $(VENV)/.test  ## what a release would publish: built twice, checked, installed alone, tried
	$(INSTALL) --group release
	@$(BIN)/python -m tests.release $(if $(TAG),--tag "$(TAG)")

format: $(VENV)/.check  ## lay the code out
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

clean:  ## everything that can be made again
	@rm -rf $(VENV) dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .cache
