"""Predict: one job serves all perturbations and languages of a target, or in the miniature of all targets.

Reads a model, clean dev items and perturbed test items, writes <results>/predictions/{intermediate}/{target}/... and
<results>/dev_predictions/{intermediate}/{target}/....
"""


rule predict:
    """Predict, with confidences before and after scaling; cells that are up to date are kept."""
    input:
        lambda wildcards: [
            all_perturbed(target, "dev") for target in answered(wildcards) if "dev" in study.perturbed_splits
        ],
        models=answering_models,
        clean_dev=lambda wildcards: [
            path for target in answered(wildcards) for path in clean_dev_items(target)
        ],
        perturbed=lambda wildcards: [all_perturbed(target) for target in answered(wildcards)],
        whole="<results>/models/encoder" if parameters.variants.trims else [],
    output:
        predictions=update(
            expand("<results>/predictions/{{intermediate}}/{target}/seed{{seed}}.parquet", target=ANSWERED)
        ),
        dev_predictions=expand(
            "<results>/dev_predictions/{{intermediate}}/{target}/seed{{seed}}.parquet", target=ANSWERED
        ),
        temperature=expand(
            "<results>/predictions/{{intermediate}}/{target}/seed{{seed}}.temperature.json", target=ANSWERED
        ),
    log:
        f"<logs>/predict/{{intermediate}}/{PREDICTED}/seed{{seed}}.log",
    benchmark:
        f"<benchmarks>/predict/{{intermediate}}/{PREDICTED}/seed{{seed}}.tsv"
    priority: needs.priority("predict")
    conda:
        "../envs/models.yaml"
    threads: needs.threads("predict")
    resources:
        **needs.predict(answered),
    params:
        code=code_of("predict"),
        targets=lambda wildcards: [prediction_parameters(target) for target in answered(wildcards)],
        answered_by=answered_by,
    script:
        "../scripts/predict.py"
