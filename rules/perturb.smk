"""Perturb: the test items of each target under each perturbation, one job for all languages.

Reads items and trees, writes <results>/perturbed/{task}/{perturbation}/{language}.parquet.
"""

for target in study.targets:

    rule:
        """Perturb the test items of one target; `clean` leaves them as they are."""
        name:
            f"perturb_items_{target}"
        input:
            data=items(target, "test", study.languages(target)),
            trees=trees(target),
            library=lib("perturb", "syntax", "tasks/items"),
        output:
            expand(
                f"<results>/perturbed/{target}/{{perturbation}}/{{language}}.parquet",
                language=study.languages(target),
                allow_missing=True,
            ),
        log:
            f"<logs>/perturb_items/{target}/{{perturbation}}.log",
        benchmark:
            f"<benchmarks>/perturb_items/{target}/{{perturbation}}.tsv"
        conda:
            "../envs/syntax.yaml"
        resources:
            mem_mb=1000,
            runtime=30,
        params:
            kind=study.tasks[target].kind,
            seed=config["data"]["seed"],
        script:
            "../scripts/perturb_items.py"
