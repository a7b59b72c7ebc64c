"""Variants: the data of intermediate phases that are translated, or that go on with masked language modelling.

Writes <results>/data/{task}/translated/{language}.parquet and <results>/data/masked_lm/{language}.parquet. The
miniature generates the data; elsewhere it is the user's own.
"""

for task in parameters.variants.translated_tasks:

    if study.is_miniature:

        rule:
            """Tell the training items of one task in the other languages: a perfect translation."""
            name:
                f"translate_items_{task}"
            output:
                translations=translated_items(task),
            log:
                f"<logs>/translate_items/{task}.log",
            benchmark:
                f"<benchmarks>/translate_items/{task}.tsv"
            priority: 3
            conda:
                "../envs/data.yaml"
            resources:
                **needs.plain("data"),
            params:
                code_of("translate_items"),
                task=task,
                kind=study.kind(task),
                translated_languages=parameters.variants.translated_languages(task),
                languages=config["miniature"]["languages"],
                sizes=parameters.sizes(task),
                facts=config["miniature"]["facts"],
                seed=config["data"]["seed"],
            script:
                "../scripts/translate_items.py"

    else:

        rule:
            """Clean the user's translations of one task, and count the items that were dropped."""
            name:
                f"prepare_translations_{task}"
            input:
                parameters.task_files(task),
                files=[
                    parameters.variants.translation(task, language)
                    for language in parameters.variants.translated_languages(task)
                ],
                fetched=f"<resources>/datasets/{task}",
                originals=source_items(task, "train"),
            output:
                translations=translated_items(task),
                report=f"<results>/data/{task}/translated/report.json",
            log:
                f"<logs>/prepare_translations/{task}.log",
            benchmark:
                f"<benchmarks>/prepare_translations/{task}.tsv"
            priority: 3
            conda:
                "../envs/data.yaml"
            resources:
                **needs.translations(task),
            params:
                code_of("prepare_translations"),
                task=task,
                tasks=parameters.task_folder,
                languages=parameters.variants.translated_languages(task),
                seed=config["data"]["seed"],
            script:
                "../scripts/prepare_translations.py"


if parameters.variants.has_mlm:

    if study.is_miniature:

        rule generate_text:
            """Generate text in each language, none of it a translation of another one."""
            output:
                text=masked_lm_text(),
            log:
                "<logs>/generate_text.log",
            benchmark:
                "<benchmarks>/generate_text.tsv"
            priority: 3
            conda:
                "../envs/data.yaml"
            resources:
                **needs.plain("data"),
            params:
                code_of("generate_text"),
                text_languages=parameters.variants.text_languages,
                languages=config["miniature"]["languages"],
                documents=config["miniature"]["sizes"]["default"]["train"],
                seed=config["data"]["seed"],
            script:
                "../scripts/generate_text.py"

    else:

        rule prepare_text:
            """Read the user's text of one language."""
            input:
                files=lambda wildcards: parameters.variants.text_files(wildcards.language),
            output:
                text="<results>/data/masked_lm/{language}.parquet",
            log:
                "<logs>/prepare_text/{language}.log",
            benchmark:
                "<benchmarks>/prepare_text/{language}.tsv"
            priority: 3
            conda:
                "../envs/data.yaml"
            resources:
                **needs.plain("data", memory=500),
            params:
                code_of("prepare_text"),
                language=lambda wildcards: wildcards.language,
            script:
                "../scripts/prepare_text.py"
