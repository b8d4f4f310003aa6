# `make check` is what CI runs; `make verify` is the slow statistical verification before a release.
PYTHON ?= .venv/bin/python

.PHONY: setup check test regression lint types imports verify docs notebook claims bench gallery

setup:
	test -x $(PYTHON) || python3 -m venv .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'

check: lint types imports test regression

test:
	$(PYTHON) -m pytest -m "not verify"

# the shipped scenarios against their baselines
regression:
	$(PYTHON) -m corridor_sim compile
	$(PYTHON) -m corridor_sim check scenarios/*.yaml

lint:
	$(PYTHON) -m ruff check src tests benchmarks docs
	$(PYTHON) -m ruff format --check src tests benchmarks docs

types:
	$(PYTHON) -m mypy

imports:
	.venv/bin/lint-imports

verify:
	$(PYTHON) -m pytest -m verify

# every scenario's page and the validation page, from runs at the scenarios' own replications
PAGES = $(patsubst scenarios/%.yaml,docs/scenarios/%.md,$(wildcard scenarios/*.yaml))

docs:
	for page in $(PAGES); do \
		$(PYTHON) -m corridor_sim page scenarios/$$(basename $$page .md).yaml --into $$page --quiet || exit $$?; \
	done
	$(PYTHON) -m corridor_sim validation --into docs/validation.md --quiet

# the notebook of the docs, executed again, and the tables of its page; needs `pip install -e '.[docs]'`
notebook:
	$(PYTHON) docs/make_notebook.py

# the answers to the claims of scenarios, over all that is in doubt; about five minutes
claims:
	$(PYTHON) -m corridor_sim claims scenarios/gba_global.yaml --into docs/claims.md --quiet

# races against models written by hand; takes long, needs `pip install -e '.[bench]'`, writes the tables of its page
bench:
	$(PYTHON) -m benchmarks --write docs/performance.md

# pictures of each scenario's report in a browser, and the page that shows them; needs Chromium
gallery:
	$(PYTHON) docs/make_gallery.py
