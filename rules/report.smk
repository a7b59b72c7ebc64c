"""Report: figures, tables, the finding in words and one HTML page, from the tables of the score stage alone."""


rule plot_reliability:
    """The reliability diagram of one target: clean and perturbed, without and with an intermediate task."""
    input:
        reliability="<results>/reliability.csv",
        scores="<results>/scores.csv",
        library=lib("plot_reliability"),
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
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        target=lambda wildcards: wildcards.target,
        intermediate=config["report"]["intermediate"],
        perturbation=config["report"]["perturbation"],
        source_language=study.source_language,
        seed=study.reported.seed,
        metric=study.reported.metric,
        scaling=config["report"]["scaling"],
    script:
        "../scripts/plot_reliability.py"


rule plot_heatmap:
    """The heat map of what intermediate tasks do to calibration, on clean text and under each perturbation."""
    input:
        comparisons="<results>/comparisons.csv",
        library=lib("plot_heatmap"),
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
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        intermediates=study.intermediates,
        targets=study.reported.targets,
        perturbations=study.perturbations,
        metric=study.reported.metric,
        scaling=config["report"]["scaling"],
    script:
        "../scripts/plot_heatmap.py"


rule make_tables:
    """The tables of task scores, of calibration errors and of scalings, as LaTeX and CSV."""
    input:
        scores="<results>/scores.csv",
        comparisons="<results>/comparisons.csv",
        library=lib("make_tables"),
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
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        intermediates=study.intermediates,
        targets=study.reported.targets,
        perturbations=["clean", config["report"]["perturbation"]],
        seed=study.reported.seed,
        metric=study.reported.metric,
        scaling=config["report"]["scaling"],
    script:
        "../scripts/make_tables.py"


rule write_finding:
    """The answer in words, and every number in it with its source."""
    input:
        scores="<results>/scores.csv",
        comparisons="<results>/comparisons.csv",
        hierarchy="<results>/hierarchy.csv",
        strength="<results>/strength.csv",
        parsers="<results>/parsers.csv" if study.texts.tested_parsers else [],
        contamination=[] if study.miniature else "<results>/contamination.csv",
        library=lib("write_finding"),
    output:
        finding_md=report("<results>/finding.md", caption="../report/finding.rst", category="Finding"),
        finding_json="<results>/finding.json",
    log:
        "<logs>/write_finding.log",
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        intermediates=study.intermediates,
        targets=study.reported.targets,
        perturbations=study.perturbations,
        source_language=study.source_language,
        seed=study.reported.seed,
        metric=study.reported.metric,
        scaling=config["report"]["scaling"],
        controls=study.reported.controls,
        lexical=study.reported.lexical,
        parsed=config["trees"] == "stanza",
    script:
        "../scripts/write_finding.py"


rule render_report:
    """One page with the finding, the figures, the tables and what was run."""
    input:
        finding="<results>/finding.json",
        scores_csv="<results>/tables/scores.csv",
        calibration_csv="<results>/tables/calibration.csv",
        scalings_csv="<results>/tables/scalings.csv",
        hierarchy="<results>/hierarchy.csv",
        strength="<results>/strength.csv",
        heatmap="<results>/figures/calibration_change.png",
        reliability=expand("<results>/figures/reliability_{target}.png", target=study.targets),
        # Not the models: they may be gone (docs/models.md).
        fitted=expand(
            "<results>/predictions/{intermediate}/{target}/seed{seed}.temperature.json",
            intermediate=config["report"]["intermediate"],
            target=study.targets,
            seed=study.seeds[0],
        ),
        library=lib("render_report"),
    output:
        html=report("<results>/report.html", caption="../report/page.rst", category="Finding"),
    log:
        "<logs>/render_report.log",
    conda:
        "../envs/report.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        targets=study.reported.targets,
        study=study.reported.description,
    script:
        "../scripts/render_report.py"
