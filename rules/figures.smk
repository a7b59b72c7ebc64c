"""Figures: reliability diagrams, the heat map and the tables of a paper, from the tables of the score stage alone.

Reads <results>/*.csv, writes <results>/figures/ and <results>/tables/.
"""

#: Every figure, in the order of report.html, by the name of its caption in report/: its heading, and its files without
#: their endings, below <results>/figures/. `rule all` makes them, and report.html shows them.
FIGURES = {
    # Without intermediate tasks there are no hypotheses.
    **(
        {"effects": ("Effects of the intermediate tasks", ["effects"])}
        if study.intermediates != ["none"]
        else {}
    ),
    "heatmap": ("Change of the calibration error", ["calibration_change"]),
    "by_language": ("Calibration error by language", ["by_language"]),
    "reliability": ("Reliability diagrams", [f"reliability_{target}" for target in study.targets]),
}
FIGURE_FILES = [name for _, names in FIGURES.values() for name in names]


rule plot_effects:
    """Draw the effects of the primary hypotheses with their intervals and verdicts."""
    input:
        primary="<results>/primary.csv",
    output:
        pdf=report(
            "<results>/figures/effects.pdf",
            caption="../report/effects.rst",
            category="Figures",
            labels={"figure": "effects", "target": "all"},
        ),
        png="<results>/figures/effects.png",
    log:
        "<logs>/plot_effects.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("plot_effects"),
        intermediates=study.intermediates,
    script:
        "../scripts/plot_effects.py"


rule plot_reliability:
    """Draw the reliability diagram of one target: clean and perturbed, without and with an intermediate task."""
    input:
        reliability="<results>/reliability.csv",
        scores="<results>/scores.csv",
    output:
        pdf=report(
            "<results>/figures/reliability_{target}.pdf",
            caption="../report/reliability.rst",
            category="Figures",
            labels={"figure": "reliability", "target": "{target}"},
        ),
        png="<results>/figures/reliability_{target}.png",
    log:
        "<logs>/plot_reliability/{target}.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("plot_reliability"),
        **parameters.shown,
        target=lambda wildcards: wildcards.target,
        intermediate=study.shown_intermediate,
        perturbation=config["report"]["perturbation"],
        source_language=study.source_language,
    script:
        "../scripts/plot_reliability.py"


rule plot_by_language:
    """Draw the calibration error of each language, in the order of their distance from the source language."""
    input:
        scores="<results>/scores.csv",
        distances="<results>/distances.csv",
    output:
        pdf=report(
            "<results>/figures/by_language.pdf",
            caption="../report/by_language.rst",
            category="Figures",
            labels={"figure": "by language", "target": "all"},
        ),
        png="<results>/figures/by_language.png",
    log:
        "<logs>/plot_by_language.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("plot_by_language"),
        **parameters.shown,
        targets=parameters.targets,
        intermediate=study.shown_intermediate,
        perturbation=config["report"]["perturbation"],
        languages=list(
            dict.fromkeys(
                [
                    study.source_language,
                    *(language for target in study.targets for language in study.languages(target)),
                ]
            )
        ),
    script:
        "../scripts/plot_by_language.py"


rule plot_heatmap:
    """Draw the heat map of calibration changes by intermediate tasks, on clean text and under each perturbation."""
    input:
        comparisons="<results>/comparisons.csv",
        scores="<results>/scores.csv",
    output:
        pdf=report(
            "<results>/figures/calibration_change.pdf",
            caption="../report/heatmap.rst",
            category="Figures",
            labels={"figure": "calibration change", "target": "all"},
        ),
        png="<results>/figures/calibration_change.png",
    log:
        "<logs>/plot_heatmap.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("plot_heatmap"),
        **parameters.shown,
        intermediates=study.intermediates,
        targets=parameters.targets,
        perturbations=study.perturbations,
    script:
        "../scripts/plot_heatmap.py"


rule make_tables:
    """Write the tables of task scores, of calibration errors and of scalings, as LaTeX and CSV."""
    input:
        scores="<results>/scores.csv",
        comparisons="<results>/comparisons.csv",
        best_per_target="<results>/best_per_target.csv",
    output:
        scores_tex=report(
            "<results>/tables/scores.tex",
            caption="../report/scores_table.rst",
            category="Tables",
            labels={"table": "task scores"},
        ),
        scores_csv="<results>/tables/scores.csv",
        calibration_tex=report(
            "<results>/tables/calibration.tex",
            caption="../report/calibration_table.rst",
            category="Tables",
            labels={"table": "calibration"},
        ),
        calibration_csv="<results>/tables/calibration.csv",
        scalings_tex=report(
            "<results>/tables/scalings.tex",
            caption="../report/scalings_table.rst",
            category="Tables",
            labels={"table": "scalings"},
        ),
        scalings_csv="<results>/tables/scalings.csv",
    log:
        "<logs>/make_tables.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("make_tables"),
        **parameters.shown,
        intermediates=study.intermediates,
        targets=parameters.targets,
        perturbations=["clean", config["report"]["perturbation"]],
    script:
        "../scripts/make_tables.py"
