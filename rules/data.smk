"""Data: generate items and gold trees, or fetch data sets from the Hub or a mirror and prepare items.

Writes <results>/data/{task}/{split}/{language}.parquet. A rule per task, because tasks differ in splits and languages.
"""

if study.is_miniature:

    for task in study.data_tasks:

        rule:
            """Generate the items of one task in all splits and languages, and the gold trees of those that are perturbed."""
            name:
                f"generate_items_{task}"
            output:
                data=all_items(task),
                trees=gold_trees(task),
            log:
                f"<logs>/generate_items/{task}.log",
            benchmark:
                f"<benchmarks>/generate_items/{task}.tsv"
            priority: 3
            conda:
                "../envs/data.yaml"
            resources:
                **needs.plain("data"),
            params:
                code_of("generate_items"),
                task=task,
                kind=study.kind(task),
                tree_cells=study.tree_cells(task) if gold_trees(task) else [],
                splits={split: study.split_languages(task, split) for split in SPLITS},
                languages=config["miniature"]["languages"],
                sizes=parameters.sizes(task),
                facts=config["miniature"]["facts"],
                seed=config["data"]["seed"],
            script:
                "../scripts/generate_items.py"

else:

    for task in study.data_tasks:

        rule:
            """Fetch the files of one task, once; as fetch_model and fetch_parser where there is a network, not on a node."""
            name:
                f"fetch_dataset_{task}"
            output:
                dataset=update(directory(f"<resources>/datasets/{task}")),  # kept where a new fetch fails
            log:
                f"<logs>/fetch_dataset/{task}.log",
            priority: 3
            localrule: True
            conda:
                "../envs/data.yaml"
            resources:
                **needs.plain("data", memory=1400, minutes=120),
            # No code_digest: what was fetched stays, whatever becomes of the code.
            params:
                task=task,
                tasks=parameters.task_folder,
                languages=study.fetched_languages(task),
                asked=parameters.asked(task),  # a task file that names other files is fetched again
                source=parameters.data_source(task),
                lock=parameters.lock,
            script:
                "../scripts/fetch_dataset.py"

        rule:
            """Clean, split and sample the items of one task, and count those that were dropped."""
            name:
                f"prepare_items_{task}"
            input:
                parameters.task_files(task),
                fetched=f"<resources>/datasets/{task}",
            output:
                all_items(task),
                report=f"<results>/data/{task}/report.json",
            log:
                f"<logs>/prepare_items/{task}.log",
            benchmark:
                f"<benchmarks>/prepare_items/{task}.tsv"
            priority: 3
            conda:
                "../envs/data.yaml"
            resources:
                **needs.read("data", [task]),
            params:
                code_of("prepare_items"),
                **parameters.caps(task),
                task=task,
                tasks=parameters.task_folder,
                languages=study.fetched_languages(task),
                seed=config["data"]["seed"],
            script:
                "../scripts/prepare_items.py"

    rule check_contamination:
        """Count the test and dev items of the targets that also occur in the training sets."""
        input:
            training=[
                source_items(task, "train")
                for task in study.data_tasks
                if study.split_languages(task, "train")
            ]
            + [path for task in parameters.variants.translated_tasks for path in translated_items(task)],
            evaluation=[
                path
                for target in study.targets
                for split in ("test", "dev")
                for path in items(target, split, study.split_languages(target, split))
            ],
        output:
            table="<results>/contamination.csv",
        log:
            "<logs>/check_contamination.log",
        benchmark:
            "<benchmarks>/check_contamination.tsv"
        conda:
            "../envs/data.yaml"
        resources:
            **needs.read("data", study.data_tasks, parameters.variants.translated_tasks),
        params:
            code_of("check_contamination"),
        script:
            "../scripts/check_contamination.py"
