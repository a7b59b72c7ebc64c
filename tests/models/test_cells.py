"""Predictions of a job that is killed: finished languages are kept, and the next job gives the same bytes."""

import errno
import json
import weakref

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import predict
from stiltcal.formats.external import SCHEMA
from stiltcal.formats.items import write_items
from stiltcal.models import cells
from stiltcal.models.fit_scalings import ItemFile
from stiltcal.models.prediction import Predictor, predictions_schema
from stiltcal.support.files import DiskFullError

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


def test_cells_stand_in_their_order_whichever_were_there_before(languages, tmp_path):
    languages("two", only=("x",))
    assert languages("two") == ["de", "en", "tr"] * 2  # clean text alone, which comes first
    languages("one")
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_where_the_disk_is_full_the_job_stops_and_finished_languages_stay(languages, tmp_path, monkeypatch):
    class Full(pq.ParquetWriter):
        def __init__(self, path, *arguments, **options):
            if path.name == "tr.parquet.partial":
                raise OSError(errno.ENOSPC, "No space left on device")
            super().__init__(path, *arguments, **options)

    with monkeypatch.context() as full:
        full.setattr(pq, "ParquetWriter", Full)
        with pytest.raises(DiskFullError, match=r"tr\.parquet: the disk is full; finished languages are kept"):
            languages("two")
    assert not list(tmp_path.rglob("*.partial"))
    assert languages("two") == ["tr", "de", "en", "tr"]
    languages("one")
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_each_language_is_a_row_group(languages, tmp_path):
    languages("one")
    path = tmp_path / "one" / "a" / "seed1.parquet"
    whole, made_from = pq.read_table(path), json.loads(pq.read_schema(path).metadata[b"made_from"])
    with pq.ParquetFile(path) as file:
        groups = [file.read_row_group(number) for number in range(file.num_row_groups)]
    assert [set(group["language"].to_pylist()) for group in groups] == [{"de"}, {"en"}, {"tr"}]
    assert pa.concat_tables(groups).equals(whole) and len(made_from) == 6
    wanted = {ItemFile(*name.split("/"), "any path"): digest for name, digest in list(made_from.items())[::2]}
    current = cells.current_cells(path, wanted | {ItemFile("x", "tr", ""): "another digest"})
    assert current.keys() == wanted.keys()
    for source, read in cells.read_cells(current).items():
        one = whole.filter(
            (pc.field("perturbation") == source.perturbation) & (pc.field("language") == source.language)
        )
        assert len(one) and read.equals(one) and cells.counts_of(read)["tokens"] > 0


def test_a_file_with_one_row_group_for_all_languages_has_no_current_cell(languages, tmp_path):
    languages("one")
    path = tmp_path / "one" / "a" / "seed1.parquet"
    pq.write_table(pq.read_table(path), path)
    digests = json.loads(pq.read_schema(path).metadata[b"made_from"])
    assert cells.current_cells(path, {ItemFile(*name.split("/"), ""): digest for name, digest in digests.items()}) == {}


def test_one_language_is_in_memory_at_a_time(languages, monkeypatch):
    held, keep, predict_cells = [], cells.FinishedLanguages.keep, Predictor.predict

    def kept(self, language, tables, made_from):
        held.extend(weakref.ref(table) for table in tables.values())
        keep(self, language, tables, made_from)

    def predicted(*arguments):
        assert not any(table() for table in held)
        return predict_cells(*arguments)

    monkeypatch.setattr(cells.FinishedLanguages, "keep", kept)
    monkeypatch.setattr(Predictor, "predict", predicted)
    languages("one")
    assert len(held) == 12
