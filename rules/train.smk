"""Train: the encoder on intermediate tasks, then on the train sets of the targets, in the source language.

Reads items, writes <results>/models/intermediate/... (bare encoders) and <results>/models/target/... (with heads).
Of jobs that are ready, those that others wait for longest come first: data before trainings before predictions.
"""


rule train_intermediate:
    """Train the encoder on one intermediate task, or on the mix of all; the heads are dropped."""
    input:
        encoder="<results>/models/encoder",
        train=lambda wildcards: [
            source_items(task, "train") for task in study.trained_on(wildcards.intermediate)
        ],
        dev=lambda wildcards: [source_items(task, "dev") for task in study.trained_on(wildcards.intermediate)],
    output:
        model=directory("<results>/models/intermediate/{intermediate}/seed{seed}"),
    log:
        "<logs>/train_intermediate/{intermediate}/seed{seed}.log",
    benchmark:
        "<benchmarks>/train_intermediate/{intermediate}/seed{seed}.tsv"
    priority: 2
    conda:
        "../envs/models.yaml"
    threads: 1
    resources:
        mem_mb=2500,
        runtime=720,
        gpu=1,
    params:
        code_of("train_intermediate"),
        tasks=lambda wildcards: [parameters.head(task) for task in study.trained_on(wildcards.intermediate)],
        training=lambda wildcards: parameters.hyperparameters("intermediate", wildcards.intermediate),
        seed=lambda wildcards: int(wildcards.seed),
    script:
        "../scripts/train_intermediate.py"


for group, train_sets in study.trained_together.items():

    rule:
        """Fine-tune on the train sets of targets (XQuAD and MLQA share SQuAD's)."""
        name:
            f"train_target_{group}"
        input:
            encoder=encoder_after,
            train=[source_items(train_set, "train") for train_set in train_sets],
            dev=[source_items(train_set, "dev") for train_set in train_sets],
        output:
            models=[directory(target_model(train_set)) for train_set in train_sets],
        log:
            f"<logs>/train_target/{{intermediate}}/{group}/seed{{seed}}.log",
        benchmark:
            f"<benchmarks>/train_target/{{intermediate}}/{group}/seed{{seed}}.tsv"
        priority: 1
        conda:
            "../envs/models.yaml"
        threads: 1
        resources:
            mem_mb=2500,
            runtime=720,
            gpu=1,
        params:
            code_of("train_target"),
            tasks=[parameters.head(train_set) for train_set in train_sets],
            trainings=[parameters.hyperparameters("target", train_set) for train_set in train_sets],
            seed=lambda wildcards: int(wildcards.seed),
        script:
            "../scripts/train_target.py"
