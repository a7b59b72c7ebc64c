"""Gallery: perturbed items beside their originals, with the answers of two models.

Reads <results>/perturbed/ and <results>/predictions/ of all targets in one job, writes
<results>/gallery/{target}/{language}.html.
"""

#: The models whose answers are shown.
COMPARED = list(dict.fromkeys(["none", study.shown_intermediate]))


rule render_gallery:
    """Show original and perturbed items side by side, those first whose answers change most in confidence."""
    input:
        perturbed=[all_perturbed(target) for target in study.targets],
        predictions=[
            f"<results>/predictions/{intermediate}/{target}/seed{study.seeds[0]}.parquet"
            for target in study.targets
            for intermediate in COMPARED
        ],
    output:
        pages=[path for target in study.targets for path in gallery(target)],
    log:
        "<logs>/render_gallery.log",
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report", by_input=2),
    params:
        code_of("render_gallery"),
        targets={target: study.cells(target) for target in study.targets},
        models=COMPARED,
        seed=str(study.seeds[0]),
        labels=selection.labels,
    script:
        "../scripts/render_gallery.py"
