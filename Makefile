# make suites   set everything up, then play the demo site on both releases   (SITE=scenarios/mine for another)
# make test     set everything up, then the harness's own tests
# make setup    virtual environment, container engine, images
# make docs     the pages of docs/ as a site in docs/_build; warnings and links that lead nowhere are errors
# make bench    what playing costs against a bare driver
# make prove-cold removes the harness's images, then measures what a machine without them needs until the demo's verdict
# make prove-ci run the shell steps of docs/ci.md's recipes in clean containers
# make prove-builds  build Debian's source of Asterisk 22 twice and play the demo on it, and a public module (15 minutes)
# make prove-engines ENGINES="unix://… ssh://…"  play the demo here and on each of these: the same findings
# make mutants  plant 300 random faults in the pure rooms, one at a time: the tests have to notice nine of ten
# make lock     write requirements*.lock anew from pyproject.toml (needs uv)
# make clean    remove what the above made: environment, images, caches. The container engine stays.

SITE ?= scenarios/demo
REPORT ?= report
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# What takes minutes begins first, so that no worker is left alone with it at the end.
LONGEST := tests/test_plugin.py tests/test_preflight_command.py tests/known tests/databases tests/places tests/migrate tests/lab/test_trio.py

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: suites test setup docs bench prove-cold prove-builds prove-ci prove-engines mutants lock clean
.DEFAULT_GOAL := suites

suites: $(READY)
	@$(BIN)/harness setup $(SITE)
	@$(BIN)/python -m pytest suites/ --site $(SITE) --report $(REPORT)

test: $(READY)
	@$(BIN)/harness setup
	@sh .ci/install.sh chromium chromium
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory docs
	$(BIN)/python -m pytest $(LONGEST) tests -n 2 --dist loadfile --no-loadscope-reorder

setup: $(READY)
	@$(BIN)/harness setup $(SITE)

docs: $(READY)
	$(BIN)/python -m sphinx -q -W --keep-going -b dirhtml docs docs/_build
	@echo docs/_build/index.html

prove-builds: $(READY)
	@$(BIN)/python -m tests.builds

bench: $(READY)
	@$(BIN)/harness setup
	@$(BIN)/python -m tests.bench

prove-cold: $(READY)
	@$(BIN)/python -m tests.bench.cold $(if $(DRY),--dry)

prove-ci: $(READY)
	@$(BIN)/harness setup
	@$(BIN)/python -m tests.recipes

prove-engines: $(READY)
	@$(BIN)/python -m tests.engines $(ENGINES)

mutants: $(READY)
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-mutants.lock
	@$(BIN)/python -m tests.mutants $(if $(SEED),--seed $(SEED))

$(READY): requirements.lock pyproject.toml .ci/venv.sh
	@sh .ci/venv.sh $(PYTHON) $(VENV)
	@touch $@

lock:
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile pyproject.toml requirements-build.in --extra dev \
	    --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url -o requirements.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile pyproject.toml requirements-build.in -c requirements.lock \
	    --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url -o requirements-run.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile requirements-mutants.in -c requirements.lock \
	    --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url -o requirements-mutants.lock

clean:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m harness.cli.clean; fi
	rm -rf $(VENV) $(REPORT) docs/_build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
