"""Score and compare: one row per cell with its interval, and paired differences, from one bootstrap per target.

Reads predictions and perturbed items, writes <results>/scores.csv, comparisons.csv, strength.csv, measured_strength/,
reliability.csv, curves.csv, xtreme.csv, unknown_tokens.csv, hierarchy.csv and distances.csv.
"""


rule score_predictions:
    """Score every cell of one target, compare it with `none` and `clean`, and fit changes over measured strengths."""
    input:
        predictions=lambda wildcards: predictions(wildcards.target),
        perturbed=lambda wildcards: perturbed_items(wildcards.target),
    output:
        scores="<results>/scores/{target}.csv",
        comparisons="<results>/comparisons/{target}.csv",
        strength="<results>/strength/{target}.csv",
        measured="<results>/measured_strength/{target}.csv",
    log:
        "<logs>/score_predictions/{target}.log",
    benchmark:
        "<benchmarks>/score_predictions/{target}.tsv"
    conda:
        "../envs/stats.yaml"
    resources:
        **needs.score(),
    params:
        code_of("score_predictions"),
        **by_target(parameters.scoring),
    script:
        "../scripts/score_predictions.py"


rule gather_table:
    """Concatenate the tables of all targets."""
    input:
        tables=expand("<results>/{{table}}/{target}.csv", target=study.targets),
    output:
        table="<results>/{table}.csv",
    log:
        "<logs>/gather_table/{table}.log",
    wildcard_constraints:
        table="scores|comparisons|strength",
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("score"),
    params:
        code_of("gather_table"),
    script:
        "../scripts/gather_table.py"


rule count_unknown_tokens:
    """Count unknown tokens in every cell, once for all models, because they share the tokenizer."""
    input:
        records=expand(
            "<results>/predictions/{intermediate}/{target}/seed{seed}.temperature.json",
            intermediate=study.intermediates[0],
            target=study.targets,
            seed=study.seeds[0],
        ),
    output:
        unknown_tokens="<results>/unknown_tokens.csv",
    log:
        "<logs>/count_unknown_tokens.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("score"),
    params:
        code_of("count_unknown_tokens"),
    script:
        "../scripts/count_unknown_tokens.py"


rule average_scores:
    """Average task scores as XTREME does, by target and over all targets."""
    input:
        scores="<results>/scores.csv",
    output:
        xtreme="<results>/xtreme.csv",
    log:
        "<logs>/average_scores.log",
    localrule: True
    conda:
        "../envs/stats.yaml"
    resources:
        **needs.plain("score"),
    params:
        code_of("average_scores"),
        metrics={target: target_of["metrics"] for target, target_of in parameters.targets.items()},
    script:
        "../scripts/average_scores.py"


rule bin_reliability:
    """Bin confidences for the reliability diagrams, and compute the curves that figures show."""
    input:
        predictions=predictions(study.targets, list(dict.fromkeys(["none", study.shown_intermediate]))),
    output:
        reliability="<results>/reliability.csv",
        curves="<results>/curves.csv",
    log:
        "<logs>/bin_reliability.log",
    benchmark:
        "<benchmarks>/bin_reliability.tsv"
    conda:
        "../envs/report.yaml"
    resources:
        **needs.judge(),
    params:
        code_of("bin_reliability"),
        source_language=study.source_language,
        perturbation=config["report"]["perturbation"],
        scaling=config["report"]["scaling"],
        families=selection.families,
        scalings=config["scores"]["scalings"],
        correctness=parameters.correctness,
        qa=[target for target in study.targets if study.kind(target) == "qa"],
    script:
        "../scripts/bin_reliability.py"


rule summarize_languages:
    """Summarize changes of calibration over the zero-shot languages, with word-order distance as covariate."""
    input:
        comparisons="<results>/comparisons.csv",
        word_order=expand("<results>/word_order/{language}.json", language=study.measured_languages),
    output:
        hierarchy="<results>/hierarchy.csv",
        distances="<results>/distances.csv",
    log:
        "<logs>/summarize_languages.log",
    benchmark:
        "<benchmarks>/summarize_languages.tsv"
    localrule: True
    conda:
        "../envs/stats.yaml"
    resources:
        **needs.plain("score"),
    params:
        code_of("summarize_languages"),
        source_language=study.source_language,
        metric=parameters.metric,
        external=external.names,
    script:
        "../scripts/summarize_languages.py"
