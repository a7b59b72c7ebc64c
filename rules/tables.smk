"""Tables of a paper, as LaTeX and CSV, from the tables of the score stage and of the claims.

Reads <results>/*.csv, writes <results>/tables/, for a named selection below <results>/selections/{name}/.
"""

#: Every table, in the order of a paper, by the name of its files below <results>/tables/: the name of its caption in
#: report/, and its label.
TABLES = {
    **{
        f"hypotheses_{key}": ("hypotheses_table", f"primary hypotheses: {heading}")
        for key, heading in judged_families(parameters).items()
    },
    **({"stilts": ("stilts_table", "gains in task score")} if COMPARES_MODELS else {}),
    "scores": ("scores_table", "task scores"),
    "calibration": ("calibration_table", "calibration"),
    "perturbations": ("perturbations_table", "perturbations"),
    "perturbation_scores": ("perturbation_scores_table", "task scores under perturbation"),
    "scalings": ("scalings_table", "scalings"),
    "claims": ("claims_table", "published claims"),
    "data": ("data_table", "data and contamination"),
    "settings": ("settings_table", "settings"),
    "trainings": ("trainings_table", "trainings"),
    "cost": ("cost_table", "cost"),
    **{f"languages_{target}": ("languages_table", f"languages of {target}") for target in selection.targets},
}


rule make_tables:
    """Write the tables of a paper, each as a LaTeX tabular with its caption and as CSV."""
    input:
        **({} if study.is_miniature else {"contamination": "<results>/contamination.csv"}),
        scores="<results>/scores.csv",
        comparisons="<results>/comparisons.csv",
        best_per_target="<results>/best_per_target.csv",
        gains="<results>/gains.csv",
        claims="<results>/claims.csv",
        primary="<results>/primary.csv",
        unknown_tokens="<results>/unknown_tokens.csv",
    output:
        tex=[
            report(
                table_path(f"{name}.tex"),
                caption=f"../report/{caption}.rst",
                category="Tables",
                labels={"table": label},
            )
            for name, (caption, label) in TABLES.items()
        ],
        csv=expand(table_path("{table}.csv"), table=TABLES),
        captions=expand(table_path("{table}.caption.tex"), table=TABLES),
    log:
        named("<logs>", "make_tables.log"),
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("make_tables"),
        **parameters.shown,
        intermediates=selection.intermediates,
        intermediate=study.shown_intermediate,
        targets=tested_targets(parameters, selection),
        perturbations=selection.perturbations,
        perturbation=config["report"]["perturbation"],
        level=parameters.hypotheses.declared["level"],
        models=len(study.intermediates) * len(study.seeds),
        settings=settings_of(parameters),
        trainings=trainings_of(parameters),
        labels=selection.labels,
        texts=lambda wildcards: [caption_text(caption) for caption, _ in TABLES.values()],
    script:
        "../scripts/make_tables.py"
