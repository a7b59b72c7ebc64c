"""The history of a training: its rows by hand, and that a job which is killed writes the same."""

import csv
import json

import numpy as np
import pytest

import train_intermediate
import train_target
from stiltcal.formats.history import COURSE, HISTORY
from stiltcal.models.history import POINTS, history

from .killing import LETTERS, STEPS, first, killed


def line(step: int, **tasks: tuple[float, float]) -> str:
    dev = {name: {"loss": loss, "accuracy": accuracy} for name, (loss, accuracy) in tasks.items()}
    return json.dumps({"step": step, "dev": dev}) + "\n"


def plain(*losses: float) -> np.ndarray:
    return np.array([(loss, 0) for loss in losses], dtype=np.float32)


def test_a_short_training_has_a_row_for_each_update():
    log = ['{"step": 2, "loss": 2.5}\n', line(2, a=(1.5, 0.5)), line(3, a=(1.25, 0.75))]
    rows = history(plain(3, 2, 1), log, planned=3, kept=3)
    assert [row["loss"] for row in rows] == [3, 2, 1]
    assert [row["dev_loss"] for row in rows] == [None, 1.5, 1.25]
    assert [row["dev_accuracy"] for row in rows] == [None, 0.5, 0.75]
    assert [(row["step"], row["kept"]) for row in rows] == [(1, 0), (2, 0), (3, 1)]
    assert all(tuple(row) == COURSE and row["masked_lm_loss"] is None for row in rows)


def test_a_long_training_has_means_of_equally_many_updates():
    """101 updates of at most 50 points: three each, the last two alone."""
    assert POINTS == 50
    rows = history(plain(*range(101)), [], planned=101, kept=0)
    assert [row["step"] for row in rows] == [*range(3, 100, 3), 101]
    assert [row["loss"] for row in rows] == [*range(1, 98, 3), 99.5]


def test_evaluations_between_the_points_have_rows_of_their_own_and_are_means_over_tasks():
    rows = history(plain(*[1.0] * 100), [line(5, a=(1, 0.25), b=(2, 0.75))], planned=100, kept=5)
    (row,) = (row for row in rows if row["dev_loss"] is not None)
    assert (row["step"], row["loss"], row["dev_loss"], row["dev_accuracy"], row["kept"]) == (5, None, 1.5, 0.5, 1)
    assert [row["step"] for row in rows] == sorted([*range(2, 101, 2), 5])


def test_masked_language_modelling_is_apart():
    losses = np.array([(1, 0), (7, 1), (3, 0), (5, 1)] * 25, dtype=np.float32)
    rows = history(losses, [], planned=100, kept=0)
    assert {(row["loss"], row["masked_lm_loss"]) for row in rows} == {(1, 7), (3, 5)}


def test_a_training_that_stops_early_has_the_rows_it_made():
    rows = history(plain(*range(25)), [], planned=200, kept=0)
    assert [row["step"] for row in rows] == [4, 8, 12, 16, 20, 24, 25]
    assert rows[-1]["loss"] == 24


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_left_out(loss):
    (row,) = history(plain(loss), [line(1, a=(loss, 0.5))], planned=1, kept=1)
    assert (row["loss"], row["dev_loss"], row["dev_accuracy"]) == (None, None, 0.5)


def read(path) -> list[dict]:
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_job_writes_the_history_of_each_target_and_killed_the_same(training_job, steps, tmp_path, capsys):
    """Killed in the second training: of the first one, whose model is thrown away, the checkpoint knows the losses."""

    def arguments(name: str) -> dict:
        models, files = ([str(tmp_path / name / f"{one}{end}") for one in LETTERS] for end in ("", ".csv"))
        return {**training_job, "models": models, "histories": files, "intermediate": "mnli"}

    train_target.main(**arguments("one"))
    assert f"{STEPS} of {STEPS} updates (100 %), loss " in capsys.readouterr().err
    steps.clear()
    killed(train_target.main, arguments("two"), steps, STEPS + 7)
    train_target.main(**arguments("two"))
    for letter in LETTERS:
        one, two = (tmp_path / name / f"{letter}.csv" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
        rows = read(one)
        assert tuple(rows[0]) == HISTORY
        assert {(row["intermediate"], row["train_set"], row["seed"]) for row in rows} == {("mnli", letter, "1")}
        assert [int(row["step"]) for row in rows] == list(range(1, STEPS + 1))
        assert [row["step"] for row in rows if row["dev_loss"]] == ["5", "10", "15", "18"]
        settings = json.loads((tmp_path / "one" / letter / "settings.json").read_text())
        (kept,) = (row for row in rows if row["kept"] == "1")
        assert int(kept["step"]) == settings["kept_step"]
        assert float(kept["dev_loss"]) == pytest.approx(settings["dev"][letter]["loss"])
        log = (tmp_path / "one" / letter / "training.jsonl").read_text().splitlines()
        (mean,) = (each["loss"] for each in map(json.loads, log) if "loss" in each)
        assert np.mean([float(row["loss"]) for row in rows]) == pytest.approx(mean, rel=1e-6)


def test_a_job_writes_the_history_of_an_intermediate_phase(training_job, tmp_path):
    lists = {name: first(training_job, tmp_path)[name] for name in ("encoder", "train", "dev", "tasks", "seed")}
    path = tmp_path / "history.csv"
    train_intermediate.main(
        **lists,
        model=str(tmp_path / "model"),
        train_files=[1],
        training={"max_steps": 2, "batch_size": 8},
        intermediate="a+mlm",
        history=str(path),
    )
    assert [(row["intermediate"], row["train_set"], row["step"]) for row in read(path)] == [
        ("a+mlm", "", "1"),
        ("a+mlm", "", "2"),
    ]
