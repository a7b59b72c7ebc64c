"""Predictions of a job that is killed: finished languages are kept, and the next job gives the same bytes."""

import errno

import pytest

import predict
from stiltcal.formats.external import SCHEMA
from stiltcal.formats.items import write_items
from stiltcal.models import cells
from stiltcal.models.prediction import Predictor, predictions_schema

from .killing import contents
from .made import LENGTHS, SOURCE, make


@pytest.fixture
def languages(trained, tmp_path, monkeypatch):
    """Runs a job of two targets in three languages, until `before` languages are done; returns those it predicts."""
    model = trained("qa")
    write_items(tmp_path / "dev.parquet", "qa", make("qa", 12))
    cells = [(perturbation, code) for perturbation in ("clean", "x") for code in ("de", "en", "tr")]
    for number, (perturbation, code) in enumerate(cells):
        folder = tmp_path / "perturbed" / perturbation
        folder.mkdir(parents=True, exist_ok=True)
        write_items(folder / f"{code}.parquet", "qa", make("qa", 6 + number))
    settings = {"kind": "qa", "lengths": LENGTHS, **SOURCE}
    target = {"cells": cells, "dev_cells": [("clean", "en")], "settings": settings}
    predicted, stop_before, predict_cells = [], [None], Predictor.predict

    def counted(self, sources, fitted, tell):
        if len(predicted) == stop_before[0]:
            raise KeyboardInterrupt
        predicted.append(sources[0].language)
        return predict_cells(self, sources, fitted, tell)

    monkeypatch.setattr(Predictor, "predict", counted)

    def run(folder: str, before: int | None = None, only: tuple[str, ...] = ("clean", "x")) -> list[str]:
        predicted.clear()
        asked = target | {"cells": [cell for cell in cells if cell[0] in only]}
        stop_before[0] = before
        predict.main(
            models=[model],
            clean_dev=[str(tmp_path / "dev.parquet")] * 2,
            perturbed=[str(tmp_path / "perturbed" / "complete")] * 2,
            predictions=[str(tmp_path / folder / name / "seed1.parquet") for name in ("a", "b")],
            dev_predictions=[str(tmp_path / folder / f"{name}.dev.parquet") for name in ("a", "b")],
            temperature=[str(tmp_path / folder / f"{name}.json") for name in ("a", "b")],
            targets=[asked, asked],
            answered_by=[0, 0],
            code="",
            threads=1,
        )
        return list(predicted)

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    return run


def test_predictions_of_other_systems_have_the_same_columns():
    assert SCHEMA.equals(predictions_schema(()))


def another_bit(path):
    text = bytearray(path.read_bytes())
    text[len(text) // 3] ^= 1
    path.write_bytes(text)


@pytest.mark.parametrize(
    "damage",
    [another_bit, lambda path: path.write_bytes(b"half written"), lambda path: path.with_suffix(".sha256").unlink()],
)
def test_finished_languages_are_kept_when_a_job_is_killed(languages, tmp_path, capsys, damage):
    """Also those of a finished target, whose predictions Snakemake deletes when the job fails."""
    assert languages("one") == ["de", "en", "tr"] * 2
    with pytest.raises(KeyboardInterrupt):
        languages("two", before=5)
    assert (tmp_path / "two" / "a" / "seed1.parquet").exists()
    (tmp_path / "two" / "a" / "seed1.parquet").unlink()
    damage(tmp_path / "two" / "b" / ".seed1.languages" / "en.parquet")
    assert languages("two") == ["en", "tr"]
    assert "en.parquet: ignored; the file is incomplete or damaged" in capsys.readouterr().out
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_cells_from_before_a_change_of_the_study_survive_a_second_kill(languages, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        languages("two", before=1, only=("clean",))
    with pytest.raises(KeyboardInterrupt):
        languages("two", before=1)  # German under x alone
    assert languages("two") == ["en", "tr", "de", "en", "tr"]
    languages("one")
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_where_the_disk_is_full_languages_are_not_kept(languages, tmp_path, monkeypatch, capsys):
    write, kept = cells.write_table, []

    def write_table(path, table):
        if ".languages" in str(path):
            kept.append(path)
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, table)

    languages("one")
    monkeypatch.setattr(cells, "write_table", write_table)
    languages("two")
    assert len(kept) == capsys.readouterr().out.count("not kept, the disk is full; the prediction goes on") == 6
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
