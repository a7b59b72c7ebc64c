"""The cells that report.html filters, as they are packed into it, and the rows behind its numbers."""

import base64
import csv
import gzip
import json
import re

import numpy as np
import pandas as pd
import pytest

from stiltcal.formats.coded import read_coded
from stiltcal.formats.results import read_table, rows_of
from stiltcal.report.explorer import KEYS, LOST, SIGNIFICANT, Grid, read_blocks
from stiltcal.report.links import linked
from stiltcal.report.lost import mark_lost
from stiltcal.report.packing import index, pack_block, packed, rows_behind, script_json
from stiltcal.report.places import located, marked

from .made_up import write_results


def unpacked(text: str) -> bytes:
    return gzip.decompress(base64.b64decode(text))


def numbers_of(block: dict) -> dict[str, np.ndarray]:
    """The columns of a packed block, by the description in packing.py."""
    data = np.frombuffer(unpacked(block["text"]), dtype=np.uint8)
    length = len(data) // sum(column["width"] for column in block["columns"])
    planes, columns = iter(data.reshape(-1, length).astype(np.int64)), {}
    for column in block["columns"]:
        offsets = sum(next(planes) << 8 * plane for plane in range(column["width"]))
        columns[column["name"]] = np.where(offsets > 0, (offsets + column["least"] - 1) / column["scale"], np.nan)
    return columns


@pytest.fixture(scope="module")
def read(results):
    return read_blocks(
        results.scores, results.comparisons, "1", results.intermediates, results.targets, results.perturbations
    )


def place(grid: Grid, row) -> int:
    """The place of a row of a result table among the cells of the grid, one cell after another."""
    at = 0
    for target, languages in zip(grid.names["target"], grid.languages, strict=True):
        for intermediate in grid.names["intermediate"]:
            for perturbation in grid.names["perturbation"]:
                for code in languages:
                    cell = (target, intermediate, perturbation, grid.names["language"][code])
                    if cell == (row.target, row.intermediate, row.perturbation, row.language):
                        return at
                    at += 1
    raise AssertionError("no such cell")


