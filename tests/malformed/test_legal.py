"""Input that looks malformed and is legal: it is taken as it is meant, and markup in labels is printed as text.

Each entry stands with the value that it must have. Other files have more of this kind: encodings and line ends in
tests/support/test_text_files.py and tests/calibration/test_files.py, numbers and truths in
tests/workflow/test_yaml_files.py.
"""

import codecs
import copy
import json
from pathlib import Path

import matplotlib.pyplot as plt
import pyarrow.parquet as pq
import pytest
from scripts.stiltcal.study.load import Parameters, load_study
from snakemake.common.configfile import load_configfile
from snakemake.utils import update_config

from render_gallery import LABEL
from stiltcal.data.clean import clean_rows
from stiltcal.perturb.coloured import EDITED
from stiltcal.perturb.gallery import Example, Field, GalleryEntry, Shown, render_gallery
from stiltcal.report.markdown import table_lines, without_tags
from stiltcal.report.printed import PrintedNumber
from stiltcal.report.style import house_style, plain_text
from stiltcal.report.tables import CalibrationGrid, ScoresGrid, calibration_latex, scores_latex
from stiltcal.tasks.load import load_task

from . import fetched_files, text_files
from .doors import CONFIG, DEFAULT, ROOT
from .task_files import changed_task

#: Texts of a configuration, the key that is asked for, and its value.
CONFIGURATIONS = [
    (codecs.BOM_UTF8 + b"seeds: [3]\n", "seeds", [3]),
    (b"seeds: [3]\r\nkeep_models: none\r\n", "keep_models", "none"),
    (b'{"seeds": [3], "keep_models": "encoders"}', "keep_models", "encoders"),
    (b"seeds: [1.0, 2e0]\n", "seeds", [1, 2]),
    (b"scores: {resamples: 1_000}\n", "scores.resamples", 1000),
    (b"seeds: &all [1, 2]\nminiature: {pretraining: {documents: [1, 2, 3]}}\n", "seeds", [1, 2]),
    (b"data: {seed: -1}\n", "data.seed", -1),
    (b"data: {seed: 1000000000000000000000000000000}\n", "data.seed", 10**30),
    (b"checkpoint_minutes: 1e-3\n", "checkpoint_minutes", 0.001),
    (b"pathvars: {results: /scratch/me/my study}\n", "pathvars.results", "/scratch/me/my study"),
    ("pathvars: {results: größe/言語}\n".encode(), "pathvars.results", "größe/言語"),
    (b"pathvars: {results: 2026}\n", "pathvars.results", "2026"),
    (b"encoder: {source: {folder: null, hub: a/b, revision: '0123'}}\n", "encoder.source.revision", "0123"),
    (b"encoder: {source: {folder: null, hub: a/b, revision: 2001-01-01}}\n", "encoder.source.revision", "2001-01-01"),
    (b"encoder: {source: {folder: null, hub: a/b, revision: no}}\n", "encoder.source.revision", "no"),
    (b"resources: {train: {mem_mb: 1e3}}\n", "resources.train.mem_mb", 1000),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "value"), CONFIGURATIONS)
def test_a_configuration_that_looks_odd(tmp_path, text, key, value):
    path = tmp_path / "mine.yaml"
    path.write_bytes(text)
    config = copy.deepcopy(CONFIG)
    update_config(config, load_configfile(path))
    found = load_study(config, ROOT, [DEFAULT, path]).config
    for part in key.split("."):
        found = found[part]
    assert (type(found), found) == (type(value), value)


#: Labels of tasks, and how they stand in LaTeX, in Markdown and in a cell of a Markdown table.
LABELS = {
    "50 % & #1": ("50 \\% \\& \\#1", "50 % & #1"),
    "$x_1$": ("\\$x\\_1\\$", "$x_1$"),
    "{a}^b~c": ("\\{a\\}\\textasciicircum{}b\\textasciitilde{}c", "{a}^b~c"),
    "\\input{/etc/passwd}": ("\\textbackslash{}input\\{/etc/passwd\\}", "\\input{/etc/passwd}"),
    "<script>alert(1)</script>": (
        "\\textless{}script\\textgreater{}alert(1)\\textless{}/script\\textgreater{}",
        "\\<script>alert(1)\\</script>",
    ),
    "a | b": ("a \\textbar{} b", "a \\| b"),
    "p < 0.05": ("p \\textless{} 0.05", "p < 0.05"),
    "Größe 言語": ("Größe 言語", "Größe 言語"),
}


