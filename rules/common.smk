"""Define what all rules share: the checked study, wildcard constraints and input functions. No rules."""

import copy
import re
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.utils import update_config

from scripts.stiltcal.study.load import (
    External,
    JobResources,
    Parameters,
    Shown,
    StudyError,
    check_fetched,
    judged_families,
    load_study,
    settings_of,
    tested_targets,
    trainings_of,
)
from scripts.stiltcal.support.code import code_of
from scripts.stiltcal.support.yaml_files import read_mapping

FOLDER = Path(workflow.snakefile).parents[1]
MAIN = Path(workflow.main_snakefile)
IS_MODULE = not (MAIN.is_file() and MAIN.samefile(FOLDER / "Snakefile"))
# Relative in the clone: under other names the same files would make all jobs run again. A module adds its own prefix.
ROOT = FOLDER if IS_MODULE or not FOLDER.samefile(Path.cwd()) else Path()
SPLITS = ("train", "dev", "test")

if IS_MODULE:
    # The `config` of a module is laid over config.yaml as a --configfile is, and stays the other workflow's own.
    given = copy.deepcopy(config)
    config, _ = read_mapping(ROOT / "config.yaml")
    update_config(config, given)

try:
    # `study` says which files there are, `parameters` what their jobs are told, `selection` what figures show,
    # `external` which systems answer beside our models.
    study = load_study(
        config, ROOT, [] if IS_MODULE else [ROOT / "config.yaml", *workflow.overwrite_configfiles]
    )
    parameters, selection, external = Parameters(study), Shown(study), External(study)
    # Memory, time, threads and GPUs. No job asks for a GPU unless `--resources gpu=N` says how many there are.
    needs = JobResources(parameters, gpus="gpu" in workflow.resource_settings.resources)
    if workflow.is_main_process and (added := check_fetched(parameters)):
        logger.warning(
            f"{parameters.lock}: added {', '.join(added)}, which earlier runs fetched; commit this file with the study"
        )
except StudyError as error:
    raise WorkflowError(str(error)) from None

# The line that tells how long is left knows from the plan how long jobs take.
if workflow.is_main_process and (progress := sys.modules.get("snakemake_logger_plugin_stiltcal.progress")):
    from scripts.stiltcal.price.expected import expected_seconds  # not in the processes of the jobs

    progress.expect(expected_seconds(study, ROOT, needs.gpus))

# `data.seed` as numpy takes it: not negative, and of 32 bits.
NUMPY_SEED = config["data"]["seed"] % 2**32


wildcard_constraints:
    target="|".join(study.targets),
    intermediate="|".join(map(re.escape, ["none", *study.intermediate_models])),
    language="[A-Za-z0-9]+(-[A-Za-z0-9]+)*",
    seed=r"\d+",


def items(task, split, languages):
    """Items files of a split of a task."""
    return expand(
        "<results>/data/{task}/{split}/{language}.parquet", task=task, split=split, language=languages
    )


def all_items(task):
    """Items files of all splits of a task."""
    return [path for split in SPLITS for path in items(task, split, study.split_languages(task, split))]


def inside(split):
    """The folder of a split below that of the test items."""
    return "" if split == "test" else f"{split}/"


def trees(task, split="test"):
    """Trees of the items of a target that are perturbed, in the languages that have any."""
    languages = study.tree_languages(task, split)
    return expand(
        f"<results>/trees/{{task}}/{inside(split)}{{language}}.conllu", task=task, language=languages
    )


def gold_trees(task):
    """The trees that the miniature writes with the items of a task, in the order of `study.tree_cells`."""
    if config["trees"] != "gold" or task not in study.targets:
        return []
    return [path for split in study.perturbed_splits for path in trees(task, split)]


def treebanks(wildcards):
    """The treebank files of a language; in the miniature one that is generated."""
    given = study.parsers.treebank(wildcards.language)
    return list(given.values()) or ["<results>/treebanks/{language}.conllu"]


def treebank_part(part):
    """The given file of a part of a language's treebank, or nothing."""
    return lambda wildcards: study.parsers.treebank(wildcards.language).get(part, [])


def treebank_test(language):
    """The sentences of a language that its parser is tested on."""
    if study.parsers.is_trained(language):
        return f"<results>/treebanks/{language}/test.conllu"
    return study.parsers.treebank(language)["test"]


def parsed_language(wildcards):
    """The language of the text that is parsed in an items file: of bitext, that of the perturbed side."""
    return study.perturbed_language(wildcards.target, wildcards.language)


def parser(language):
    """The folder of Stanza's models of a language."""
    source = study.parsers.source(language)
    folders = {
        "fetch": f"<resources>/parsers/{language}",
        "train": f"<results>/parsers/{language}",
        "folder": source.folder,
    }
    return folders[source.how]


def source_items(task, split):
    """The items file of a split in the source language."""
    return f"<results>/data/{task}/{split}/{study.source_language}.parquet"


def by_target(parameters_of):
    """The parameters of a job as functions of its wildcard `target`. parameters_of: maps a target to all of them."""

    def one(name):
        return lambda wildcards: parameters_of(wildcards.target)[name]

    return {name: one(name) for name in parameters_of(study.targets[0])}


# Cached, as other lists below: a study has hundreds of jobs of each target, one for each model.
@cache
def perturbed_items(target, split="test"):
    """Perturbed items files of all cells of a target, in the order of `study.cells`."""
    folder = f"<results>/perturbed/{target}/{inside(split)}"
    return [
        f"{folder}{perturbation}/{language}.parquet" for perturbation, language in study.cells(target, split)
    ]


def perturbed_in(split):
    """The perturbed items files of a job's target in a split (`perturbed_items`)."""
    return lambda wildcards: perturbed_items(wildcards.target, split)


def all_perturbed(target, split="test"):
    """The file that says that all perturbed items of a target are there."""
    return f"<results>/perturbed/{target}/{inside(split)}complete"


@cache
def clean_dev_items(target):
    """Clean dev items files of a target, in the order of `study.dev_cells`."""
    cells = study.dev_cells(target)
    return items(target, "dev", [language for perturbation, language in cells if perturbation == "clean"])


def gallery(target):
    """The pages that show the perturbed items of a target, one a language."""
    return expand(
        "<results>/gallery/{target}/{language}.html", target=target, language=study.languages(target)
    )


def predictions(target, intermediates=None, folder="predictions"):
    """Predictions of a target by intermediates (None: all systems that answer it), with all seeds. folder:
    `dev_predictions` for those of dev items, which intermediates alone have."""
    return expand(
        f"<results>/{folder}/{{intermediate}}/{{target}}/seed{{seed}}.parquet",
        intermediate=external.systems_of(target) if intermediates is None else intermediates,
        target=target,
        seed=study.seeds,
    )


def named(folder, path):
    """A path of the report below a folder; a named selection has a folder of its own there."""
    return f"{folder}/{selection.path(path)}"


def figure_path(name):
    """The path of a figure."""
    return named("<results>", f"figures/{name}")


def table_path(name):
    """The path of a table of a paper."""
    return named("<results>", f"tables/{name}")


def caption_text(name):
    """The text of a caption, a template."""
    return (ROOT / "report" / f"{name}.rst").read_text(encoding="utf-8")


def drawn(name, caption, target="all"):
    """The files of a figure of FIGURES: a PDF, which Snakemake's report shows with its caption, and a PNG."""
    labels = {"figure": FIGURES[caption][0], "target": target}
    pdf = report(
        figure_path(f"{name}.pdf"), caption=f"../report/{caption}.rst", category="Figures", labels=labels
    )
    return [pdf, figure_path(f"{name}.png")]
