import re
import shutil
import subprocess

import pandas as pd
import pytest

from stiltcal.report.tables import PrintedNumber, _interval, _value

DOCUMENT = r"""\documentclass{article}
\usepackage[textwidth=6.3in]{geometry}
\usepackage{booktabs}
\usepackage{siunitx}
\begin{document}
\footnotesize\setlength\tabcolsep{3pt}
\noindent\input{scores.tex}

\noindent\input{calibration.tex}

\noindent\input{scalings.tex}
\end{document}
"""


def test_tables_are_bare_booktabs_tabulars(report):
    for name in ("scores.tex", "calibration.tex", "scalings.tex"):
        text = (report / name).read_text()
        assert text.startswith("\\begin{tabular}{l*{") and text.endswith("\\end{tabular}\n")
        assert [text.count(rule) for rule in ("\\toprule", "\\bottomrule", "\\hline", "table}")] == [1, 1, 0, 0]


def test_every_number_of_the_latex_tables_is_in_the_csv_twin(report):
    for name in ("scores", "calibration", "scalings"):
        twin = pd.read_csv(report / f"{name}.csv")
        known = {f"{100 * value:.1f}" for column in ("estimate", "low", "high") for value in twin[column].dropna()}
        body = (report / f"{name}.tex").read_text().split("\\midrule", 1)[1]
        printed = re.findall(r"\d+\.\d+", re.sub(r"\[2pt\]|shuffle local 0.5", "", body))
        assert printed and set(printed) <= known


def test_the_first_score_is_that_of_the_results(report, results):
    scores = pd.read_csv(results.scores)
    keys = {"intermediate": "none", "target": "xquad", "perturbation": "clean", "language": "all", "metric": "f1"}
    row = scores[(scores[list(keys)] == pd.Series(keys)).all(axis=1)].squeeze()
    line = next(line for line in (report / "scores.tex").read_text().splitlines() if line.startswith("none &"))
    assert line.split(" & ")[2] == f"{100 * row.estimate:.1f}"


def test_question_answering_comes_first_and_cells_not_run_are_dashes(report):
    text = (report / "calibration.tex").read_text()
    assert re.findall(r"\{(XQuAD|XNLI|PAN-X|BUCC)\}", text) == ["XQuAD", "XNLI", "PAN-X", "BUCC"]
    assert text.count("{--}") == 5  # bucc, with four intermediate tasks and the best, has no mirrored trees


def test_the_best_per_target_has_the_rows_of_what_was_chosen(report, baseline_report):
    for name in ("scores", "calibration"):
        rows = pd.read_csv(report / f"{name}.csv")
        best, chosen = (
            rows[rows.intermediate == which].drop(columns="intermediate").reset_index(drop=True)
            for which in ("best_per_target", "squad_v1")
        )
        assert len(best) and best.equals(chosen)
        assert "\nbest per target & " in (report / f"{name}.tex").read_text()
        assert "best per target" not in (baseline_report / f"{name}.tex").read_text()


def test_every_cell_carries_its_change_on_the_same_text(report):
    rows = pd.read_csv(report / "calibration.csv").dropna(subset=["value"])
    assert set(rows.effect[rows.intermediate != "none"]) == {"intermediate"}
    assert rows.effect[rows.intermediate == "none"].isna().all()
    assert not (rows.value == rows.estimate).all()


def test_arrows_mark_decided_changes_only():
    assert _value(PrintedNumber(0.1234, 0.1, 0.2, 10, "up")) == "12.3{$^{\\uparrow}$}"
    assert _value(PrintedNumber(0.1234, 0.1, 0.2, 10, "down")) == "12.3{$^{\\downarrow}$}"
    assert _value(PrintedNumber(0.1234, 0.1, 0.2, 10, "lost")) == "12.3{$^{\\times}$}"
    assert (
        _value(PrintedNumber(0.1234, None, None, 10, "")) == "12.3"
        and _interval(PrintedNumber(0.1, None, None, 10, "")) == ""
    )
    assert _value(narrow := PrintedNumber(0.1234, 0.1232, 0.13, 10, "")) == "12.34" and "12.32--13.00" in _interval(
        narrow
    )
    assert _value(PrintedNumber(None, None, None, None, "")) == "{--}"


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
def test_tables_compile_and_fit_the_page(report):
    if subprocess.run(["kpsewhich", "siunitx.sty"], capture_output=True).returncode:
        pytest.skip("the LaTeX package siunitx is not installed")
    (report / "document.tex").write_text(DOCUMENT)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
    done = subprocess.run(command, cwd=report, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull \\hbox" not in done.stdout
