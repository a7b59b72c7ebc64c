# `make run` runs the default study, `make test` the tests, `make plan CONFIG=config/paper.yaml` says what a study could
# detect before it runs. All install what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
define WRITE_PATH_FILE
import pathlib, sys, sysconfig
pathlib.Path(sysconfig.get_paths()["purelib"], "stiltcal.pth").write_text(sys.argv[1] + "\n")
endef
export WRITE_PATH_FILE

.PHONY: run test plan install clean

run: $(VENV)/run.done
	$(BIN)/snakemake --cores all

test: $(VENV)/test.done
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest $(PYTEST)

# Several files: CONFIG="config/paper.yaml config/paper_base.yaml"
CONFIG ?= config.yaml
plan: $(VENV)/run.done
	$(BIN)/python -m stiltcal.power --config $(CONFIG)

install: $(VENV)/run.done

# The library is found through a path file, so that `python -m stiltcal.perturb` works from anywhere in the venv.
# --use-pep517: Debian 12's pip would build seqeval, which has no wheel, in the old way, and fail.
$(VENV)/run.done: requirements.txt Makefile
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --use-pep517 -r requirements.txt
	$(BIN)/python -c "$$WRITE_PATH_FILE" "$(CURDIR)/scripts"
	touch $@

$(VENV)/test.done: requirements-dev.txt $(VENV)/run.done
	$(BIN)/pip install --quiet --disable-pip-version-check --use-pep517 -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .snakemake .pytest_cache .ruff_cache .hypothesis
