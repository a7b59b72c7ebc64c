import re

import pandas as pd
import pytest

from stiltcal.report.latex import Block, escaped, number_tabular, prose, text_tabular
from stiltcal.report.printed import PrintedNumber, best_of

from .tabulated import CAPTIONS

NAMES = [*CAPTIONS, *(f"languages_{target}" for target in ("xquad", "xnli", "panx", "bucc"))]
NUMBERS = [name for name in NAMES if name not in ("data", "claims", "settings", "trainings", "cost")]


def body(report, name: str) -> str:
    """The cells of a table, without the format of its columns and the space between its lines."""
    text = (report / f"{name}.tex").read_text().split("\\toprule", 1)[1]
    return re.sub(r"\[2pt\]|\\cmidrule\(lr\)\{[\d-]+\}|\{\d+\}\{[lc]\}", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_bare_booktabs_tabulars_with_a_caption(report, name):
    text = (report / f"{name}.tex").read_text()
    assert text.startswith("\\begin{tabular}{") and text.endswith("\\end{tabular}\n")
    assert [text.count(rule) for rule in ("\\toprule", "\\bottomrule", "\\hline", "table}")] == [1, 1, 0, 0]
    caption = (report / f"{name}.caption.tex").read_text()
    assert caption.endswith(".\n") and caption.count("\n") == 1
    assert ("; 1 training seed." in caption) == ("n" in pd.read_csv(report / f"{name}.csv").columns)


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_of_a_latex_table_is_in_the_csv_twin(report, name):
    twin = pd.read_csv(report / f"{name}.csv")
    columns = twin.columns.intersection(["estimate", "low", "high", "score"])
    known = {f"{abs(100 * value):.1f}" for column in columns for value in twin[column].dropna()}
    known |= {str(n) for n in twin.n.dropna().astype(int)}
    printed = re.findall(r"\d+(?:\.\d+)?", re.sub(r"SQuAD v1|F1", "", body(report, name)))
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


def cell(number: PrintedNumber, signed: bool = False) -> list[str]:
    """The lines of a table of one number: its cell, and its interval where it has one."""
    latex = number_tabular(["x"], [Block("", [("y", [number])], signed)], intervals=True)
    return [line.partition(" & ")[2].removesuffix(" \\\\") for line in latex.split("\\midrule\n")[1].split("\n")[:-3]]


def test_arrows_mark_decided_changes_only():
    assert cell(PrintedNumber(0.1234, 0.1, 0.2, 10, "up")) == ["12.3{$^{\\uparrow}$}", "{\\scriptsize 10.0--20.0}"]
    assert cell(PrintedNumber(0.1234, 0.1, 0.2, 10, "down"))[0] == "12.3{$^{\\downarrow}$}"
    assert cell(PrintedNumber(0.1234, 0.1, 0.2, 10, "lost"))[0] == "12.3{$^{\\times}$}"
    assert cell(PrintedNumber(0.1234, None, None, 10, "")) == ["12.3"]
    assert cell(PrintedNumber(0.1234, 0.1232, 0.13, 10, "")) == ["12.34", "{\\scriptsize 12.32--13.00}"]
    assert cell(PrintedNumber(None, None, None, None, "")) == ["{--}"]


def test_differences_have_a_sign_and_zero_has_none():
    assert cell(PrintedNumber(0.05, -0.01, 0.11, 10, ""), signed=True) == ["+5.0", "{\\scriptsize {[}$-$1.0, 11.0{]}}"]
    assert cell(PrintedNumber(-0.05, -0.11, -0.01, 10, ""), signed=True)[0] == "-5.0"
    assert cell(PrintedNumber(-0.0001, -0.1, 0.1, 10, ""), signed=True)[0] == "0.0"


def test_the_best_number_is_bold_but_not_of_a_lost_task():
    numbers = [PrintedNumber(value, 0.0, 1.0, 9, mark) for value, mark in ((0.2, ""), (0.1, "lost"), (0.2, "down"))]
    absent = PrintedNumber(None, None, None, None, "")
    assert [each.is_best for each in best_of([*numbers, absent])] == [True, False, True, False]
    assert [each.is_best for each in best_of(numbers[:2])] == [False, False], "one number is not the best of any"
    assert cell(numbers[0]._replace(is_best=True))[0] == "\\bfseries 20.0"
    assert [each.is_best for each in best_of([numbers[0], PrintedNumber(0.3, 0, 1, 9, "")], highest=True)] == [
        False,
        True,
    ]


def test_columns_have_room_for_their_widest_number():
    lines = [("a", [PrintedNumber(1.0, None, None, 9, "up")]), ("b", [PrintedNumber(0.05, 0.0499, 0.0502, 9, "")])]
    assert "S[table-format=3.2,table-space-text-post" in number_tabular(["x"], [Block("", lines)])
    assert "S[table-format=1.1,mode" in number_tabular(["x"], [Block("", [("a", [PrintedNumber(0.01, 0, 1, 9, "")])])])
    assert "S[table-format=+1.1,retain-explicit-plus,mode" in number_tabular(
        ["x"], [Block("", [("a", [PrintedNumber(-0.01, -1, 1, 9, "")])], signed=True)]
    )


def test_gains_stand_below_the_scores_without_intermediate_training(report):
    lines = (report / "stilts.tex").read_text().split("\\midrule\n")
    assert lines[1].split("\n")[1].startswith("none & 60.0 & 60.0")
    gains = lines[2].split("\n")
    assert gains[1].startswith("MNLI & -5.0{$^{\\downarrow}$} &") and gains[2].count("{[}$-$8.0, $-$2.0{]}") == 5
    assert [line for line in gains if line.startswith("best per target & \\bfseries +10.0")]


@pytest.mark.parametrize(("family", "kinds"), [("qa", 2), ("retrieval", 1)])
def test_verdicts_are_marks(report, family, kinds):
    primary = pd.read_csv(report / f"hypotheses_{family}.csv")
    cells = body(report, f"hypotheses_{family}").partition("\\midrule")[2]
    marks = {"degrades": "uparrow", "improves": "downarrow", "equivalent": "approx", "task lost": "times"}
    counts = {verdict: cells.count(f"{{$^{{\\{mark}}}$}}") for verdict, mark in marks.items()}
    expected = primary.verdict[primary.verdict != "inconclusive"].value_counts().to_dict()
    assert counts == dict.fromkeys(marks, 0) | expected and len(expected) == kinds


def test_a_perturbation_changes_the_level_on_clean_text(report, results):
    comparisons = pd.read_csv(results.comparisons)
    keys = {"effect": "perturbation", "intermediate": "none", "target": "xquad", "perturbation": "reverse-1.0"}
    keys |= {"language": "zero_shot", "scaling": "none", "metric": "ece_width_15"}
    row = comparisons[(comparisons[list(keys)] == pd.Series(keys)).all(axis=1)].squeeze()
    line = next(line for line in (report / "perturbations.tex").read_text().split("\n") if line.startswith("reverse &"))
    assert float(line.split(" & ")[1].split("{")[0]) == pytest.approx(100 * row.estimate, abs=0.05)


def test_a_language_has_score_and_errors_of_the_compared_models(report, results):
    scores = pd.read_csv(results.scores)
    keys = {"target": "xquad", "language": "qab", "scaling": "none", "perturbation": "mirror_tree-1.0"}
    rows = scores[(scores[list(keys)] == pd.Series(keys)).all(axis=1) & (scores.metric == "ece_width_15")]
    expected = {name: f"{100 * rows[rows.intermediate == name].estimate.item():.1f}" for name in ("none", "multi")}
    text = (report / "languages_xquad.tex").read_text()
    line = next(line for line in text.split("\n") if line.startswith("qab &")).split(" & ")
    assert [re.search(r"[\d.]+", each)[0] for each in (line[7], line[8])] == list(expected.values())
    assert text.count("SQuAD v1 (best)") == 3 and text.index("\nqaa &") < text.index("\nqab &")


def test_contamination_is_counted_over_the_test_sets(report):
    rows = pd.read_csv(report / "data.csv").set_index("target")
    assert (rows.same_article["xquad"], rows.texts["xquad"]) == (3, 9) and rows.n["panx"] == 600
    line = next(line for line in (report / "data.tex").read_text().split("\n") if line.startswith("XQuAD &"))
    assert line == "XQuAD & Question answering & MNLI & 3 & 600 items & 9 & 0 & 0 & 3 \\\\"


def test_cost_multiplies_tokens_by_models(report):
    rows = pd.read_csv(report / "cost.csv")
    assert (rows.models == 4).all() and (rows.read == 4 * rows.tokens).all() and rows.tokens.sum() == 24_000
    assert "\nall &  & 24 & 24,000 & 96,000 \\\\\n" in (report / "cost.tex").read_text()


def test_labels_and_texts_are_escaped(report):
    settings = (report / "settings.tex").read_text()
    assert "folder: my\\_encoder" in settings and "none, SQuAD v1" in settings and "clean, mirror tree" in settings
    assert "lacks 100~\\% of XNLI" in (report / "claims.tex").read_text()
    assert "SQuAD v1 + MLM & 0.0005 & 32 & 2 & -- &" in (report / "trainings.tex").read_text()
    assert escaped("a_b & 5 % − 1–2 [x]") == "a\\_b \\& 5 \\% $-$ 1--2 {[}x{]}"
    assert escaped("Tie\u0302\u0301ng Vie\u0323\u0302t") == "Tiếng Việt", "Unicode NFC"
    assert prose("see `a_b`, ``c`` and *d* 2*3") == "see \\texttt{a\\_b}, \\texttt{c} and \\emph{d} 2*3"
    assert prose(f"`{'0123' * 8}`") == "\\texttt{" + "\\allowbreak{}".join(["01230123"] * 4) + "}"
    assert text_tabular([], [["a_b", "`c`"]], "ll").split("\n")[2] == "a\\_b & \\texttt{c} \\\\"
