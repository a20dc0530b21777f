# Everything runs in an environment of its own, made from the lock. Needs python3 (3.11 or later, with venv).
UV_VERSION = 0.13.9
UV = .bootstrap/bin/uv
PY = .venv/bin/python
COMPANIES ?= examples/companies.csv

.PHONY: help demo run test check bench generate wheels format clean

help: ## What can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

.bootstrap/uv-$(UV_VERSION):
	@echo "making the environment (once)"
	@python3 -m venv .bootstrap
	@.bootstrap/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/synced: .bootstrap/uv-$(UV_VERSION) pyproject.toml uv.lock libs/sdk/pyproject.toml
	@UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --quiet --python "$$(command -v python3)"
	@touch $@

demo: .venv/synced ## The main job, end to end, on real parts (COMPANIES=other.csv)
	@$(PY) -m libs.local demo "$(COMPANIES)"

run: .venv/synced ## The same system stays up, with demo data; Ctrl-C stops it
	@$(PY) -m libs.local run

test: .venv/synced ## All tests
	@$(PY) -m pytest -n 2

check: .venv/synced ## Style, types, who imports whom, migrations, contracts, generated files
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) -m checks.migrations
	@$(PY) -m checks.contracts
	@$(PY) -m checks.openapi
	@$(PY) -m checks.generated

bench: .venv/synced ## Figures, each beside its floor
	@$(PY) -m tests.bench

wheels: .venv/synced ## The wheels of fullmakt and of the system, in dist/
	@$(PY) -m libs.system.wheels dist

generate: .venv/synced ## Make the files that are made from the code
	@$(PY) -m checks.contracts --write
	@$(PY) -m checks.openapi --write
	@$(PY) -m checks.generated --write

format: .venv/synced ## Sort imports and format
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format --quiet .

clean: ## Remove the environment and what runs have left here
	@rm -rf .venv .bootstrap .fullmakt dist
