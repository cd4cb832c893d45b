# Two commands: `make demo` and `make test`. Each makes the environment it needs in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash
LARGEST ?= 100000
# Each worker has one thread: they share the processors already. Files are begun in their own order.
ALONE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
# Where the user forbids it, each of the many processes that tests start would compile all anew.
unexport PYTHONDONTWRITEBYTECODE
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

.PHONY: demo test quick lint style lock benchmark method-check top-ten back-test promises pictures docs notebooks strip benchmarks-page clean

demo: $(VENV)/ready
	$(BIN)/geoprio demo

# Types are checked beside the tests, which leave room for it at their end.
test: $(VENV)/ready style
	$(BIN)/mypy & types=$$!; GEOPRIO_CHROMIUM="$$(bash tests/find-program.sh chromium)" && export GEOPRIO_CHROMIUM \
		&& export GEOPRIO_FIREFOX="$$(bash tests/find-program.sh firefox)" \
		&& export GEOPRIO_PLUGINS="$$(bash tests/find-plugins.sh build/plugins)" \
		&& export GEOPRIO_MAPSERV="$$(bash tests/find-program.sh mapserv)" \
		&& export GEOPRIO_SOFFICE="$$(bash tests/find-program.sh soffice)" \
		&& export GEOPRIO_OGRINFO="$$(bash tests/find-program.sh ogrinfo)" && $(ALONE) $(PYTEST) \
		&& wait $$types

# What needs no whole run, no browser and no real county: a minute, after every change.
quick: $(VENV)/ready lint
	$(ALONE) $(PYTEST) -m "not (whole or browser or real or slow)"

lint: $(VENV)/ready style
	$(BIN)/mypy

style: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lock: $(VENV)/ready
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --upgrade --extra dev pyproject.toml -o requirements.lock

benchmark: $(VENV)/ready
	$(BIN)/python benchmarks/crosswalk.py
	$(BIN)/python benchmarks/joint.py
	$(BIN)/python benchmarks/disclosure.py
	$(BIN)/python benchmarks/uncertainty.py
	$(BIN)/python benchmarks/rank_sets.py
	$(BIN)/python benchmarks/mailing.py
	$(BIN)/python benchmarks/startup.py
	GEOPRIO_CHROMIUM="$$(bash tests/find-program.sh chromium)" && export GEOPRIO_CHROMIUM && $(BIN)/python benchmarks/maps.py

# On an idle machine; goes on where it was stopped. LARGEST=10000 leaves the largest counties out.
benchmarks-page: $(VENV)/ready
	GEOPRIO_CHROMIUM="$$(bash tests/find-program.sh chromium)" && export GEOPRIO_CHROMIUM && $(BIN)/python docs/make_benchmarks.py --largest $(LARGEST)

method-check: $(VENV)/ready
	$(BIN)/python docs/check_methods.py

top-ten: $(VENV)/ready
	$(BIN)/python docs/top_ten.py

promises: $(VENV)/ready
	$(BIN)/python docs/check_promises.py

back-test: $(VENV)/ready
	$(BIN)/python docs/back_test.py

pictures: $(VENV)/ready
	GEOPRIO_CHROMIUM="$$(bash tests/find-program.sh chromium)" && export GEOPRIO_CHROMIUM && $(BIN)/python docs/take_pictures.py

docs: $(VENV)/ready
	$(BIN)/sphinx-build -q -W --keep-going -n -b html -d build/doctrees docs build/docs

# Read build/notebooks/*.html in a browser; of another campaign with GEOPRIO_CAMPAIGN and GEOPRIO_OUT.
notebooks: $(VENV)/ready
	$(BIN)/jupyter nbconvert --execute --to html --output-dir build/notebooks notebooks/*.ipynb

strip: $(VENV)/ready
	$(BIN)/jupyter nbconvert --clear-output --inplace notebooks/*.ipynb
	$(BIN)/ruff format notebooks

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "geoprio needs Python 3.11 or later; found: $$($(PYTHON) --version 2>&1). Set PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "could not make $(VENV); on Debian and Ubuntu install the package python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
