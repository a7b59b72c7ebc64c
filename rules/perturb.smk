"""Perturb: one job perturbs the items of a target, in all languages; files that are up to date are kept.

Reads items, trees and word order, writes <results>/perturbed/{target}/{perturbation}/{language}.parquet, and beside
them made_from.json, which holds the provenance digest of each file. Dev items on which scalings are fitted go to
<results>/perturbed/{target}/dev.
"""

for target in study.targets:

    for split in study.perturbed_splits:

        rule:
            """Perturb the test (or for scalings, dev) items of one target; `clean` leaves them as they are."""
            name:
                f"perturb_items_{target}" if split == "test" else f"perturb_{split}_items_{target}"
            input:
                data=items(target, split, study.perturbed_languages(target, split)),
                trees=trees(target, split),
                word_order=expand(
                    "<results>/word_order/{language}.json", language=study.word_orders(target, split)
                ),
            output:
                perturbed=update(perturbed_items(target, split)),
                record=update(f"<results>/perturbed/{target}/{inside(split)}made_from.json"),
            log:
                f"<logs>/perturb_items/{target}/{split}.log",
            benchmark:
                f"<benchmarks>/perturb_items/{target}/{split}.tsv"
            priority: needs.priority("perturb")
            conda:
                "../envs/syntax.yaml"
            resources:
                **needs.perturb(target),
            params:
                code=code_of("perturb_items"),
                perturbations=study.applicable(target, split),
                languages=[
                    study.perturbed_language(target, code)
                    for code in study.perturbed_languages(target, split)
                ],
                kind=study.kind(target),
                sides=study.perturbed_fields(target),
                seed=config["data"]["seed"],
            script:
                "../scripts/perturb_items.py"


for split in study.perturbed_splits:

    rule:
        """Mark the perturbed items of one target as complete. Predictions take this mark as input instead of some hundred
        files: Snakemake would spend most of its time on finding which jobs write these files. It holds what the items
        were made from, for Snakemake takes an input with the same contents as unchanged, also after an interruption.
        """
        name:
            "complete_items" if split == "test" else f"complete_{split}_items"
        input:
            perturbed_in(split),
            record=f"<results>/perturbed/{{target}}/{inside(split)}made_from.json",
        output:
            all_perturbed("{target}", split),
        log:
            f"<logs>/complete_items/{{target}}/{split}.log",
        priority: needs.priority("perturb")
        localrule: True
        conda:
            "../envs/syntax.yaml"
        shell:
            "cp {input.record:q} {output:q} 2> {log:q}"
