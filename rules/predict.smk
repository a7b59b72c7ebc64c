"""Predict: one job serves all perturbations and languages of the targets that one model answers, or in the miniature
all targets.

Reads a model, clean dev items and perturbed test items, writes <results>/predictions/{intermediate}/{target}/....
"""

for group, train_sets in study.answered_together.items():

    answered = [target for train_set in train_sets for target in study.answered[train_set]]

    rule:
        """Predict, with confidences before and after scaling; cells that are up to date are kept."""
        name:
            f"predict_{group}"
        input:
            [all_perturbed(target, "dev") for target in answered if "dev" in study.perturbed_splits],
            models=target_models(train_sets),
            clean_dev=[path for target in answered for path in clean_dev_items(target)],
            perturbed=[all_perturbed(target) for target in answered],
        output:
            predictions=update(
                expand(
                    "<results>/predictions/{{intermediate}}/{target}/seed{{seed}}.parquet", target=answered
                )
            ),
            temperature=expand(
                "<results>/predictions/{{intermediate}}/{target}/seed{{seed}}.temperature.json",
                target=answered,
            ),
        log:
            f"<logs>/predict/{{intermediate}}/{group}/seed{{seed}}.log",
        benchmark:
            f"<benchmarks>/predict/{{intermediate}}/{group}/seed{{seed}}.tsv"
        conda:
            "../envs/models.yaml"
        threads: 1
        resources:
            mem_mb=2500,
            runtime=240,
            gpu=1,
        params:
            code=code_of("predict"),
            targets=[parameters.prediction(target) for target in answered],
            # Of each target, which of the models answers it.
            answered_by=[
                number for number, train_set in enumerate(train_sets) for target in study.answered[train_set]
            ],
        script:
            "../scripts/predict.py"
