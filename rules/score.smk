"""Score and compare: one row per cell with its interval; paired differences, one bootstrap per target.

Reads predictions, writes <results>/scores.csv, <results>/comparisons.csv and <results>/reliability.csv.
"""


rule score_predictions:
    """Task metrics and calibration of every cell of one target, with bootstrap intervals."""
    input:
        predictions=predictions,
        library=lib("calibration", "tasks/metrics"),
    output:
        "<results>/scores/{target}.csv",
    log:
        "<logs>/score_predictions/{target}.log",
    benchmark:
        "<benchmarks>/score_predictions/{target}.tsv"
    resources:
        mem_mb=2000,
        runtime=60,
    conda:
        "../envs/stats.yaml"
    params:
        **study.scoring,
    script:
        "../scripts/score_predictions.py"


rule compare_predictions:
    """Paired differences to `none` and to `clean`, and their interaction, for one target."""
    input:
        predictions=predictions,
        library=lib("calibration", "tasks/metrics"),
    output:
        "<results>/comparisons/{target}.csv",
    log:
        "<logs>/compare_predictions/{target}.log",
    benchmark:
        "<benchmarks>/compare_predictions/{target}.tsv"
    resources:
        mem_mb=2000,
        runtime=60,
    conda:
        "../envs/stats.yaml"
    params:
        **study.scoring,
    script:
        "../scripts/compare_predictions.py"


rule gather_table:
    """One table of all targets."""
    input:
        expand("<results>/{{table}}/{target}.csv", target=study.targets),
    output:
        "<results>/{table}.csv",
    log:
        "<logs>/gather_table/{table}.log",
    wildcard_constraints:
        table="scores|comparisons",
    resources:
        mem_mb=500,
        runtime=10,
    conda:
        "../envs/report.yaml"
    script:
        "../scripts/gather_table.py"


rule bin_reliability:
    """Bins of the reliability diagrams."""
    input:
        predictions=lambda wildcards: expand(
            "<results>/predictions/{intermediate}/{target}/seed{seed}.parquet",
            intermediate=["none", config["report"]["intermediate"]],
            target=study.targets,
            seed=study.seeds,
        ),
        library=lib("calibration/estimators", "calibration/binning"),
    output:
        "<results>/reliability.csv",
    log:
        "<logs>/bin_reliability.log",
    benchmark:
        "<benchmarks>/bin_reliability.tsv"
    resources:
        mem_mb=2000,
        runtime=30,
    conda:
        "../envs/report.yaml"
    params:
        source_language=study.source_language,
        scalings=config["scores"]["scalings"],
    script:
        "../scripts/bin_reliability.py"
