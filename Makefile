# make run    set up, migrate, load the sample and serve it on http://127.0.0.1:8080
# make test   set up and run every test
# make lint   ruff and mypy
# make bench  the figures in README; make bench-reading or bench-load measures only that
# make bench-themes  how well channels find known themes
# make clean  forget the virtual environment and the sample's store

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet install --constraint constraints.txt

.PHONY: run test lint bench bench-load bench-reading bench-themes clean

run: $(VENV)/.run
	$(BIN)/feedsvc migrate
	$(BIN)/feedsvc refresh || test $$? -eq 1
	$(BIN)/feedsvc run

test: $(VENV)/.dev
	$(BIN)/pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: bench-reading bench-load
	$(BIN)/python bench/serve.py

bench-reading: $(VENV)/.dev
	$(BIN)/python bench/reading.py

bench-load: $(VENV)/.dev
	$(BIN)/python bench/load.py

bench-themes: $(VENV)/.dev
	$(BIN)/python bench/themes.py

clean:
	rm -rf $(VENV) var

$(VENV)/.run: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/.run
