# Assay: make help lists what there is. Everything is built in .venv and build/.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first Python of at least 3.11; any other: make PYTHON=/path/to/python3
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
    if $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$each; exit; fi; \
  done; echo python3)
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
FUZZ_SECONDS ?= 5

export CMAKE_BUILD_PARALLEL_LEVEL ?= $(JOBS)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

BIN := .venv/bin
DONE := build/done
QUIET := tools/quietly

cpp_files = $(shell git ls-files --cached --others --exclude-standard '*.hpp' '*.cpp')
extension_sources := $(shell find include src -type f) CMakeLists.txt pyproject.toml $(wildcard cmake/*)

##@ The two commands
.PHONY: demo
demo: $(DONE)/package  ## Build, then score the bundled example operation into out/
	@$(BIN)/assay demo --out out

.PHONY: test
test: test-cpp test-python  ## Build, then run the C++ and the Python tests

##@ The rest
.PHONY: test-cpp
test-cpp: build/dev/build.ninja  ## The C++ tests alone
	@echo "Building the C++ tests ..."
	@$(QUIET) build-dev cmake --build --preset dev
	@tools/with_postgresql ctest --preset dev -j $(JOBS)

.PHONY: test-python
test-python: $(DONE)/package $(DONE)/tools  ## The Python tests alone
	@$(BIN)/python -m pytest -q

.PHONY: bench
bench: $(DONE)/package $(DONE)/tools $(DONE)/bench-tools  ## Compare speed and memory with what one would use otherwise
	@$(BIN)/python tests/bench/bench.py
	@$(MAKE) bench-estimation
	@$(MAKE) bench-store

.PHONY: bench-estimation
bench-estimation: $(DONE)/package $(DONE)/tools $(DONE)/bench-tools  ## Designs, plans, survey estimates, weights and judges; part of make bench
	@for each in sampling survey weights planner judge; do $(BIN)/python tests/bench/$$each.py; done

.PHONY: study
study: $(DONE)/package $(DONE)/tools  ## Coverage of every interval, audits saved by plans and judges, shrinkage, auditors; minutes
	@for each in coverage savings shrinkage auditors; do $(BIN)/python tests/study/$$each.py; done

.PHONY: bench-store
bench-store: build/release/build.ninja $(DONE)/package $(DONE)/tools  ## Journals, the registry's engine and its audit; part of make bench
	@echo "Building the benchmarks of the registry ..."
	@$(QUIET) build-bench-store cmake --build --preset release --target bench_store bench_registry
	@tools/with_postgresql bash -c 'build/release/tests/bench_store /tmp $$ASSAY_TEST_POSTGRESQL'
	@build/release/tests/bench_registry
	@$(BIN)/python tests/bench/registry_audit.py

.PHONY: faults
faults: build/dev/build.ninja  ## Writers killed a thousand times, servers restarted a hundred times
	@echo "Building the fault tests ..."
	@$(QUIET) build-faults cmake --build --preset dev --target fault_kills fault_writer
	@cd build/dev/tests/faults && ./fault_kills ./fault_writer sqlite 1000
	@tools/with_postgresql bash -c 'cd build/dev/tests/faults && ./fault_kills ./fault_writer postgresql 1000 && \
	  ./fault_kills ./fault_writer restarts 100'

.PHONY: server
server: $(DONE)/system  ## A PostgreSQL server for the tests, where there is none (they skip without)
	@tools/install_missing $(PYTHON) server

.PHONY: check
check: check-floors check-format check-types check-stubs  ## Floors, formatting, lint, types and stubs

.PHONY: check-floors
check-floors: $(DONE)/tools
	@$(BIN)/python tools/check_floors.py

.PHONY: check-format
check-format: $(DONE)/tools
	@$(BIN)/clang-format --dry-run -Werror $(cpp_files) 2>&1 | ({ grep -E 'error:' || true; } | cut -d: -f1 | sort | uniq -c | \
	  awk '{ print $$2 ": not formatted; make format mends it"; wrong = 1 } END { exit wrong }')
	@$(BIN)/ruff format --check --quiet . || { echo "Python files are not formatted; make format mends it"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@echo "formatting and lint: all in order"

.PHONY: check-types
check-types: $(DONE)/tools
	@$(BIN)/mypy
	@$(BIN)/mypy --no-error-summary tools/check_floors.py tools/requirements.py

.PHONY: check-stubs
check-stubs: $(DONE)/package $(DONE)/tools
	@$(BIN)/python tools/check_stubs.py
	@echo "stubs: as built"

.PHONY: stubs
stubs: $(DONE)/package $(DONE)/tools  ## Write the type stubs of the compiled module anew
	@$(BIN)/python tools/check_stubs.py --write

.PHONY: format
format: $(DONE)/tools  ## Format C++ and Python, mend the umbrella header
	@$(BIN)/python tools/check_floors.py --mend || true
	@$(BIN)/clang-format -i $(cpp_files)
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

.PHONY: asan tsan
asan tsan: %: build/%/build.ninja  ## The C++ tests under sanitizers: address and undefined behaviour, or threads
	@echo "Building the C++ tests with sanitizers ..."
	@$(QUIET) build-$@ cmake --build --preset $@
	@tools/with_postgresql ctest --preset $@ -j $(JOBS)

.PHONY: fuzz
fuzz: $(DONE)/fuzz-system  ## Each fuzz target for FUZZ_SECONDS (5)
	@$(QUIET) configure-fuzz cmake --preset fuzz -DASSAY_FUZZ_SECONDS=$(FUZZ_SECONDS)
	@echo "Building the fuzz targets ..."
	@$(QUIET) build-fuzz cmake --build --preset fuzz
	@ctest --preset fuzz -j $(JOBS)

.PHONY: docs
docs: $(DONE)/package $(DONE)/docs-tools  ## The reference of the Python and C++ names, as pages in out/docs
	@$(QUIET) docs-python $(BIN)/python -m pdoc --output-directory out/docs/python assay
	@mkdir -p out/docs
	@$(QUIET) docs-cpp doxygen cmake/Doxyfile
	@echo "out/docs/python/index.html"
	@echo "out/docs/cpp/index.html"

.PHONY: clean
clean:  ## Remove what was built: build/, out/ and .venv
	@rm -rf build out .venv

.PHONY: help
help:  ## This list
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z][a-z -]*:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# ---- steps that are done once, and again only when what they rest on has changed -------------------------------------

$(DONE)/system: tools/install_missing
	@tools/install_missing $(PYTHON)
	@mkdir -p $(@D) && touch $@

$(DONE)/fuzz-system: $(DONE)/system
	@tools/install_missing $(PYTHON) fuzz
	@touch $@

$(BIN)/python: | $(DONE)/system
	@echo "Making .venv with $$($(PYTHON) --version) ..."
	@$(QUIET) venv $(PYTHON) -m venv .venv

# Requirements in two steps, so that a first make demo fetches only what it needs.
$(DONE)/runtime: pyproject.toml tools/requirements.py | $(BIN)/python
	@echo "Installing Python packages ..."
	@mkdir -p build && $(BIN)/python tools/requirements.py build all > build/requirements-runtime.txt
	@$(QUIET) pip-runtime $(BIN)/pip install -r build/requirements-runtime.txt
	@touch $@

$(DONE)/tools: $(DONE)/runtime
	@echo "Installing the packages of the tests and checks ..."
	@$(BIN)/python tools/requirements.py dev > build/requirements-dev.txt
	@$(QUIET) pip-dev $(BIN)/pip install -r build/requirements-dev.txt
	@touch $@

$(DONE)/docs-tools: $(DONE)/runtime
	@tools/install_missing $(PYTHON) docs
	@$(BIN)/python tools/requirements.py docs > build/requirements-docs.txt
	@$(QUIET) pip-docs $(BIN)/pip install -r build/requirements-docs.txt
	@touch $@

$(DONE)/bench-tools: $(DONE)/runtime
	@tools/install_missing $(PYTHON) bench
	@echo "Installing what the benchmark compares with ..."
	@$(BIN)/python tools/requirements.py bench > build/requirements-bench.txt
	@$(QUIET) pip-bench $(BIN)/pip install -r build/requirements-bench.txt
	@touch $@

# The extension is built anew when a C++ source changed. Python files are read where they lie; only a new or a removed
# one has to be made known.
$(DONE)/package: $(DONE)/runtime $(extension_sources) $(DONE)/python-files
	@echo "Building the Python package ..."
	@$(QUIET) package $(BIN)/pip install --no-build-isolation --no-deps -e .
	@touch $@

.PHONY: always
$(DONE)/python-files: always
	@mkdir -p $(@D)
	@find python -type f -not -name '*.pyc' | sort > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

build/%/build.ninja: CMakePresets.json | $(DONE)/system
	@$(QUIET) configure-$* cmake --preset $*
