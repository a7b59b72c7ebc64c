"""Parsers: fetch Stanza's models or train them on treebanks, measure their accuracy, and parse items.

Reads treebanks and items, writes <results>/parsers.csv and <results>/trees/{target}/{language}.conllu.
"""


rule fetch_parser:
    """Fetch Stanza's models of one language, once, and check them against the lock; may need a network."""
    output:
        parser=update(directory("<resources>/parsers/{language}")),  # as fetch_dataset
    log:
        "<logs>/fetch_parser/{language}.log",
    priority: needs.priority("perturb")
    localrule: True
    conda:
        "../envs/syntax.yaml"
    resources:
        **needs.plain("trees", memory=1400, minutes=60),
    params:
        language=lambda wildcards: wildcards.language,
        lock=parameters.lock,
    script:
        "../scripts/fetch_parser.py"


rule split_treebank:
    """Split a treebank into train, dev and test sentences; parts that are not given are taken from train."""
    input:
        **{f"given_{part}": treebank_part(part) for part in SPLITS},
    output:
        **{part: f"<results>/treebanks/{{language}}/{part}.conllu" for part in SPLITS},
    log:
        "<logs>/split_treebank/{language}.log",
    priority: needs.priority("perturb")
    conda:
        "../envs/syntax.yaml"
    resources:
        **needs.plain("trees"),
    params:
        code_of("split_treebank"),
    script:
        "../scripts/split_treebank.py"


rule train_parser:
    """Train Stanza's models of one language on its treebank."""
    input:
        train="<results>/treebanks/{language}/train.conllu",
        dev="<results>/treebanks/{language}/dev.conllu",
    output:
        models=directory("<results>/parsers/{language}"),
    log:
        "<logs>/train_parser/{language}.log",
    benchmark:
        "<benchmarks>/train_parser/{language}.tsv"
    priority: needs.priority("perturb")
    conda:
        "../envs/syntax.yaml"
    threads: needs.threads("trees")
    resources:
        **needs.train_parser(),
    params:
        code_of("train_parser"),
        language=lambda wildcards: wildcards.language,
        steps=lambda wildcards: study.parsers.source(wildcards.language).steps,
        seed=NUMPY_SEED,
    script:
        "../scripts/train_parser.py"


rule measure_parsers:
    """Measure the accuracy of the parsers on sentences that they were not trained on."""
    input:
        models=[parser(language) for language in study.parsers.tested],
        treebanks=[treebank_test(language) for language in study.parsers.tested],
    output:
        parsers="<results>/parsers.csv",
    log:
        "<logs>/measure_parsers.log",
    benchmark:
        "<benchmarks>/measure_parsers.tsv"
    conda:
        "../envs/syntax.yaml"
    threads: needs.threads("trees")
    resources:
        **needs.torch("trees", memory=3000, minutes=60),
    params:
        code_of("measure_parsers"),
        languages=study.parsers.tested,
    script:
        "../scripts/measure_parsers.py"


for split in study.perturbed_splits:

    rule:
        """Parse the perturbed items of one target in one language; trees serve every perturbation and model."""
        name:
            "parse_text" if split == "test" else f"parse_{split}_text"
        input:
            data=f"<results>/data/{{target}}/{split}/{{language}}.parquet",
            models=lambda wildcards: parser(parsed_language(wildcards)),
        output:
            trees=f"<results>/trees/{{target}}/{inside(split)}{{language}}.conllu",
        log:
            f"<logs>/parse_text/{{target}}/{inside(split)}{{language}}.log",
        benchmark:
            f"<benchmarks>/parse_text/{{target}}/{inside(split)}{{language}}.tsv"
        priority: needs.priority("perturb")
        conda:
            "../envs/syntax.yaml"
        threads: needs.threads("trees")
        resources:
            **needs.parse(split),
        params:
            code_of("parse_text"),
            kind=lambda wildcards: study.kind(wildcards.target),
            language=parsed_language,
            side=lambda wildcards: (
                "source" if study.perturbed_fields(wildcards.target) == ["source"] else "foreign"
            ),
        script:
            "../scripts/parse_text.py"
