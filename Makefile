# Two commands for everyone: `make run` and `make test`. The rest is for those who build it.
SHELL := /bin/bash
export OPENBLAS_NUM_THREADS := 1
export PYTHONDONTWRITEBYTECODE :=
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
HOST ?= 127.0.0.1
PORT ?= 8050
# Refresh ends with 3 when rows were newly quarantined: the editions are there, and it has said so.
REFRESH = $(BIN)/python -m pipelines refresh --election all --days 8 || [ $$? -eq 3 ]
# `make run SCHEDULE=02:30` also refreshes every night, in a process that ends with the server. deploy/ has better ways.
SCHEDULE ?=
KILLS ?= 200
NIGHTS ?= 60
MUTATIONS ?= 1000
EXAMPLES ?= 50
MINUTES ?= 30
SECONDS_EACH ?= 8
JOBS ?= 2
ELECTORATES ?= 50
CAMPAIGNS ?= 20
HINDCAST ?= 15
COUNTS ?= 10 100 1000
REPEATS ?= 1
ROWS ?=
OF ?= electoral.* pipelines.*

.PHONY: run test refresh hindcast lint lock bench soak mutants mutmut screens load bench-browser bench-scale chromium nginx s3 postgresql clean

run: .venv/.run
	$(REFRESH)
	-$(BIN)/python -m dashboard prerender
	$(if $(SCHEDULE),$(BIN)/python -m pipelines schedule --at $(SCHEDULE) --parent $$$$ & )exec $(BIN)/python -m dashboard --host $(HOST) --port $(PORT)

test: .venv/.dev chromium nginx s3 postgresql
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

refresh: .venv/.run
	$(REFRESH)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The past replayed as of then; rewrites docs/record.md and the electorates' record.json (some minutes).
hindcast: .venv/.run
	$(BIN)/python -m pipelines hindcast --daily --out docs
	mv docs/record.json data/raw/electorates/il/record.json
	$(BIN)/python -m pipelines hindcast --electorate se --daily --out build/se
	mv build/se/record.json data/raw/electorates/se/record.json

# Each of them, also after one that misses a figure; the figures are kept in bench/results.
bench: .venv/.dev
	@code=0; for bench in "pytest bench -n 0 --benchmark-only" bench.trend bench.sources; do \
	  $(BIN)/python -m $$bench || code=1; done; exit $$code

# The long tests: kills at random moments, nights in a row, pages spoilt at random, what a worker holds over time;
# KILLS, NIGHTS, MUTATIONS, EXAMPLES and MINUTES say how many.
soak: .venv/.dev
	HEMICYCLE_MUTATIONS=$(MUTATIONS) HEMICYCLE_LOSSY_PAGES=$(MUTATIONS) $(BIN)/python -m pytest -n 0 -q \
	  tests/pipelines/ingest/test_mutations.py tests/pipelines/ingest/test_lossy_pages.py
	$(PYTHON) -m venv build/other && build/other/bin/python -m pip install --quiet --require-hashes -r requirements.txt
	HEMICYCLE_OTHER_PYTHON=$(CURDIR)/build/other/bin/python $(BIN)/python -m pytest -n 0 -q tests/pipelines/test_made_again.py
	HEMICYCLE_API_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n 0 -q tests/dashboard/serve/test_description.py
	HEMICYCLE_SOAK=1 $(BIN)/python -m pytest -n 0 -q tests/pipelines/hindcast/test_record.py tests/pipelines/test_cut_off.py tests/pipelines/test_refresh.py \
	  tests/pipelines/ingest/test_network_fails.py tests/pipelines/sources/test_cec.py
	$(BIN)/python -m bench.soak --kills $(KILLS) --nights $(NIGHTS)
	$(BIN)/python -m bench.memory --minutes $(MINUTES)
	$(MAKE) mutmut

