# Everything happens inside the checkout: the environment in .venv/, the shop's data in instance/.

PYTHON ?= python3
PORT ?= 8000
PROFILE ?= mart
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
PLUGINS := $(sort $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml)))
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/*.po plugins/*/*/translations/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run setup test bench budgets lab shots soak check lint types imports i18n i18n-check reference requirements lock wheels clean

help: ## This list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  \1\t/' | expand -t 16

run: setup ## The shop with demo goods on http://127.0.0.1:8000 (PORT=, PROFILE=)
	PORT="$(PORT)" PROFILE="$(PROFILE)" exec $(BIN)/storefront run

setup: $(VENV)/.installed $(VENV)/.catalogues ## Environment and catalogues only

test: setup $(VENV)/.dev ## Every test (ARGS= for pytest; REQUIRE_SERVICES=1: a missing service is a failure)
	$(BIN)/python -m pytest -n 2 --dist loadscope $(ARGS)

bench: setup $(VENV)/.dev ## Pages beside bare Flask pages on the same server (ARGS=--quick; docs/performance.md)
	$(BIN)/python -m tools.bench $(ARGS)

shots: setup $(VENV)/.dev ## Pictures of every kind of page in four languages (ARGS="FOLDER --sheets")
	$(BIN)/python tools/shots.py $(ARGS)

budgets: setup $(VENV)/.dev ## What every page weighs in every language, against what it may weigh (ARGS=--quick)
	$(BIN)/python -m tools.budgets $(ARGS)

lab: setup $(VENV)/.dev ## Pages in Chromium on a slow network and processor: LCP, CLS, INP (docs/performance.md)
	$(BIN)/python -m tools.lab $(ARGS)

soak: setup $(VENV)/.dev ## Mails under fire: workers, Valkey and the mail server killed while thousands leave (long)
	$(BIN)/python tools/soak.py $(ARGS)

check: lint types i18n-check test ## Lint, types, imports, catalogues, tests: as CI does

lint: setup $(VENV)/.dev ## Style and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup $(VENV)/.dev ## mypy, strict on core, plugin and plugin_host
	$(BIN)/mypy

i18n: setup ## Bring the catalogues in step with the sources, and compile them
	$(BIN)/python tools/catalogues.py update
	$(BIN)/python tools/catalogues.py compile

i18n-check: setup ## Are the catalogues complete and right?
	$(BIN)/python tools/catalogues.py check

reference: setup ## docs/reference/ made from the code anew
	$(BIN)/python tools/reference.py

requirements: setup ## Which requirements have tests
	$(BIN)/python tools/requirements_report.py

lock: ## Pin all dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade \
	  requirements/run.in --output-file requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade \
	  requirements/dev.in --output-file requirements/dev.txt

wheels: setup $(VENV)/.dev ## Wheels of the shop and of each plugin, in dist/
	@rm -rf dist
	for project in . $(PLUGINS); do $(BIN)/pyproject-build --no-isolation --wheel --outdir dist "$$project" || exit 1; done

clean: ## Remove what was built here; instance/ (the shop's data) stays
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- stamps: what is up to date is not done again

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older or missing. Try: make PYTHON=python3.12 run" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created requirements/run.txt pyproject.toml $(addsuffix /pyproject.toml,$(PLUGINS))
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation $(addprefix -e ,. $(addprefix ./,$(PLUGINS)))
	@touch $@

$(VENV)/.dev: $(VENV)/.installed requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.catalogues: $(VENV)/.installed $(CATALOGUES)
	$(BIN)/python tools/catalogues.py compile
	@touch $@
