"""Predict: one job serves all perturbations and languages of the targets that one model answers.

Reads a model, clean dev items and perturbed test items, writes <results>/predictions/{intermediate}/{target}/....
"""

for train_set, answered in study.answered.items():

    rule:
        """Predictions with their confidences, before and after scaling; those that are current are kept."""
        name:
            f"predict_{train_set}"
        input:
            model=target_model(train_set),
            clean_dev=[path for target in answered for path in clean_dev_items(target)],
            perturbed=[all_perturbed(target) for target in answered],
            perturbed_dev=[
                all_perturbed(target, "dev")
                for target in answered
                if "dev" in study.scalings.perturbed_splits
            ],
            library=lib("predict"),
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
            f"<logs>/predict/{{intermediate}}/{train_set}/seed{{seed}}.log",
        benchmark:
            f"<benchmarks>/predict/{{intermediate}}/{train_set}/seed{{seed}}.tsv"
        conda:
            "../envs/models.yaml"
        threads: 1
        resources:
            mem_mb=2500,
            runtime=240,
            gpu=1,
        params:
            targets=[study.settings.prediction(target) for target in answered],
        script:
            "../scripts/predict.py"