def test_every_row_of_the_tables_stands_in_its_cell(read, results):
    grid, blocks = read
    scores = rows_of(read_table(results.scores, ["seed"]))
    comparisons = rows_of(read_table(results.comparisons, ["effect"]))
    for table in (scores.assign(effect="scores"), comparisons):
        for row in table.iloc[:: len(table) // 40].itertuples():
            block = blocks[row.effect, row.metric, row.scaling]
            shown = [block[name][place(grid, row)] for name in ("estimate", "low", "high", "n")]
            assert shown == [row.estimate, row.low, row.high, row.n]
    held = sum(int((~np.isnan(block["estimate"])).sum()) for block in blocks.values())
    assert held == len(scores) + len(comparisons), "no other cell has a number"


def test_a_target_is_shown_by_its_main_unit(results):
    table = read_coded(results.scores, KEYS, ["n"])
    mine = table.is_main_unit() & table.is_name("target", "panx")
    assert {table.names["unit"][code] for code in table.codes["unit"][mine]} == {"entity"}


def test_marks_are_those_of_the_finding(read, results):
    """Of the calibration error in all languages, as `lost.mark_lost` marks them for figures and tables."""
    grid, blocks = read
    scores, comparisons = (read_table(getattr(results, name), []) for name in ("scores", "comparisons"))
    errors = rows_of(comparisons, metric="ece_width_15", scaling="none")
    errors = mark_lost(errors, comparisons, scores, results.targets, "1")
    expected = np.where(errors.lost, LOST, np.where(errors.p_holm < 0.05, SIGNIFICANT, 0))
    rows = list(errors.itertuples())
    marks = [blocks[row.effect, "ece_width_15", "none"]["mark"][place(grid, row)] for row in rows]
    assert marks == expected.tolist()
    assert {0, SIGNIFICANT} <= set(marks)


def test_a_lost_task_is_marked(tmp_path):
    """A study in which intermediate training takes the task away, and lowers the error."""
    from .made_up import study

    grid = write_results(tmp_path, study(effect=0.06))
    table = pd.read_csv(grid.scores)
    table.loc[table.metric.isin(["exact_match", "accuracy"]), ["estimate", "low", "high"]] = [0.1, 0.05, 0.15]
    table.to_csv(grid.scores, index=False)
    _, blocks = read_blocks(grid.scores, grid.comparisons, "1", grid.intermediates, grid.targets, grid.perturbations)
    block = blocks["intermediate", "ece_width_15", "none"]
    assert (block["mark"] == LOST).sum() > 0
    assert (block["estimate"][block["mark"] == LOST] < 0).all()
    assert not (blocks["perturbation", "ece_width_15", "none"]["mark"] == LOST).any(), "no effect of training"


def test_packed_numbers_are_those_of_the_tables_to_three_decimals(read):
    _, blocks = read
    for block in blocks.values():
        columns = numbers_of(pack_block(block))
        for name, values in block.items():
            np.testing.assert_allclose(columns[name], values, atol=0.00050001, equal_nan=True)


@pytest.mark.parametrize("values", [[-3.2, 0.0, 12.75], [np.nan, np.nan, 0.001], [np.nan] * 3, [70_000.0, 1.0, np.nan]])
def test_columns_of_all_ranges_survive(values):
    columns = numbers_of(pack_block({"estimate": np.array(values), "n": np.array(values)}))
    np.testing.assert_allclose(columns["estimate"], values, atol=0.00050001)
    np.testing.assert_allclose(columns["n"], np.round(values))


def test_the_same_cells_give_the_same_bytes(read):
    grid, blocks = read
    shown = {"table": "intermediate", "metric": "ece_width_15", "scaling": "none"}
    assert index(grid, blocks, shown, "qaa") == index(grid, dict(reversed(blocks.items())), shown, "qaa")
    assert packed(b"x" * 1000) == packed(b"x" * 1000)


def test_the_index_begins_with_the_metric_of_the_study(read):
    grid, blocks = read
    text, elements = index(grid, blocks, {"table": "scores", "metric": "brier", "scaling": "none"}, "qaa")
    contents = json.loads(text)
    assert contents["names"]["metric"][0] == ["brier", "Brier score"]
    assert contents["names"]["language"][:2] == [["zero_shot", "zero-shot mean"], ["all", "mean of all languages"]]
    assert contents["names"]["intermediate"][2] == ["squad_v1", "SQuAD v1"]
    assert set(contents["blocks"]) == {each["key"] for each in elements}


def test_no_name_ends_the_script_that_holds_it():
    assert "<" not in script_json({"a": "</script><script>alert(1)</script>"})
    assert json.loads(script_json({"a": "</script>"})) == {"a": "</script>"}


def test_a_table_that_is_none_is_refused_by_name(tmp_path):
    (tmp_path / "scores.csv").write_text("target,n\nxquad,many\n")
    with pytest.raises(ValueError, match=r"scores\.csv: not a table of results"):
        read_coded(tmp_path / "scores.csv", ["target"], ["n"])
    with pytest.raises(ValueError, match=r"scores\.csv: not a table of results \(.*unit"):
        read_coded(tmp_path / "scores.csv", ["target", "unit"], [])


# -- the rows behind the numbers ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finding(report):
    return json.loads((report / "finding.json").read_text(encoding="utf-8"))


def test_every_number_says_where_it_stands(finding):
    """`at` leads to its text, at its place; the numbers of a table of counts are whole values."""
    for number in finding["numbers"]:
        *path, last = number["at"]
        text = finding
        for key in path:
            text = text[key]
        if isinstance(last, int):
            assert text[last : last + len(number["text"])] == number["text"]
        else:
            assert text[last] == number["value"]
    assert len({json.dumps(number["at"]) for number in finding["numbers"]}) == len(finding["numbers"])


def test_no_mark_is_left_in_the_finding(report):
    for name in ("finding.json", "finding.md"):
        assert not re.search("[\ue000-\ue00f]", (report / name).read_text(encoding="utf-8"))


def test_marks_say_where_a_number_stands_although_it_was_written_twice():
    quoted = [{"text": "two"}, {"text": "0.5"}]
    finding = {"a": [f"two of {marked(0, 'two')} are {marked(1, '0.5')}"], "b": 3}
    assert located(finding, quoted) == {"a": ["two of two are 0.5"], "b": 3}
    assert [each["at"] for each in quoted] == [["a", 0, 7], ["a", 0, 15]]


def test_links_stand_at_the_numbers_and_all_else_is_text():
    keys = ("question", "reading", "exploratory")
    finding = dict.fromkeys(keys, "") | {key: [] for key in ("answer", "sections", "unsayable", "limits")}
    finding |= {"tables": {}, "counts": [{"effect": "<x>", "lower": 2}], "question": "none & <none> of `a`"}
    finding["numbers"] = [
        {"text": "none", "at": ["question", 8]},
        {"text": "2", "at": ["counts", 0, "lower"]},
    ]
    texts = linked(finding)
    assert texts["question"] == 'none &amp; &lt;<a class="n" href="#source" data-n="0">none</a>&gt; of a'
    assert texts["counts"] == [{"effect": "&lt;x&gt;", "lower": '<a class="n" href="#source" data-n="1">2</a>'}]


def test_the_rows_behind_a_number_are_the_lines_of_its_file(finding, results):
    paths = [results.primary, results.contrasts, results.scores, results.comparisons, results.hierarchy]
    paths += [results.strength, results.parsers, results.contamination, results.unknown_tokens]
    contents = json.loads(unpacked(rows_behind(finding["numbers"], paths)))
    files = {path.name: list(csv.reader(path.open())) for path in paths}
    assert len(contents["numbers"]) == len(finding["numbers"])
    for (file, where, column), number in zip(contents["numbers"], finding["numbers"], strict=True):
        if "key" in number:
            assert (where, column) == (number["key"], number["value"])
            continue
        for line in [where] if "line" in number else where:
            assert contents["files"][file]["rows"][str(line)] == files[file][line - 1]
    assert contents["files"]["primary.csv"]["head"] == files["primary.csv"][0]
    assert len(contents["files"]["comparisons.csv"]["rows"]) < len(files["comparisons.csv"]) / 2, "no more than named"
