"""Judge: the primary hypotheses of the configuration, from the predictions of all their targets.

Reads predictions, writes <results>/primary.csv and <results>/contrasts.csv.
"""


rule judge_hypotheses:
    """Judge the primary hypotheses, and compute secondary contrasts: clean text, interactions, proper scores."""
    input:
        predictions=[path for target in parameters.judged for path in predictions(target)],
    output:
        primary="<results>/primary.csv",
        contrasts="<results>/contrasts.csv",
    log:
        "<logs>/judge_hypotheses.log",
    benchmark:
        "<benchmarks>/judge_hypotheses.tsv"
    conda:
        "../envs/stats.yaml"
    resources:
        **needs.judge(),
    params:
        code_of("judge_hypotheses"),
        declared=parameters.hypotheses.declared,
        targets=parameters.judged,
        intermediates=[name for name in external.systems if name != "none"],
        source_language=study.source_language,
    script:
        "../scripts/judge_hypotheses.py"
