"""The tables of resources/price: reading, writing and look-up."""

import pytest

from stiltcal.price.benchmark_files import cpu_seconds, finished, last_look
from stiltcal.price.errors import PriceProblem
from stiltcal.price.rules import Rule
from stiltcal.price.tables import COLUMNS, FOLDER, Tables, TokenCounts, Tokens, between, read, update
from stiltcal.price.work import Works

from .conftest import KINDS, ROOT, TABLES, write_tables


def test_between_points_on_a_line_of_logarithms():
    points = [(1.0, 10.0), (100.0, 40.0)]
    assert between(points, 10) == pytest.approx(20)
    assert (between(points, 0.5), between(points, 1000)) == (10, 40)
    assert between(points, 100) == pytest.approx(40)


def test_rates_and_speeds(tables):
    assert tables.seconds("score_predictions", {"cell": 10, "draw": 1e6, "text": 5}) == 2
    assert tables.seconds("plot_comparisons", {"cell": 10}) == 0
    assert tables.written("predict", {"text": 3, "row": 4}) == 150
    assert tables.speed("train", 1e6) == pytest.approx(2e9) and tables.speed("predict", 1) == 2e9


def test_tokens_of_a_measured_vocabulary_are_those_of_the_language(tables):
    counts = TokenCounts(tables.tokens, 30522, KINDS)
    assert counts.is_measured
    assert counts.of("xquad", "de") == Tokens(150, 3)
    assert counts.of("xquad", "fi") == Tokens(125, 2.5)  # the mean of en and de


def test_other_vocabularies_need_as_many_tokens_as_the_nearest_in_size(tables):
    counts = TokenCounts(tables.tokens, 250002, KINDS)
    assert not counts.is_measured and counts.nearest == 30522 and counts.of("xquad", "de") == Tokens(150, 3)
    smallest = TokenCounts(tables.tokens, 2000, KINDS)
    assert smallest.nearest == 1028 and smallest.of("xquad", "qaa") == Tokens(10, 1)
    assert smallest.of("csqa", "en") == Tokens(100, 2)  # not measured with that one


def test_a_task_that_was_not_measured_has_the_mean_of_its_kind_or_of_all(tables):
    counts = TokenCounts(tables.tokens, 30522, KINDS)
    assert counts.stand_ins("mlqa") == ["squad_v1", "xquad"] and counts.stand_ins("xquad") == ["xquad"]
    assert counts.of("mlqa", "de") == Tokens((150 + 100) / 2, (3 + 2) / 2)
    assert len(counts.stand_ins("tatoeba")) == 6 and counts.of("tatoeba", "de").tokens == (150 + 5 * 100) / 6


def test_update_replaces_rows_with_the_same_keys(tmp_path):
    root = write_tables(tmp_path, TABLES)
    row = {"work": "train", "body": 10000000.0, "flops_per_second": 5e9, "source": "new"}
    update(root, "speeds", [row], ["work", "body"])
    found = {(row["work"], float(row["body"])): float(row["flops_per_second"]) for row in read(root, "speeds")}
    assert found == {("train", 1e5): 1e9, ("train", 1e7): 5e9, ("predict", 1e6): 2e9}


def test_a_table_that_is_none_is_named(tmp_path):
    write_tables(tmp_path, TABLES)
    (tmp_path / FOLDER / "rates.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(PriceProblem, match=r"rates\.csv: must have rows, and the columns rule, unit"):
        Tables(tmp_path)
    (tmp_path / FOLDER / "rates.csv").unlink()
    with pytest.raises(PriceProblem, match=r"rates\.csv: there is no such table"):
        Tables(tmp_path)


def test_the_tables_of_the_clone_can_be_read_and_have_the_tasks_of_the_paper(paper):
    tables = Tables(ROOT)
    counts = Works(paper, tables).tokens
    assert [task for task in paper.data_tasks if counts.stand_ins(task) != [task]] == []
    assert all(counts.of(task, "de").tokens > 5 for task in paper.tasks)
    assert all(0 <= share <= 1 for share in tables.changed.values())
    assert {"train", "predict", "perturb_items", "score_predictions", "generate_items"} <= set(tables.rates)
    assert all(0.5 < tables.slowdown(body) < 3 for body in (1e5, 1e7, 1e9))
    assert all(set(COLUMNS[name]) == set(read(ROOT, name)[0]) for name in COLUMNS)


def test_cpu_time_goes_on_after_the_last_look(tmp_path):
    """Snakemake looks at a job until about second 17, and then at 47, 77, ..."""
    assert [last_look(seconds) for seconds in (3, 17, 46, 47, 80)] == [3, 17, 17, 47, 77]
    path = tmp_path / "job.tsv"
    path.write_text("s\tcpu_time\n34.0\t16.0\n", encoding="utf-8")
    assert cpu_seconds(path) == pytest.approx(32)
    path.write_text("s\tcpu_time\n0.2\tNA\n", encoding="utf-8")
    assert cpu_seconds(path) is None


def test_jobs_are_read_from_the_paths_of_their_files(tmp_path):
    dev = ("perturb_items/panx/dev", "parse_text/panx/dev/en")
    for name in ("predict/none/all/seed1", *dev, "generate_items/squad_v1", "judge_hypotheses"):
        path = tmp_path / f"{name}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("s\tcpu_time\n4.0\t3.0\n", encoding="utf-8")
    assert list(finished(tmp_path)) == [
        (Rule("generate_items", "squad_v1"), {}, 3),
        (Rule("judge_hypotheses"), {}, 3),
        (Rule("parse_dev_text"), {"target": "panx", "language": "en"}, 3),
        (Rule("perturb_dev_items", "panx"), {}, 3),
        (Rule("predict"), {"intermediate": "none", "target": "all"}, 3),
    ]
