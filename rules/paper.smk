"""Paper: a short document with the finding, every figure and every table. No part of `rule all`: it needs LaTeX.

Reads <results>/finding.json, figures/ and tables/, writes <results>/paper.tex and paper.pdf.
"""


rule compile_paper:
    """Write and compile the paper."""
    input:
        finding="<results>/finding.json",
        tex=expand(table_path("{table}.tex"), table=TABLES),
        captions=expand(table_path("{table}.caption.tex"), table=TABLES),
        images=expand(figure_path("{figure}.pdf"), figure=FIGURE_FILES),
    output:
        paper=named("<results>", "paper.tex"),
        pdf=named("<results>", "paper.pdf"),
    log:
        named("<logs>", "compile_paper.log"),
    localrule: True
    conda:
        "../envs/report.yaml"
    resources:
        **needs.plain("report"),
    params:
        code_of("compile_paper"),
        figures=lambda wildcards: CAPTIONED_FIGURES,
        shown=CAPTION_PARAMS,
        labels=selection.labels,
    script:
        "../scripts/compile_paper.py"
