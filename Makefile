# `make check` is what CI runs; `make verify` is the slow statistical verification before a release.
PYTHON ?= .venv/bin/python

.PHONY: setup check test regression lint types imports package verify docs notebook claims bench gallery sbom audit lowest reliability

setup:
	test -x $(PYTHON) || python3 -m venv .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'

check: lint types imports test regression package

test:
	$(PYTHON) -m pytest -n 2 --dist worksteal

# the shipped scenarios against their baselines
regression:
	$(PYTHON) -m corridor_sim compile
	$(PYTHON) -m corridor_sim check scenarios/*.yaml

lint:
	$(PYTHON) -m ruff check src tests benchmarks docs release
	$(PYTHON) -m ruff format --check src tests benchmarks docs release

types:
	$(PYTHON) -m mypy

imports:
	.venv/bin/lint-imports

# wheel and source archive, looked into, and the wheel installed and used where nothing but what it needs is
package:
	$(PYTHON) -m release package

verify:
	$(PYTHON) -m pytest -m verify

# long trials of reliability, each writes its table on docs/reliability.md; about four hours on a quiet machine with two
# cores, needs `pip install -e '.[fuzz]'`
TRIALS = check_time branches verification kills faults hostile reruns fuzz_schema fuzz_bytes

reliability:
	for trial in $(TRIALS); do $(PYTHON) -m tests.trials $$trial || exit $$?; done

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

# for a release, below dist/; these need `pip install -e '.[release]'`: the bill of materials of the wheel
sbom:
	$(PYTHON) -m release sbom

# known holes of what is installed here; asks an advisory service of the web, and fails where it cannot
audit:
	$(PYTHON) -m pip check
	$(PYTHON) -m pip_audit --strict --skip-editable --progress-spinner off

# the tests with the lowest versions that pyproject.toml allows, in a new environment; takes as long as the tests
lowest:
	$(PYTHON) -m release lowest