@pytest.mark.parametrize(("label", "latex"), [(label, latex) for label, (latex, _) in LABELS.items()])
def test_markup_in_a_label_is_printed_by_latex(label, latex):
    number = PrintedNumber(0.5, 0.4, 0.6, 9, "")
    scores = scores_latex(ScoresGrid([("XQuAD", ["F1"])], [(label, [number]), ("none", [number])]))
    assert f"\n{latex} & \\bfseries 50.0 \\\\\n" in scores
    errors = calibration_latex(CalibrationGrid(["XQuAD"], [(label, [(label, [number])])]))
    assert f"\\emph{{{latex}}}" in errors and f"\n{latex} & 50.0 \\\\\n" in errors


@pytest.mark.parametrize(("label", "shown"), [(label, shown) for label, (_, shown) in LABELS.items()])
def test_markup_in_a_label_is_printed_by_markdown(label, shown):
    row = table_lines({"head": ["task"], "rows": [[label]]})[2]
    assert without_tags(row) == f"| {shown} |"


@pytest.mark.parametrize("label", LABELS)
def test_markup_in_a_label_is_printed_by_figures(label):
    with house_style():
        figure, axis = plt.subplots(figsize=(1, 1))
        title = axis.set_title(plain_text(label))
        figure.canvas.draw()  # raises for mathematics that are none
        cleaned, is_math = title._preprocess_math(title.get_text())
    plt.close(figure)
    assert (cleaned, is_math) == (label, False)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;", '" onload="x']
)
def test_markup_in_an_item_is_printed_by_the_gallery(text):
    answer = Shown(text, [(text, None), (text, EDITED)], text, 0.5, 0.25)
    field = Field(text, [(text, None)], [(text, 1), (text, EDITED)])
    example = Example(text, [field], 1.0, 0.5, [(text, text)], text, f"{text}!", [answer], [answer])
    summary = {"items": 1, "kept": 1, "changed": 1, "reached": 1.0, "kendall_tau": 0.5}
    entry = GalleryEntry(text, text, text, text, summary, [text], [example])
    page = render_gallery([entry], text, text, {text: [text, "en"]}, [text], text, LABEL)
    assert text not in page


def test_markup_in_labels_of_a_task_and_in_its_items(tmp_path):
    """The label set is the author's own: items, predictions and scores hold it as it is written."""
    names = ["\\textbf{yes}", "<b>no</b>", "n/a & more"]
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(changed_task({"labels": names, "label": "<i>$x$</i> & \\LaTeX"}, {})), encoding="utf-8")
    task = load_task(path)
    assert task.labels == tuple(names) and task.label == "<i>$x$</i> & \\LaTeX"
    rows = [{"row": str(n), "text_a": "a", "text_b": "b", "label": label} for n, label in enumerate([*names, 2])]
    items, _ = clean_rows(rows, task, task.sources[0])
    assert [item["label"] for item in items] == [*names, names[2]]


@pytest.mark.parametrize(
    "text", ["\\end{document}", "<script>x</script>", "../../etc/passwd", "a\u202eb", "\x1b[31m", "$(x)"]
)
def test_markup_in_text_stays(tmp_path, text):
    """Text is data: it is cleaned (Unicode NFC, no white space at the ends) and changed in no other way."""
    (tmp_path / "text.txt").write_text(f"{text}\n", encoding="utf-8")
    answer = text_files.masked_lm(tmp_path, f"{text}\n".encode())
    assert answer.status == 0
    assert pq.read_table(tmp_path / "out.parquet")["text"].to_pylist() == [text]


def test_the_right_files_of_the_generators_are_accepted(tmp_path):
    """What the malformed cases spoil is right before."""
    for number, task in enumerate(("mnli", "panx", "csqa", "bucc", "tatoeba")):
        folder = Path(tmp_path / str(number))
        folder.mkdir()
        assert fetched_files.prepare(folder, task, fetched_files.right_rows(task)).status == 0, task


def test_a_study_may_stand_anywhere(tmp_path):
    """A full path of a folder is a wish of the user's, not a way out of the project."""
    config = copy.deepcopy(CONFIG)
    config["pathvars"] = dict.fromkeys(("results", "resources", "logs", "benchmarks"), str(tmp_path / "x"))
    study = load_study(config, ROOT)
    assert Parameters(study).lock == str(ROOT / CONFIG["data"]["lock"])
    assert list(tmp_path.iterdir()) == []
