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

# Names in this file are relative, so the folder's own path may hold spaces and any letters.
SETTINGS := Makefile pyproject.toml constraints.txt
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# A wheelhouse that lacks nothing for this system spares `make lab` the internet. `make lab OFFLINE=` leaves it alone.
HOUSES := $(wildcard wheelhouse/*/complete.txt)
MACHINE := $(if $(HOUSES),$(if $(filter Windows_NT,$(OS)),windows,$(shell uname -sm)))
SYSTEM := $(patsubst Darwin-arm64,macos,$(patsubst Linux-x86_64,linux,$(subst $() ,-,$(MACHINE))))
HOUSE := $(filter wheelhouse/$(SYSTEM)/complete.txt,$(HOUSES))
OFFLINE := $(if $(HOUSE),--no-index --find-links wheelhouse/any --find-links wheelhouse/$(SYSTEM))

.PHONY: help lab wheelhouse test fuzz test-wheelhouse test-browser test-colab lessons slides handout test-instructor book test-book lint bench memory links release-check constraints clean
.DELETE_ON_ERROR:

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

lab: $(VENV)/.lab ## open the course in JupyterLab
	@$(PY) tools/lab.py

wheelhouse: $(VENV)/.lab ## collect every wheel for a class without internet (PYTHONS="3.11 3.13" SYSTEMS=windows CUDA=1)
	$(PY) tools/wheelhouse.py $(if $(SYSTEMS),--systems $(SYSTEMS)) $(if $(PYTHONS),--python $(PYTHONS)) $(if $(CUDA),--cuda)

test: $(VENV)/.test ## run every test, and every notebook of both editions
	$(PY) -m pytest --cov
	$(PY) -m pytest -p no:cacheprovider --nbval-lax --nbval-current-env --nbval-cell-timeout=300 notebooks solutions

fuzz: $(VENV)/.test ## call every public function thousands of times with anything, and record it (an hour or more)
	$(PY) -m pytest --hypothesis-profile=full tests/fuzz

test-browser: $(VENV)/.test ## run every notebook and use every demo in a real browser (half an hour)
	$(PY) -m pytest -m "browser and not browser_learner" tests

test-colab: $(COLAB)/.fetched ## run the learner's notebooks with the versions that Google Colab has (LESSONS="02 04": some)
	$(COLAB_PY) tools/colab.py run $(LESSONS)

test-wheelhouse: $(VENV)/.test ## install from wheelhouse/ with the network cut, and run a lesson there
	$(PY) -m pytest -m offline tests

lessons: $(VENV)/.test ## rebuild all that is generated: notebooks, environments, stills, pages
	$(PY) tools/build_notebooks.py
	$(PY) tools/build_environments.py
	$(PY) tools/build_frames.py
	$(PY) tools/build_pages.py

slides: $(VENV)/.test ## make slides of the lessons, to show without a network: build/slides (LESSONS="02 04": some)
	$(PY) tools/build_slides.py $(LESSONS)

handout: $(VENV)/.test ## make the learners' handout, two pages to print: build/handout.pdf
	$(PY) tools/build_handout.py

test-instructor: slides handout ## make both, and look at every slide in a real browser
	$(PY) -m pytest -m instructor tests/instructor

book: $(VENV)/.book ## make web pages of the course, to read without Python: build/book/html
	$(PY) tools/build_book.py

test-book: book ## make the book, and test it in a real browser
	$(PY) -m pytest -m book tests/book

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
	$(PY) benchmarks/thirty_ways.py
	$(PY) benchmarks/frames.py
	$(PY) benchmarks/waiting.py
	$(PY) benchmarks/memory_order.py

memory: $(VENV)/.test ## record the memory that the last run of the notebooks took, for the instructor's pages
	$(PY) tools/memory.py

links: $(VENV)/.test ## ask for every page that the course links to (needs the internet)
	$(PY) tools/check_links.py

release-check: $(VENV)/.test ## is this fit to be published under its address and version?
	$(PY) tools/course.py

constraints: $(VENV)/.dev ## record the versions that are installed now as the tested ones
	$(PY) tools/build_constraints.py

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
	@touch $(VENV)/.lab $@

$(VENV)/.book: $(VENV)/.made $(SETTINGS)
	$(INSTALL) --editable ".[lab,test,book,transfer]"
	@touch $(VENV)/.lab $(VENV)/.test $@

$(VENV)/.dev: $(VENV)/.made $(SETTINGS)
	$(INSTALL) --editable ".[lab,test,book,dev,transfer]"
	@touch $(VENV)/.lab $(VENV)/.test $(VENV)/.book $@

$(VENV)/.made:
	$(NEEDS_PYTHON)
	"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(COLAB)/.fetched: $(COLAB)/.made pyproject.toml
	$(COLAB_PY) tools/colab.py fetch
	@touch $@

$(COLAB)/.made: tools/colab_versions.txt tools/colab_environment.py
	$(NEEDS_PYTHON)
	"$(PYTHON)" tools/colab_environment.py $(COLAB) $(if $(TESTED_TORCH),--tested-torch)
	@touch $@

define NEEDS_PYTHON
@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "The course needs Python 3.11 or newer; '$(PYTHON)' is missing or older:"; "$(PYTHON)" --version; \
  echo "Install one, or name one you have: make PYTHON=python3.13 $(MAKECMDGOALS)"; exit 1; }
endef
