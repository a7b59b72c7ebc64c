"""Claims: the published claims about intermediate-task training, as statistics of this study, and their verdicts.

Reads predictions on clean test and dev items, writes <results>/claims.csv, gains.csv, best_per_target.csv and claims.md.
"""


rule judge_claims:
    """Judge the published claims, and choose the best intermediate task of each target by its dev score."""
    input:
        predictions=[path for target in study.targets for path in predictions(target, study.intermediates)],
        dev_predictions=[
            path
            for target in study.targets
            for path in predictions(target, study.intermediates, "dev_predictions")
        ],
    output:
        claims="<results>/claims.csv",
        gains="<results>/gains.csv",
        best_per_target="<results>/best_per_target.csv",
    log:
        "<logs>/judge_claims.log",
    benchmark:
        "<benchmarks>/judge_claims.tsv"
    conda:
        "../envs/stats.yaml"
    resources:
        **needs.judge(),
    params:
        code_of("judge_claims"),
        intermediates=study.intermediates,
        targets={
            target: {"kind": task["kind"], "metrics": task["metrics"]}
            for target, task in parameters.targets.items()
        },
        level=parameters.hypotheses.declared["level"],
        resamples=parameters.hypotheses.declared["resamples"],
    script:
        "../scripts/judge_claims.py"


rule write_claims:
    """Write the claims with their verdicts, and the gains by intermediate task, as a page."""
    input:
        claims="<results>/claims.csv",
        gains="<results>/gains.csv",
        best_per_target="<results>/best_per_target.csv",
    output:
        page=report("<results>/claims.md", caption="../report/claims.rst", category="Finding"),
    log:
        "<logs>/write_claims.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("write_claims"),
        targets=parameters.targets,
    script:
        "../scripts/write_claims.py"
