# `make site` and `make test` set up what they need in .venv; nothing but make and Python 3.11 or newer has to be there.

SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
PIP := .venv/bin/python -m pip --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := site
.PHONY: site test serve check ready lint scan benchmarks requirements clean help anew

site: .venv/.site theme/node_modules/.whole  ## build the dataset and the website into output/
	@.venv/bin/gongkai site

test: .venv/.test theme/node_modules/.whole tests/node_modules/.whole  ## run all tests
	@.venv/bin/python -m pytest

serve: .venv/.site  ## look at output/ in a browser; PORT=8000
	@[ -f output/index.html ] || { echo "There is no site in output/ yet: run 'make site' first." >&2; exit 1; }
	@.venv/bin/python -m http.server --bind 127.0.0.1 --directory output "$(PORT)"

check: .venv/.site  ## check every record, by file and line
	@.venv/bin/gongkai check

ready: .venv/.site  ## set up .venv and nothing else

scan: .venv/.site  ## install what reading scans needs besides
	@$(PIP) install --require-hashes -r requirements/scan.txt

benchmarks: .venv/.test  ## time the readers and the site, beside other programs on the same files
	@$(PIP) install --require-hashes -r requirements/benchmarks.txt
	@.venv/bin/python -m tests.benchmarks.text
	@.venv/bin/python -m tests.benchmarks.formats
	@.venv/bin/python -m tests.benchmarks.search
	@.venv/bin/python -m tests.benchmarks.site

# Every tool has its say before the target fails.
lint: .venv/.test  ## style, types, workflows
	@failed=; \
	.venv/bin/ruff check . || failed=1; \
	.venv/bin/ruff format --check . || failed=1; \
	.venv/bin/mypy || failed=1; \
	.venv/bin/zizmor --offline --no-progress --persona=pedantic .github || failed=1; \
	$(SCHEMA).github-workflows .github/workflows/*.yml || failed=1; \
	$(SCHEMA).dependabot .github/dependabot.yml || failed=1; \
	$(SCHEMA).github-issue-forms .github/ISSUE_TEMPLATE/correction.yml || failed=1; \
	$(SCHEMA).github-issue-config .github/ISSUE_TEMPLATE/config.yml || failed=1; \
	[ -z "$$failed" ]
SCHEMA := .venv/bin/check-jsonschema --builtin-schema vendor

# Pins stay as they are where they still fit; `make requirements ARGS=--upgrade` takes the newest.
requirements: .venv/.test  ## pin requirements/*.in into requirements/*.txt
	cd requirements && $(COMPILE) $(ARGS) --output-file site.txt site.in
	cd requirements && $(COMPILE) $(ARGS) --output-file scan.txt scan.in
	cd requirements && $(COMPILE) $(ARGS) --output-file test.txt test.in
	cd requirements && $(COMPILE) $(ARGS) --output-file benchmarks.txt benchmarks.in
PINS := --universal --generate-hashes --python-version 3.11
COMPILE := ../.venv/bin/uv pip compile --quiet --no-python-downloads --no-emit-index-url --no-emit-find-links \
	$(PINS) --custom-compile-command "make requirements (uv pip compile $(PINS))"

clean:  ## remove everything that make has made
	@rm -rf .venv theme/node_modules tests/node_modules .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find output -mindepth 1 ! -path output/.gitignore -delete
	@rm -rf release
	@find pipeline tests -name __pycache__ -prune -exec rm -rf {} +

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 20


# The environment. It is whole when .venv/.whole names this folder and the Python that stands in it: one that was cut
# off half-way, was moved, or has lost its Python is made anew. Each install breaks the seal first and sets it last.
WHOLE := $(shell [ "`cat .venv/.whole 2>/dev/null`" = "`pwd -P` `.venv/bin/python --version 2>/dev/null`" ] && echo yes)
SEAL = echo "`pwd -P` `.venv/bin/python --version`" > .venv/.whole

anew:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo "gongkai needs Python 3.11 or newer and '$(PYTHON)' is not: name one, as in 'make PYTHON=python3.12'." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
	{ echo "'$(PYTHON)' cannot make an environment: on Debian or Ubuntu run 'apt install python3-venv', then make again." >&2; exit 1; }
	@rm -rf .venv
	@"$(PYTHON)" -m venv .venv

.venv/.site: requirements/site.txt pyproject.toml $(if $(WHOLE),,anew)
	@echo "Setting up .venv from requirements/site.txt"
	@rm -f .venv/.whole
	@$(PIP) install --require-hashes -r requirements/site.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(SEAL)
	@touch $@

.venv/.test: .venv/.site requirements/test.txt
	@echo "Setting up .venv from requirements/test.txt"
	@rm -f .venv/.whole
	@$(PIP) install --require-hashes -r requirements/test.txt
	@$(SEAL)
	@touch $@

# What the site takes from npm. It may be missing: without npm, or without a network, the site is built all the same.
theme/node_modules/.whole: theme/package.json theme/package-lock.json
	@command -v npm >/dev/null || \
	{ echo "npm is not installed: the site goes without full-text search and its own SQL page."; exit 0; }; \
	echo "Setting up theme/node_modules from theme/package-lock.json"; \
	if npm ci --prefix theme $(NPM) >/dev/null; then touch $@; else rm -rf theme/node_modules; \
	echo "npm could not install it: the site goes without full-text search and its own SQL page."; fi

# What the tests take from npm: the checkers of pages. Without npm their tests say so and are skipped.
tests/node_modules/.whole: tests/package.json tests/package-lock.json
	@command -v npm >/dev/null || { echo "npm is not installed: pages are not checked."; exit 0; }; \
	echo "Setting up tests/node_modules from tests/package-lock.json"; \
	if npm ci --prefix tests $(NPM) >/dev/null; then touch $@; else rm -rf tests/node_modules; \
	echo "npm could not install it: pages are not checked."; fi

NPM := --ignore-scripts --no-audit --no-fund --loglevel=silent --fetch-retries=1 --fetch-retry-mintimeout=1000
