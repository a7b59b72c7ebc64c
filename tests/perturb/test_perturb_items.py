"""The job that perturbs files of items, and what it keeps."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

import perturb_items
from stiltcal.formats.items import read_items, write_items
from stiltcal.formats.perturbed import cell_file, perturbed_schema
from stiltcal.perturb.answers import Answers
from stiltcal.perturb.gallery import read_clean, read_entry
from stiltcal.perturb.registry import PerturbationError
from stiltcal.scoring.strength import measured_strengths
from stiltcal.support.reuse import outdated
from stiltcal.syntax.word_order import write_word_order

from .test_items import QA


def perturb_file(folder, *names, **settings):
    """Run the job on one file of questions; returns the outputs."""
    items = folder / "items" / "en.parquet"
    if not items.exists():
        write_items(items, "qa", [QA])
    outputs = [str(folder / "perturbed" / name / "en.parquet") for name in names]
    settings = {"kind": "qa", "seed": 3, "languages": ["en"], **settings}
    record = str(folder / "perturbed" / "made_from.json")
    perturb_items.main(
        data=[str(items)],
        trees=[],
        word_order=[],
        perturbed=outputs,
        record=record,
        perturbations=list(names),
        **settings,
    )
    return [Path(output) for output in outputs]


def test_the_same_job_gives_the_same_bytes(tmp_path):
    names = ["clean", "shuffle_words-0.5"]
    (clean, first), (_, second) = (perturb_file(tmp_path / folder, *names) for folder in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    assert pq.read_schema(first).names == perturbed_schema("qa").names
    (row,) = read_items(first)
    assert row["requested"] == 0.5 and 0 < row["reached"] < 1 and row["dependency_length_change"] is None
    (row,) = read_items(clean)
    assert {name: row[name] for name in QA} == QA and not row["changed"]


def test_a_new_perturbation_computes_itself_alone(tmp_path):
    marked = perturb_file(tmp_path, "reverse-1.0", "typos-1.0")
    for path in marked:
        path.write_bytes(b"made before")
    reverse, shuffled, typos = perturb_file(tmp_path, "reverse-1.0", "shuffle_words-1.0", "typos-1.0")
    assert reverse.read_bytes() == typos.read_bytes() == b"made before"
    assert read_items(shuffled)[0]["changed"]


@pytest.mark.parametrize("what", ["seed", "sides", "code", "items", "file"])
def test_what_an_output_was_made_from_decides_whether_it_is_made_again(tmp_path, what):
    (path,) = perturb_file(tmp_path, "reverse-1.0", code="one")
    before, settings = path.read_bytes(), {"code": "one"}
    path.write_bytes(b"made before")
    if what == "seed":
        settings["seed"] = 4
    elif what == "sides":
        settings["sides"] = ["question"]
    elif what == "code":
        settings["code"] = "another"
    elif what == "items":
        items = tmp_path / "moved" / "items" / "en.parquet"
        write_items(items, "qa", [QA | {"id": "q2"}])
        (tmp_path / "perturbed").rename(tmp_path / "moved" / "perturbed")
        (path,) = perturb_file(tmp_path / "moved", "reverse-1.0", **settings)
        assert read_items(path)[0]["id"] == "q2"
        return
    else:
        path.unlink()
    perturb_file(tmp_path, "reverse-1.0", **settings)
    assert path.read_bytes() != b"made before"
    assert (path.read_bytes() == before) == (what not in ("sides", "items"))


def test_a_job_that_fails_leaves_no_record_of_what_it_was_making(tmp_path):
    (output,) = perturb_file(tmp_path, "reverse-1.0")
    record = tmp_path / "perturbed" / "made_from.json"
    with pytest.raises(RuntimeError), outdated(record, {str(output): "of something else"}) as missing:
        assert missing == [str(output)]
        raise RuntimeError
    assert record.read_text(encoding="utf-8") == "{}\n"


def test_reorder_like_asks_for_its_statistics(tmp_path):
    with pytest.raises(PerturbationError, match=r"reorder_like-hi-1.0 needs the word order of hi, .*; found: none"):
        perturb_file(tmp_path, "reorder_like-hi-1.0")


def test_typos_matched_to_reorder_like_read_its_statistics(tmp_path):
    statistics = {"language": "hi", "relations": {}, "nearer": {}, "passive": {}}
    write_word_order(tmp_path / "hi.json", statistics)
    write_items(tmp_path / "en.parquet", "qa", [QA])
    output = str(tmp_path / "typos-reorder_like-hi@NV-1.0" / "en.parquet")
    perturb_items.main(
        data=[str(tmp_path / "en.parquet")],
        trees=[],
        word_order=[str(tmp_path / "hi.json")],
        perturbed=[output],
        record=str(tmp_path / "made_from.json"),
        perturbations=["typos-reorder_like-hi@NV-1.0"],
        kind="qa",
        seed=0,
        languages=["en"],
    )
    assert read_items(output)[0]["status"].startswith("typos-reorder_like-hi@NV-1.0 needs trees")


def perturb_bitext(folder, *names, **settings):
    """Run the job on a pair of sentences; returns the file of items and the outputs."""
    rows = [
        {"id": "f", "cluster": "c", "side": "foreign", "text": "Bir iki.", "pair": "s"},
        {"id": "s", "cluster": "c", "side": "source", "text": "It is a dog. I see it.", "pair": "f"},
    ]
    items, outputs = str(folder / "tr.parquet"), [str(folder / "tatoeba" / name / "tr.parquet") for name in names]
    write_items(items, "retrieval", rows)
    record, settings = str(folder / "tatoeba" / "made_from.json"), {"kind": "retrieval", "seed": 0, **settings}
    perturb_items.main(
        data=[items], trees=[], word_order=[], perturbed=outputs, record=record, perturbations=list(names), **settings
    )
    return items, outputs


def test_the_source_side_of_bitext_is_written_in_the_source_language(tmp_path):
    _, (output,) = perturb_bitext(tmp_path, "reverse-1.0", languages=["en"], sides=["source"])
    foreign, source = read_items(output)
    assert foreign["text"] == "Bir iki."
    assert source["text"] == "Dog a is it. It see I.", "in Turkish, the lower case of I is another letter"


def test_the_other_side_of_bitext_has_no_part_in_the_strength(tmp_path):
    _, outputs = perturb_bitext(tmp_path, "clean", "reverse-1.0", languages=["tr"])
    items = read_clean(outputs[0])
    clean, reverse = (read_entry(items, output, Answers({}, "tr"), 1).summary for output in outputs)
    assert reverse == {"items": 1, "kept": 1, "changed": 1, "reached": 2 / 3, "kendall_tau": pytest.approx(1 / 3)}
    assert clean == {"items": 1, "kept": 1, "changed": 0, "reached": 0, "kendall_tau": 1}
    strength = measured_strengths(outputs, "en")
    found = {measure: strength[measure]["reverse-1.0"] for measure in ("reached", "kendall_tau")}
    assert found == {"reached": reverse["reached"], "kendall_tau": pytest.approx(1 - reverse["kendall_tau"])}


def test_missing_file_of_a_cell_is_named_with_the_note_to_delete(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"clean/en\.parquet is missing; delete .*/complete, and it"):
        cell_file(tmp_path, "clean", "en")
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "en.parquet").touch()
    assert cell_file(tmp_path, "clean", "en") == str(tmp_path / "clean" / "en.parquet")
