# Everything a newcomer types. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run test test-slow lint format docs bench lock
SHELL := /bin/sh
PYTHON := .venv/bin/python
CODE := src tests scripts bench
# Compiled modules are kept, whatever the machine's habit: every process of ours starts in half the time.
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## start everything (Ctrl-C stops it)
	@exec $(PYTHON) -m zhijian.cli.main up

test: .venv/.dev lint ## checks and all tests that fit fifteen minutes, browser included
	@scripts/browser.sh
	$(PYTHON) -m pytest -n 3 -m "not slow"

test-slow: .venv/.dev ## the long campaigns (under an hour)
	$(PYTHON) -m pytest -n 2 -m slow --timeout 3600

lint: .venv/.dev ## ruff, formatting, mypy, import contracts
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

format: .venv/.dev ## put the code into the house's form
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

docs: .venv/.dev ## check every document: links, commands, settings
	$(PYTHON) -m pytest -q -p no:django tests/structure/test_documents.py

bench: .venv/.dev ## list the benchmarks; make bench NAME=x runs one
	@$(PYTHON) scripts/bench.py $(NAME)

lock: .venv/.dev ## write the locked requirement files anew (UPGRADE=1 takes newer versions)
	scripts/lock.sh $(if $(UPGRADE),--upgrade)

.venv/.run: requirements.txt tools.txt scripts/environment.sh
	@scripts/environment.sh run

.venv/.dev: dev.txt tools.txt scripts/environment.sh
	@scripts/environment.sh dev
