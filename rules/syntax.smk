"""Syntax: the word order of languages, counted in their treebanks.

Writes <results>/word_order/{language}.json. Gold trees come with the items (data.smk), others from parsers.smk.
"""

if study.is_miniature:

    rule generate_treebank:
        """Generate sentences of one language with their trees."""
        output:
            treebank="<results>/treebanks/{language}.conllu",
        log:
            "<logs>/generate_treebank/{language}.log",
        priority: needs.priority("perturb")
        localrule: True
        conda:
            "../envs/data.yaml"
        resources:
            **needs.plain("word_order"),
        params:
            code_of("generate_treebank"),
            language=lambda wildcards: wildcards.language,
            languages=config["miniature"]["languages"],
            sizes=parameters.sizes("udpos"),
            facts=config["miniature"]["facts"],
            seed=config["data"]["seed"],
        script:
            "../scripts/generate_treebank.py"


rule measure_word_order:
    """Count in which order the words of a language stand, and what marks passives; perturbations follow it."""
    input:
        treebanks=treebanks,
    output:
        word_order="<results>/word_order/{language}.json",
    log:
        "<logs>/measure_word_order/{language}.log",
    priority: needs.priority("perturb")
    localrule: True
    conda:
        "../envs/syntax.yaml"
    resources:
        **needs.plain("word_order"),
    params:
        code_of("measure_word_order"),
        language=lambda wildcards: wildcards.language,
    script:
        "../scripts/measure_word_order.py"