# Every protection of docs/protections.md removed once, in a copy: its tests must fail (some 20 minutes; ROWS="F28 A3" for some).
mutants: .venv/.dev
	$(BIN)/python -m tests.mutants.run --jobs $(JOBS) $(ROWS)

# Every operator, number and condition of the core, of what comes in and of the forecast changed once (many hours; OF="electoral.power*"
# for some). `mutmut results` names those that no test noticed; docs/protections.md says of which modules each has a reason.
mutmut: .venv/.dev
	set -f; $(BIN)/mutmut run --max-children $(JOBS) $(OF)

# Election eve on loopback, beside the naive way; SECONDS_EACH says how long each run takes (about four minutes in all).
load: .venv/.dev nginx
	@command -v wrk >/dev/null || .ci/system-packages wrk
	$(BIN)/python -m bench.load --seconds $(SECONDS_EACH)

# What every page costs a reader's browser, beside its figures (some minutes; the campaigns have to be refreshed).
bench-browser: .venv/.dev chromium
	$(BIN)/python -m bench.browser

# What spreads out, at full size (hours on two cores; smaller: ELECTORATES, CAMPAIGNS, HINDCAST and COUNTS).
bench-scale: .venv/.dev
	$(BIN)/python -m bench.scale --electorates $(ELECTORATES) --campaigns $(CAMPAIGNS) \
	  --hindcast-electorates $(HINDCAST) --counts $(COUNTS) --counts-without-model $(COUNTS) --repeats $(REPEATS)

# Every page in every language, theme and width into build/screens, and the README's few into docs/screens.
screens: .venv/.dev chromium
	HEMICYCLE_SOAK=1 $(BIN)/python -m pytest -n 0 tests/browser/test_screens.py
	mkdir -p docs/screens
	cp build/screens/first/*.png docs/screens/

lock: .venv/.dev
	for name in requirements requirements-alerts requirements-scale requirements-dev requirements-s3; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header $$name.in -o $$name.txt; done

clean:
	rm -rf .venv
	find data/processed -mindepth 1 ! -name README.md -delete

# Chromium for the browser tests comes from the system's packages; without it those tests are skipped by name.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	  { echo "installing Chromium for the browser tests"; .ci/system-packages chromium; } || \
	  echo "no Chromium and no way to install it: the browser tests will be skipped by name"

# nginx for the tests of deploy/nginx, likewise; with its Brotli module where the system has one.
nginx:
	@command -v nginx >/dev/null || test -x /usr/sbin/nginx || \
	  { echo "installing nginx for the tests of deploy/nginx"; \
	    .ci/system-packages nginx libnginx-mod-http-brotli-static || .ci/system-packages nginx; } || \
	  echo "no nginx and no way to install it: its tests will be skipped by name"

# PostgreSQL for the tests of a shared ledger, which start one of their own.
postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	  { echo "installing PostgreSQL for the tests of a shared ledger"; .ci/system-packages postgresql; } || \
	  echo "no PostgreSQL and no way to install it: its tests will be skipped by name"

# An S3 server for the tests of object stores, in an environment of its own.
s3: .venv/.s3
.venv/.s3: requirements-s3.txt | .venv/bin/python
	@$(PYTHON) -m venv .venv/s3 && \
	  .venv/s3/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements-s3.txt && touch $@ || \
	  echo "no S3 server could be installed: its tests will be skipped by name"

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is too old or missing: Python 3.11 or newer is needed (make PYTHON=python3.12 …)"; exit 1; }
	@echo "making the virtual environment in .venv"
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/system-packages python3-venv
	$(PYTHON) -m venv .venv

.venv/.run: requirements.txt | .venv/bin/python
	@echo "installing the locked libraries (a few minutes the first time)"
	$(PIP) -r requirements.txt
	touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/python
	@echo "installing the locked libraries and test tools (a few minutes the first time)"
	$(PIP) -r requirements-dev.txt
	touch $@ .venv/.run
