"""stiltcal: what English intermediate-task training does to the calibration of multilingual models under perturbed syntax.

The grammar of result paths (docs/data_formats.md says what is in the files):

    <results>/data/{task}/{split}/{language}.parquet               items
    <results>/data/{task}/translated/{language}.parquet            translated training items
    <results>/data/masked_lm/{language}.parquet                    text for masked language modelling
    <results>/trees/{task}/{language}.conllu                       trees of the test items
    <results>/word_order/{language}.json                           counted in <results>/treebanks/ or the user's own
    <results>/perturbed/{task}/{perturbation}/{language}.parquet   perturbed test items
    <results>/gallery/{task}/{language}.html                       the same to look at
    <results>/models/encoder                                       what everything starts from
    <results>/models/trimmed                                       without unused embeddings, for `vocabulary.trim`
    <results>/models/intermediate/{intermediate}/seed{seed}
    <results>/models/target/{intermediate}/{train_set}/seed{seed}
    <results>/training/intermediate/{intermediate}/seed{seed}.csv          losses of the trainings
    <results>/training/target/{intermediate}/{train_set}/seed{seed}.csv
    <results>/predictions/{intermediate}/{target}/seed{seed}.parquet
    <results>/dev_predictions/{intermediate}/{target}/seed{seed}.parquet   on clean dev items
    <results>/scores/, <results>/comparisons/                      by target, gathered in <results>/*.csv
    <results>/figures/, <results>/tables/, <results>/finding.md, <results>/report.html, <results>/paper.pdf
    <results>/selections/{name}/                                   figures, tables and page of a named selection
"""

from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.14")

# Of github(), gitlab() and gitfile() Snakemake reads single files.
if not Path(workflow.snakefile).is_file():
    raise WorkflowError(
        f"{workflow.snakefile}: stiltcal reads its library, tasks and schemas from a folder; clone the repository, and "
        "give the clone's Snakefile as `snakefile` of the module"
    )


from scripts.stiltcal.support.timers import stop_timers


configfile: workflow.source_path("config.yaml")


report: "report/workflow.rst"


include: "rules/common.smk"
include: "rules/common_models.smk"
include: "rules/data.smk"
include: "rules/encoder.smk"
include: "rules/syntax.smk"


if config["trees"] == "stanza":

    include: "rules/parsers.smk"


include: "rules/perturb.smk"
include: "rules/variants.smk"
include: "rules/train.smk"
include: "rules/predict.smk"
include: "rules/external.smk"
include: "rules/gallery.smk"
include: "rules/score.smk"
include: "rules/hypotheses.smk"
include: "rules/claims.smk"
include: "rules/figures.smk"
include: "rules/tables.smk"
include: "rules/report.smk"
include: "rules/paper.smk"


rule all:
    """The whole study: scores, comparisons, figures, tables, the finding and the report."""
    default_target: True
    input:
        # All that a reader would look for: what was deleted of it is made again.
        expand(
            "<results>/{table}.csv",
            table=[
                "primary",
                "contrasts",
                "claims",
                "gains",
                "best_per_target",
                "scores",
                "comparisons",
                "xtreme",
                "hierarchy",
                "strength",
                "reliability",
                "curves",
                "unknown_tokens",
            ],
        ),
        "<results>/parsers.csv" if study.parsers.tested else [],
        expand(
            table_path("{table}.{form}"),
            table=TABLES,
            form=["tex", "csv", "caption.tex"],
        ),
        expand(figure_path("{figure}.{form}"), figure=FIGURE_FILES, form=["pdf", "png"]),
        expand("<results>/finding.{form}", form=["md", "json"]),
        "<results>/claims.md",
        named("<results>", "report.html"),
        # Worlds of the miniature have nothing in common.
        [] if study.is_miniature else "<results>/contamination.csv",
        [gallery(target) for target in study.targets],


rule fetch:
    """All that needs a network, and nothing else: for the login node of a cluster (docs/cluster.md)."""
    input:
        [] if study.is_miniature else expand("<resources>/datasets/{task}", task=study.data_tasks),
        [] if config["encoder"].get("pretrain") else "<results>/models/encoder",
        expand("<resources>/parsers/{language}", language=study.parsers.fetched),
    localrule: True


onsuccess:
    stop_timers()


onerror:
    stop_timers()
