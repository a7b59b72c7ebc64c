"""The paper of a synthetic study: where its numbers come from, its letters, and its compilation with LaTeX."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stiltcal.report import typeset as latex
from stiltcal.report.latex import Block, number_tabular, prose
from stiltcal.report.paper import glyphs, render_paper
from stiltcal.report.printed import PrintedNumber
from stiltcal.report.typeset import PACKAGES, TypesetError, missing, typeset

from .tabulated import CAPTIONS, ROOT
from .test_finding import NAMES, NUMERAL

TABLES = [*CAPTIONS, *(f"languages_{target}" for target in ("xquad", "xnli", "panx", "bucc"))]
SHOWN = {"intermediates": ["none", "multi"], "intermediate": "multi", "perturbation": "mirror_tree-1.0"}
FIGURES = [
    {"heading": heading, "caption": (ROOT / "report" / f"{name}.rst").read_text(encoding="utf-8"), "files": [file]}
    for heading, name, file in (
        ("Effects", "effects", "effects"),
        ("Changes", "heatmap", "heatmap"),
        ("Reliability diagrams", "reliability", "reliability_xquad"),
    )
]
needs_latex = pytest.mark.skipif(bool(missing()), reason=missing())


def paper_of(report: Path, **changes) -> str:
    finding = json.loads((report / "finding.json").read_text(encoding="utf-8")) | changes
    inputs = [path.read_text(encoding="utf-8") for path in sorted(report.glob("*.tex")) if path.name != "document.tex"]
    return render_paper(finding, FIGURES, SHOWN, TABLES, inputs)


def unexplained(paper: str, finding: dict) -> set[str]:
    """Numerals of the paper that `numbers` of finding.json lacks; tables and captions are tested in test_tables."""
    body = paper.split("\\maketitle")[1].replace("$-$", "\N{MINUS SIGN}").replace("{[}", "[").replace("{]}", "]")
    body = re.sub(r"\\(figurefile|tablefile).*|\\texttt\{[0-9a-f]{8}\\allow.*\}", "", body.replace("~\\%", " %"))
    return set(NUMERAL.findall(NAMES.sub("", body))) - {entry["text"] for entry in finding["numbers"]}


def test_every_number_of_the_paper_stands_in_a_results_file(report):
    finding = json.loads((report / "finding.json").read_text(encoding="utf-8"))
    assert unexplained(paper_of(report), finding) == set()
    assert unexplained(paper_of(report, reading="The error is 0.4321."), finding) == {"0.4321"}


def test_the_text_of_the_paper_itself_has_no_number():
    template = (ROOT / "scripts/stiltcal/report/paper.tex.j2").read_text(encoding="utf-8").split("\\begin{document}")[1]
    assert not re.search(r"\d", template.replace("answer[:1]", ""))


def test_the_paper_holds_the_finding_every_figure_and_every_table(report):
    paper, finding = paper_of(report), json.loads((report / "finding.json").read_text(encoding="utf-8"))
    for text in (finding["question"], finding["reading"], *(part["text"] for part in finding["answer"])):
        assert prose(text) in paper
    assert all(f"\\item {prose(text)}" in paper for text in (*finding["unsayable"], *finding["limits"]))
    assert re.findall(r"\n\\tablefile\{(\w+)\}", paper) == [*TABLES]
    assert re.findall(r"\n\\figurefile\{(\w+)\}", paper) == ["effects", "heatmap", "reliability_xquad"]


def test_letters_that_latex_lacks_are_declared():
    lines = glyphs("aé\u1ebfθ語")
    assert len(lines) == 4 and all(line.startswith("\\ifcsname u8:\\detokenize{") for line in lines)
    assert lines[1].endswith("{03B8}{\\ensuremath{\\theta}}\\fi") and lines[2].endswith("{1EBF}{\\'{\\^{e}}}\\fi")
    assert lines[3].endswith("{8A9E}{\\missing{U+8A9E}}\\fi")


def test_without_latex_the_packages_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(latex.shutil, "which", lambda name: None)
    assert "no pdflatex" in missing() and PACKAGES in missing()
    with pytest.raises(TypesetError, match="apt-get install --no-install-recommends texlive-latex-recommended"):
        typeset("", tmp_path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "Overfull \\hbox (5.1pt too wide) in paragraph at lines 12--13",
            "5.1 pt too wide in paragraph at lines 12--13",
        ),
        ("Overfull \\vbox (30.0pt too high) has occurred while \\output is active", "30.0 pt too high has occurred"),
        ("LaTeX Warning: Float too large for page by 80.2pt on input line 9.", "80.2 pt too high for a page on input"),
    ],
)
def test_boxes_that_are_too_large_are_named(line, said):
    latex.refuse_large("Overfull \\hbox (4.9pt too wide) detected at line 3\n")
    with pytest.raises(TypesetError, match=r"1 of its boxes .* over 5 pt") as error:
        latex.refuse_large(f"Overfull \\hbox (4.9pt too wide) detected at line 3\n{line}\n")
    assert said in str(error.value)


@pytest.fixture(scope="module")
def study_folder(report, tmp_path_factory):
    """A folder with the tables and figures of the synthetic study, as the paper wants them."""
    folder = tmp_path_factory.mktemp("paper")
    for name in ("tables", "figures"):
        (folder / name).symlink_to(report)
    return folder


@needs_latex
def test_the_paper_compiles_to_the_same_bytes_twice(report, study_folder):
    texts = [paper_of(report, reading=f"Tiếng Việt, θ, 言語, ქართული, 50 % & #1_2 {end}") for end in ("", "", "!")]
    first, second, other = (typeset(text, study_folder) for text in texts)
    assert first.startswith(b"%PDF") and first == second != other
    assert b"CreationDate" not in first and b"/ID" not in first and str(study_folder).encode() not in first


@needs_latex
def test_errors_of_latex_and_wide_boxes_are_refused(study_folder):
    document = "\\documentclass{{article}}\\begin{{document}}{}\\end{{document}}"
    with pytest.raises(TypesetError, match=r"pdflatex: ! Undefined control sequence"):
        typeset(document.format("\\nosuchcommand"), study_folder)
    with pytest.raises(TypesetError, match=r"pt too wide in paragraph at lines 1--1"):
        typeset(document.format("\\noindent\\rule{400pt}{1pt}"), study_folder)


@needs_latex
def test_the_caption_file_is_input_as_the_docs_say(report, study_folder):
    docs = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    example = re.search(r"\\begin\{table\*\}.*?\\end\{table\*\}", docs, re.DOTALL)[0].replace("results/", "")
    packages = "\\usepackage[T1]{fontenc}\\usepackage{booktabs,siunitx}"
    document = f"\\documentclass{{article}}{packages}\\begin{{document}}{example}\\end{{document}}"
    assert typeset(document, study_folder).startswith(b"%PDF")


def test_the_command_says_what_is_missing(tmp_path):
    command = [sys.executable, "-m", "stiltcal.report.typeset"]
    paths = {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run(command, capture_output=True, text=True, env=paths)
    assert done.returncode == 1 and PACKAGES in done.stderr


@needs_latex
def test_wide_and_long_tables_fit_their_pages(report, tmp_path):
    """16 targets in a line, 40 languages, and 20 intermediate tasks twice: none of them goes beyond its page."""
    number = PrintedNumber(-0.1234, -0.234, 0.114, 100, "up", is_best=True)

    def lines(count: int, columns: int):
        return [(f"SQuAD v{line} + translations", [number] * columns) for line in range(count)]

    tables = {
        "stilts": number_tabular([*"abcdefghijklmnop"], [Block("gain", lines(14, 16), True)], intervals=True),
        "languages_panx": number_tabular(["none", "SQuAD v1 + MLM", "multi (best)"] * 3, [Block("", lines(40, 9))]),
        "calibration": number_tabular([*"abcdefghi"], [Block(text, lines(20, 9)) for text in "cp"], intervals=True),
    }
    for folder in ("tables", "figures"):
        (tmp_path / folder).mkdir()
    for name, table in tables.items():
        (tmp_path / "tables" / f"{name}.tex").write_text(table, encoding="utf-8")
        (tmp_path / "tables" / f"{name}.caption.tex").write_text("A caption of two lines. " * 8, encoding="utf-8")
    finding = json.loads((report / "finding.json").read_text(encoding="utf-8"))
    paper = render_paper(finding, [], SHOWN, [*tables], tables.values())
    assert typeset(paper, tmp_path).startswith(b"%PDF")
