"""Report: the finding in words and one HTML page, from figures, tables and the tables of the score stage."""

#: The result tables of which the finding quotes numbers.
BEHIND = [
    *["primary", "contrasts", "scores", "comparisons", "hierarchy", "strength", "unknown_tokens"],
    *(["parsers"] if study.parsers.tested else []),
    *([] if study.is_miniature else ["contamination"]),
]


rule write_finding:
    """Write the answer in words, and the source of every number in it."""
    input:
        **{table: f"<results>/{table}.csv" for table in BEHIND},
    output:
        finding_md=report("<results>/finding.md", caption="../report/finding.rst", category="Finding"),
        finding_json="<results>/finding.json",
    log:
        "<logs>/write_finding.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("write_finding"),
        **parameters.shown,
        intermediates=study.intermediates,
        external=external.names,
        targets=parameters.targets,
        perturbations=study.perturbations,
        source_language=study.source_language,
        hypotheses=parameters.hypotheses.declared,
        controls=parameters.controls,
        lexical=parameters.lexical,
        parsed=config["trees"] == "stanza",
    script:
        "../scripts/write_finding.py"


rule render_report:
    """Write one page with the finding, the figures, the tables and the design."""
    input:
        finding="<results>/finding.json",
        # The rows behind the numbers of the finding.
        behind=expand("<results>/{table}.csv", table=BEHIND),
        scores="<results>/scores.csv",
        comparisons="<results>/comparisons.csv",
        scores_csv=table_path("scores.csv"),
        calibration_csv=table_path("calibration.csv"),
        scalings_csv=table_path("scalings.csv"),
        hierarchy="<results>/hierarchy.csv",
        strength="<results>/strength.csv",
        images=expand(figure_path("{figure}.png"), figure=FIGURE_FILES),
        # Not the models: they may be gone (docs/models.md).
        fitted=expand(
            "<results>/predictions/{intermediate}/{target}/seed{seed}.temperature.json",
            intermediate=(
                study.shown_intermediate if study.shown_intermediate in study.intermediates else "none"
            ),
            target=selection.targets,
            seed=study.seeds[0],
        ),
    output:
        html=report(named("<results>", "report.html"), caption="../report/page.rst", category="Finding"),
    log:
        named("<logs>", "render_report.log"),
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report", by_input=4),
    params:
        code_of("render_report"),
        figures=lambda wildcards: CAPTIONED_FIGURES,
        tables=lambda wildcards: {
            name: {
                "heading": TABLES[name][1],
                "caption": caption_text(f"{name}_table"),
            }
            for name in ("scores", "calibration", "scalings")
        },
        shown=CAPTION_PARAMS,
        targets=SHOWN_TARGETS,
        perturbations=selection.perturbations,
        # A named selection has its page two folders down.
        gallery="../../gallery" if config["report"]["name"] else "gallery",
        labels=selection.labels,
        study=parameters.description,
    script:
        "../scripts/render_report.py"


rule figures:
    """Figures, tables, the finding and the page: what `make figures` makes anew from the tables of results."""
    input:
        expand(figure_path("{figure}.{form}"), figure=FIGURE_FILES, form=["pdf", "png"]),
        expand(table_path("{table}.{form}"), table=TABLES, form=["tex", "csv", "caption.tex"]),
        expand("<results>/finding.{form}", form=["md", "json"]),
        "<results>/claims.md",
        named("<results>", "report.html"),
    localrule: True
