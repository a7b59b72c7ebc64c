"""Figures, from the tables of the score stage and the losses of trainings alone.

Reads <results>/*.csv and <results>/training/, writes <results>/figures/, for a named selection below
<results>/selections/{name}/. A rule draws all figures of the same table.
"""

COMPARES_MODELS = study.intermediates != ["none"]
# Without intermediate tasks, or perturbations of a class, there are no hypotheses.
HAS_HYPOTHESES = bool(judged_families(parameters))

#: The losses of intermediate phases, then of the trainings on the train sets of the targets that are shown.
SHOWN_HISTORIES = [
    *expand(PHASE_HISTORY, intermediate=selection.phases, seed=study.seeds),
    *expand(
        [target_history(name) for name in selection.train_sets],
        intermediate=["none", *selection.phases],
        seed=study.seeds,
    ),
]

#: Every figure, in the order of report.html, by the name of its caption in report/: its heading, and its files without
#: their endings, below <results>/figures/. `rule all` makes them, and report.html shows them.
FIGURES = {
    **(
        {
            "effects": ("Effects of the intermediate tasks", ["effects"]),
            "interactions": ("Interactions with the perturbations", ["interactions"]),
        }
        if HAS_HYPOTHESES
        else {}
    ),
    "heatmap": ("Change of the calibration error", ["calibration_change"]),
    **(
        {"decomposition": ("Change of calibration and of accuracy", ["decomposition"])}
        if COMPARES_MODELS
        else {}
    ),
    "by_strength": ("Change by strength of the perturbation", ["by_strength"]),
    "by_language": ("Calibration error by language", ["by_language"]),
    "by_scaling": ("Calibration error before and after scaling", ["by_scaling"]),
    "pooled": ("Reliability by family of targets", ["pooled"]),
    "reliability": ("Reliability diagrams", [f"reliability_{target}" for target in selection.targets]),
    "risk_coverage": ("Risk and coverage", ["risk_coverage"]),
    # Retrieval and mining train nothing.
    **({"losses": ("Loss curves", ["losses"])} if SHOWN_HISTORIES else {}),
}
FIGURE_FILES = [name for _, names in FIGURES.values() for name in names]
#: The same with their captions, for page and paper.
CAPTIONED_FIGURES = [
    {
        "heading": heading,
        "caption": caption_text(caption),
        "files": files,
    }
    for caption, (heading, files) in FIGURES.items()
]
#: What captions may name as `snakemake.params`.
CAPTION_PARAMS = {
    **parameters.shown,
    "intermediates": selection.intermediates,
    "intermediate": study.shown_intermediate,
    "perturbation": config["report"]["perturbation"],
    "source_language": study.source_language,
    "level": parameters.hypotheses.declared["level"],
}
SHOWN_TARGETS = {target: parameters.targets[target] for target in selection.targets}


if HAS_HYPOTHESES:

    rule plot_effects:
        """Draw the effects of the primary hypotheses with their intervals and verdicts, and the interactions."""
        input:
            primary="<results>/primary.csv",
            contrasts="<results>/contrasts.csv",
        output:
            effects=drawn("effects", "effects"),
            interactions=drawn("interactions", "interactions"),
        log:
            named("<logs>", "plot_effects.log"),
        localrule: True
        conda:
            "../envs/report.yaml"
        resources:
            **needs.plain("report"),
        params:
            code_of("plot_effects"),
            intermediates=selection.intermediates,
            look=selection.look,
            labels=selection.labels,
        script:
            "../scripts/plot_effects.py"


rule plot_reliability:
    """Draw reliability diagrams, by target and pooled over families, and risk-coverage curves."""
    input:
        reliability="<results>/reliability.csv",
        curves="<results>/curves.csv",
        scores="<results>/scores.csv",
    output:
        by_target=[
            path
            for target in selection.targets
            for path in drawn(f"reliability_{target}", "reliability", target)
        ],
        pooled=drawn("pooled", "pooled"),
        risk_coverage=drawn("risk_coverage", "risk_coverage"),
    log:
        named("<logs>", "plot_reliability.log"),
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("plot_reliability"),
        **parameters.shown,
        targets=SHOWN_TARGETS,
        families=selection.families,
        intermediate=study.shown_intermediate,
        perturbation=config["report"]["perturbation"],
        source_language=study.source_language,
        look=selection.look,
        labels=selection.labels,
    script:
        "../scripts/plot_reliability.py"


rule plot_scores:
    """Draw the calibration error by language, and before and after each scaling."""
    input:
        scores="<results>/scores.csv",
        distances="<results>/distances.csv",
    output:
        by_language=drawn("by_language", "by_language"),
        by_scaling=drawn("by_scaling", "by_scaling"),
    log:
        named("<logs>", "plot_scores.log"),
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("plot_scores"),
        **parameters.shown,
        targets=SHOWN_TARGETS,
        intermediate=study.shown_intermediate,
        perturbation=config["report"]["perturbation"],
        languages=selection.languages,
        look=selection.look,
        labels=selection.labels,
    script:
        "../scripts/plot_scores.py"


rule plot_comparisons:
    """Draw changes of calibration: the heat map, its parts against accuracy, and by strength of the perturbation."""
    input:
        comparisons="<results>/comparisons.csv",
        scores="<results>/scores.csv",
        strength="<results>/strength.csv",
        measured=expand("<results>/measured_strength/{target}.csv", target=selection.targets),
    output:
        calibration_change=drawn("calibration_change", "heatmap"),
        by_strength=drawn("by_strength", "by_strength"),
        decomposition=drawn("decomposition", "decomposition") if COMPARES_MODELS else [],
    log:
        named("<logs>", "plot_comparisons.log"),
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("plot_comparisons"),
        **parameters.shown,
        intermediates=selection.intermediates,
        targets=SHOWN_TARGETS,
        perturbations=selection.perturbations,
        intermediate=study.shown_intermediate,
        perturbation=config["report"]["perturbation"],
        look=selection.look,
        labels=selection.labels,
    script:
        "../scripts/plot_comparisons.py"


if SHOWN_HISTORIES:

    rule plot_losses:
        """Draw the losses of all trainings: of the intermediate phases, and on each train set."""
        input:
            histories=SHOWN_HISTORIES,
        output:
            losses=drawn("losses", "losses"),
        log:
            named("<logs>", "plot_losses.log"),
        localrule: True
        conda:
            "../envs/report.yaml"
        resources:
            **needs.plain("report"),
        params:
            code_of("plot_losses"),
            train_sets=selection.train_sets,
            intermediates=selection.phases,
            intermediate=study.shown_intermediate,
            look=selection.look,
            labels=selection.labels,
        script:
            "../scripts/plot_losses.py"
