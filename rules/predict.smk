"""Predict: one job loads one model once and serves all perturbations and languages of its target.

Reads a model, clean dev items and perturbed test items, writes <results>/predictions/{intermediate}/{target}/....
"""


rule predict:
    """Predictions with their confidences, before and after temperature scaling on clean source-language dev items."""
    input:
        model=model_for,
        dev=lambda wildcards: items(wildcards.target, "dev", study.dev_languages(wildcards.target)),
        perturbed=lambda wildcards: perturbed_items(wildcards.target),
        library=lib(
            "models", "calibration/confidence", "calibration/scaling", "tasks/metrics", "tasks/mining"
        ),
    output:
        predictions="<results>/predictions/{intermediate}/{target}/seed{seed}.parquet",
        temperature="<results>/predictions/{intermediate}/{target}/seed{seed}.temperature.json",
    log:
        "<logs>/predict/{intermediate}/{target}/seed{seed}.log",
    benchmark:
        "<benchmarks>/predict/{intermediate}/{target}/seed{seed}.tsv"
    conda:
        "../envs/models.yaml"
    threads: 1
    resources:
        mem_mb=2500,
        runtime=240,
        gpu=1,
    params:
        kind=lambda wildcards: study.tasks[wildcards.target].kind,
        dev_languages=lambda wildcards: study.dev_languages(wildcards.target),
        cells=lambda wildcards: study.cells(wildcards.target),
        lengths=lambda wildcards: study.lengths(wildcards.target),
        layer=config["retrieval_layer"],
        normalization=lambda wildcards: study.normalization(wildcards.target),
    script:
        "../scripts/predict.py"
