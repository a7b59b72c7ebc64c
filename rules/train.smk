"""Train: the encoder on intermediate tasks, then on the train sets of the targets, in the source language.

Reads items, writes <results>/models/intermediate/... (bare encoders) and <results>/models/target/... (with heads), and
the losses of the trainings to <results>/training/..., which stay where models are removed.
Of jobs that are ready, those that others wait for longest come first: data before trainings before predictions. Where
models are removed (`keep_models`), predictions come before trainings (`needs.priority`).
"""


rule train_intermediate:
    """Train the encoder on one intermediate task, or on the mix of all; a chain goes on with the model before.

    The heads are dropped.
    """
    input:
        encoder=encoder_before,
        train=lambda wildcards: [path for files in training_items(wildcards.intermediate) for path in files],
        text=lambda wildcards: masked_lm_text() if study.phase(wildcards.intermediate).has_mlm else [],
        mlm_head=lambda wildcards: (
            "<results>/models/encoder" if study.phase(wildcards.intermediate).has_mlm else []
        ),
        dev=lambda wildcards: [source_items(task, "dev") for task in study.trained_on(wildcards.intermediate)],
    output:
        model=model_folder("<results>/models/intermediate/{intermediate}/seed{seed}", "intermediate"),
        history=PHASE_HISTORY,
    log:
        "<logs>/train_intermediate/{intermediate}/seed{seed}.log",
    benchmark:
        "<benchmarks>/train_intermediate/{intermediate}/seed{seed}.tsv"
    priority: needs.priority("train_intermediate")
    conda:
        "../envs/models.yaml"
    threads: needs.threads("train")
    resources:
        **needs.train("intermediate", lambda wildcards: [wildcards.intermediate]),
    params:
        code=code_of("train_intermediate"),
        intermediate=lambda wildcards: wildcards.intermediate,
        tasks=lambda wildcards: [parameters.head(task) for task in study.trained_on(wildcards.intermediate)],
        train_files=lambda wildcards: list(map(len, training_items(wildcards.intermediate))),
        mlm=lambda wildcards: parameters.masked_lm(wildcards.intermediate),
        training=lambda wildcards: parameters.hyperparameters("intermediate", wildcards.intermediate),
        seed=lambda wildcards: int(wildcards.seed),
    script:
        "../scripts/train_intermediate.py"


if study.trained_together:

    rule train_target:
        """Fine-tune on the train set of a target (XQuAD and MLQA share SQuAD's), or in the miniature on all of them."""
        input:
            encoder=encoder_after,
            train=lambda wildcards: [
                source_items(train_set, "train") for train_set in trained_sets(wildcards)
            ],
            dev=lambda wildcards: [source_items(train_set, "dev") for train_set in trained_sets(wildcards)],
        output:
            models=[model_folder(target_model(train_set), "target") for train_set in TRAIN_SETS],
            histories=[target_history(train_set) for train_set in TRAIN_SETS],
        log:
            f"<logs>/train_target/{{intermediate}}/{TRAINED}/seed{{seed}}.log",
        benchmark:
            f"<benchmarks>/train_target/{{intermediate}}/{TRAINED}/seed{{seed}}.tsv"
        wildcard_constraints:
            train_set="|".join(study.trained_together),
        priority: needs.priority("train_target")
        conda:
            "../envs/models.yaml"
        threads: needs.threads("train")
        resources:
            **needs.train("target", trained_sets),
        params:
            code=code_of("train_target"),
            intermediate=lambda wildcards: wildcards.intermediate,
            tasks=lambda wildcards: [parameters.head(train_set) for train_set in trained_sets(wildcards)],
            trainings=lambda wildcards: [
                parameters.hyperparameters("target", train_set) for train_set in trained_sets(wildcards)
            ],
            seed=lambda wildcards: int(wildcards.seed),
        script:
            "../scripts/train_target.py"
