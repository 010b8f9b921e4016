# The course's commands. `make` alone lists them.
#
# Needs Python 3.11 or newer, make and git. Everything is installed into .venv, which is made when it is missing;
# a second call finds the stamp file and does no set-up. Another Python: `make lab PYTHON=python3.13`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
# An environment of its own, with what Google Colab has. `TESTED_TORCH=1`: but with this Python and its tested torch.
COLAB := .colab
COLAB_PY := $(COLAB)/$(notdir $(BIN))/python
LESSONS :=

# Two processes share the tests, a file of tests and a notebook staying whole. `WORKERS=` runs them one by one.
WORKERS := -n 2 --dist loadfile

# Names in this file are relative, so the folder's own path may hold spaces and any letters.
SETTINGS := Makefile pyproject.toml constraints.txt
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# A wheelhouse that lacks nothing for this system spares `make lab` the internet. `make lab OFFLINE=` leaves it alone.
HOUSES := $(wildcard wheelhouse/*/complete.txt)
MACHINE := $(if $(HOUSES),$(if $(filter Windows_NT,$(OS)),windows,$(shell uname -sm)))
SYSTEM := $(patsubst Darwin-arm64,macos,$(patsubst Linux-x86_64,linux,$(subst $() ,-,$(MACHINE))))
HOUSE := $(filter wheelhouse/$(SYSTEM)/complete.txt,$(HOUSES))
OFFLINE := $(if $(HOUSE),--no-index --find-links wheelhouse/$(SYSTEM))

.PHONY: help lab wheelhouse test test-quick fuzz test-wheelhouse test-browser test-colab lessons slides handout test-instructor book test-book lint bench links release-check address constraints clean
.DELETE_ON_ERROR:

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

lab: $(VENV)/.lab ## open the course in JupyterLab
	@$(PY) -m tools.classroom.lab

wheelhouse: $(VENV)/.wheelhouse ## collect every wheel for a class without internet (PYTHONS="3.11 3.13" SYSTEMS=windows CUDA=1)
	$(PY) -m tools.classroom.wheelhouse $(if $(SYSTEMS),--systems $(SYSTEMS)) $(if $(PYTHONS),--python $(PYTHONS)) $(if $(CUDA),--cuda)

test: $(VENV)/.test ## run every test, and every notebook of both editions
	$(PY) -m pytest $(WORKERS) --cov -m "not browser"
	$(PY) -m pytest $(WORKERS) -p no:cacheprovider --nbval-lax --nbval-current-env --nbval-cell-timeout=300 notebooks solutions
	$(PY) -m pytest -m "browser and not browser_full" tests

# Left out: what builds and installs the course anew, runs or watches lessons, only strangers do, or `make lint` does.
LONG := tests/tools tests/fuzz tests/guards tests/test_wheel.py tests/test_portability.py tests/test_types.py \
	tests/lessons/test_lesson_without_extra.py
test-quick: $(VENV)/.test ## before a commit: run the tests of the package and the lessons, without browser, tools, clones and fuzz
	$(PY) -m pytest $(WORKERS) -m "not browser" $(LONG:%=--ignore=%)

fuzz: $(VENV)/.test ## call every public function thousands of times with anything, and record it (an hour or more)
	$(PY) -m pytest --hypothesis-profile=full tests/fuzz

test-browser: $(VENV)/.test ## run every notebook and use every demo in a real browser (half an hour)
	$(PY) -m pytest -m "browser and not browser_short" tests

test-colab: $(COLAB)/.fetched ## run the learner's notebooks with the versions that Google Colab has (LESSONS="02 04": some)
	$(COLAB_PY) -m tools.colab.run run $(LESSONS)

test-wheelhouse: $(VENV)/.test ## install from wheelhouse/ with the network cut, and run a lesson there
	$(PY) -m pytest -m offline tests

lessons: $(VENV)/.test ## rebuild all that is generated: notebooks, environments, stills, pages
	$(PY) -m tools.course.notebooks
	$(PY) -m tools.course.environments
	$(PY) -m tools.course.stills
	$(PY) -m tools.course.pages

slides: $(VENV)/.test ## make slides of the lessons, to show without a network: build/slides (LESSONS="02 04": some)
	$(PY) -m tools.classroom.slides $(LESSONS)

handout: $(VENV)/.test ## make the learners' handout, two pages to print: build/handout.pdf
	$(PY) -m tools.classroom.handout

test-instructor: slides handout ## make both, and look at every slide in a real browser
	$(PY) -m pytest -m instructor tests/tools

book: $(VENV)/.book ## make web pages of the course, to read without Python: build/book/html
	$(PY) -m tools.book.build

test-book: book ## make the book, and test it in a real browser
	$(PY) -m pytest -m book tests/tools

lint: $(VENV)/.test ## check style, types and the table of rooms
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(BIN)/lint-imports
	$(PY) -m basedpyright --pythonpath $(PY)

bench: $(VENV)/.test ## measure and record what the lessons cite (an hour or more; two quiet cores)
	$(PY) benchmarks/rings.py
	$(PY) benchmarks/augmentation.py
	$(PY) benchmarks/audit.py
	$(PY) benchmarks/repair.py
	$(PY) benchmarks/transfer.py
	$(PY) benchmarks/transfer.py --cut-offs
	$(PY) benchmarks/solubility.py
	$(PY) benchmarks/bonds.py
	$(PY) benchmarks/patents_network.py
	$(PY) benchmarks/patents_field.py
	$(PY) benchmarks/patents_surest.py
	$(PY) benchmarks/coverage.py
	$(PY) benchmarks/reading_text.py
	$(PY) benchmarks/reading_displays.py
	$(PY) benchmarks/thirty_ways.py
	$(PY) benchmarks/frames.py
	$(PY) benchmarks/waiting.py
	$(PY) benchmarks/memory_order.py

links: $(VENV)/.book ## ask for every page that the course links to (needs the internet)
	$(PY) -m tools.book.build --links

release-check: $(VENV)/.test ## is this fit to be published under its address and version?
	$(PY) -m tools.course.about

address: $(VENV)/.test ## set the course's public address everywhere: make address URL=https://github.com/owner/name
	$(PY) -m tools.course.about $(URL)
	$(MAKE) lessons

constraints: $(VENV)/.dev ## add to the tested versions what any system lacks there (UPGRADE=1: newer ones of all)
	$(PY) -m uv pip compile --quiet --universal --all-extras --python-version 3.11 --fork-strategy fewest --no-annotate \
	  --custom-compile-command "make constraints" $(if $(UPGRADE),--upgrade) --output-file constraints.txt pyproject.toml

clean: ## remove the environments and what tests leave behind; the next command sets up anew
	rm -rf $(VENV) $(COLAB) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage*

# The environment: one folder, one stamp file for each set of extras.
$(VENV)/.lab: $(VENV)/.made $(SETTINGS)
ifeq ($(strip $(OFFLINE)),)
	@echo "Installing the course into $(VENV): some minutes and, on Linux, several GB the first time"
	$(INSTALL) --editable ".[lab,transfer]"
else
	@echo "Installing the course into $(VENV) from wheelhouse/, without the internet: some minutes"
	$(INSTALL) --editable ".[lab,transfer]" $(OFFLINE) || { \
	  echo "wheelhouse/ is for Python $$(cat $(HOUSE)); here it is:"; $(PY) --version; \
	  echo "With one of those: make clean lab PYTHON=python3.13. With the internet: make lab OFFLINE="; exit 1; }
endif
	@touch $@

$(VENV)/.test: $(VENV)/.made $(SETTINGS)
	@echo "Installing the course and its tests into $(VENV): some minutes and, on Linux, several GB the first time"
	$(INSTALL) --editable ".[lab,test,transfer]"
	@touch $(VENV)/.lab $(VENV)/.wheelhouse $@

$(VENV)/.wheelhouse: $(VENV)/.lab
	$(INSTALL) --editable ".[lab,transfer,wheelhouse]"
	@touch $@

$(VENV)/.book: $(VENV)/.made $(SETTINGS)
	$(INSTALL) --editable ".[lab,test,book,transfer]"
	@touch $(VENV)/.lab $(VENV)/.wheelhouse $(VENV)/.test $@

$(VENV)/.dev: $(VENV)/.made $(SETTINGS)
	$(INSTALL) --editable ".[lab,test,book,dev,transfer]"
	@touch $(VENV)/.lab $(VENV)/.wheelhouse $(VENV)/.test $(VENV)/.book $@

$(VENV)/.made:
	$(NEEDS_PYTHON)
	"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(COLAB)/.fetched: $(COLAB)/.made pyproject.toml
	$(COLAB_PY) -m tools.colab.run fetch
	@touch $@

$(COLAB)/.made: tools/colab/versions.txt tools/colab/environment.py
	$(NEEDS_PYTHON)
	"$(PYTHON)" -m tools.colab.environment $(COLAB) $(if $(TESTED_TORCH),--tested-torch)
	@touch $@

define NEEDS_PYTHON
@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "The course needs Python 3.11 or newer; '$(PYTHON)' is missing or older:"; "$(PYTHON)" --version; \
  echo "Install one, or name one you have: make PYTHON=python3.13 $(MAKECMDGOALS)"; exit 1; }
endef
