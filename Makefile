# `make` says what there is to make. Every target sets up what it needs, once.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-vllm lint bench bench-gpu soak ui

# the first Python that is new enough; name another one with `make demo PYTHON=...`
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
INSTALLED := .venv/.installed
# a process a core with one thread each: most of a test is one thread's work
PYTEST := OMP_NUM_THREADS=1 python -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal

# the drawn data sets and the model, out of the repository itself; DVC names what of a person's lies in their place
FETCH = dvc pull data.dvc train || { echo "make: DVC could not put data/ and models/ in place, see above; what is \
	yours there belongs to datasets/, and \`dvc status\` says what differs" >&2; exit 1; }

export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport PYTHONDONTWRITEBYTECODE # or each of many processes compiles anew what it imports, a second of two
export DVC_NO_ANALYTICS := 1
export DVC_SITE_CACHE_DIR := $(CURDIR)/.dvc/tmp/site
export MLFLOW_DISABLE_TELEMETRY := true

help: ## say this
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 17

demo: $(INSTALLED) ## the whole work on the built-in model, from documents to the report (six to nine minutes)
	$(FETCH)
	dvc repro
	@printf '\n'; cat report/*/summary.en.txt 2>/dev/null || cat report/*/summary.*.txt; printf 'the report: %s\n' report/*/report.*.html

test: $(INSTALLED) ## run the quick tests
	$(PYTEST) -m "not slow"

test-slow: $(INSTALLED) ## run the tests that take longer: killed searches, training, browsers, the whole pipeline
	$(FETCH)
	$(PYTEST) -m slow

test-vllm: $(INSTALLED) ## run the tests of vLLM with a real one, on the CPU, in an environment of its own (6 GB)
	$(FETCH)
	bash tests/real_vllm/run.sh

lint: $(INSTALLED) ## check style and types
	ruff check .
	ruff format --check .
	mypy

bench: $(INSTALLED) ## measure the numbers that the README gives
	$(FETCH)
	python -m benchmarks

bench-gpu: $(INSTALLED) ## measure a model of yours on your GPU: make bench-gpu CHECKPOINT=Qwen/Qwen2.5-VL-7B-Instruct PAGES=scans
	python -m benchmarks.gpu $(if $(CHECKPOINT),--checkpoint '$(CHECKPOINT)') $(if $(PAGES),--pages '$(PAGES)') $(BENCH)

soak: $(INSTALLED) ## kill searches at random moments and start them again, 50 times; damage 10,000 inputs
	PROMPTFIT_MUTATIONS=10000 python -m pytest tests/test_mutations.py
	PROMPTFIT_KILLS=50 python -m pytest -m slow -s tests/commands/test_kill.py

ui: $(INSTALLED) ## open the runs in MLflow (http://127.0.0.1:5000)
	promptfit ui

$(INSTALLED): pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer was found; install one, or say make PYTHON=/path/to/python" >&2; exit 1; }
	test -x .venv/bin/python || $(PYTHON) -m venv .venv || uv venv --allow-existing --python $(PYTHON) .venv
	command -v uv >/dev/null || .venv/bin/python -m pip install --quiet uv
	uv pip install --python .venv/bin/python --requirements requirements.lock
	uv pip install --python .venv/bin/python --no-deps --editable .
	touch $@
