# `make run` runs the default study, `make demo` a small one and shows its report, `make test` the tests; `make figures`
# makes figures, tables and page of a finished study anew; `make paper` compiles the finding with all of them, if LaTeX is
# installed (else it says which packages);
# `make plan CONFIG=config/paper.yaml` says before a study runs what it could detect, and what it costs. All install what
# they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# pip compiles nothing (see below), so Python must keep what it compiles, whatever the environment says: else each job
# compiles torch and transformers anew, which takes 15 seconds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run demo figures paper test test-slurm plan install clean

run: $(VENV)/run.done
	$(BIN)/snakemake --cores all

REPORT := $(CURDIR)/results/demo/report.html
demo: $(VENV)/run.done
	$(BIN)/snakemake --cores all --configfile config/demo.yaml
	@echo "Report: $(REPORT)"
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then $(BIN)/python -m webbrowser "file://$(REPORT)"; fi

# From tables of results and predictions alone: no other rule may run, and none of these loads torch.
REPORT_RULES := figures bin_reliability plot_effects plot_reliability plot_scores plot_comparisons plot_losses \
	make_tables write_finding write_claims render_report
figures: $(VENV)/run.done
	$(BIN)/snakemake --cores all --allowed-rules $(REPORT_RULES) $(if $(filter-out config.yaml,$(CONFIG)),--configfile $(CONFIG)) -- figures

# A file of tests runs in one process, at most four files at once; the order is that of tests/conftest.py.
test: $(VENV)/test.done
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST)

# A SLURM of six nodes, which this installs (Debian's packages) and starts on this machine.
test-slurm: $(VENV)/test.done
	@if [ "$$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then \
		echo "test-slurm: skipped; SLURM is installed from Debian's packages, as root"; exit 0; fi; \
	bash tests/slurm/cluster.sh install && \
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile -r requirements-slurm.txt && \
	PATH="$(CURDIR)/$(BIN):$$PATH" STILTCAL_SLURM=1 $(BIN)/python -m pytest tests/slurm $(PYTEST)

# Several files: CONFIG="config/paper.yaml config/paper_base.yaml"
CONFIG ?= config.yaml
plan: $(VENV)/run.done
	$(BIN)/python -m stiltcal.power --config $(CONFIG)
	@echo
	$(BIN)/python -m stiltcal.price --config $(CONFIG)

# The paper of the default study, or of CONFIG; what it needs of the study is run first.
paper: $(VENV)/run.done
	@$(BIN)/python -m stiltcal.report.typeset
	$(BIN)/snakemake --cores all $(if $(filter-out config.yaml,$(CONFIG)),--configfile $(CONFIG)) -- compile_paper

install: $(VENV)/run.done

# The library is installed as it stands in scripts/ (editable), so that edits need no new install.
# --no-compile: pip would compile 17,000 files, which takes longer than all else; Python compiles those that are imported.
# pip itself: a recent one needs half the time.
# --use-pep517: Debian 12's pip would build seqeval, which has no wheel, in the old way, and fail.
$(VENV)/run.done: requirements.txt pyproject.toml Makefile
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile pip==26.3
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --use-pep517 -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --no-deps --editable .
	touch $@

$(VENV)/test.done: requirements-dev.txt $(VENV)/run.done
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --use-pep517 -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .snakemake .pytest_cache .ruff_cache .mypy_cache .hypothesis
