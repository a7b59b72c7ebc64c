"""What was fetched before: it is what the lock holds, and the lock holds all of it, before any job starts."""

import json

import pytest
from scripts.stiltcal.study.load import Parameters, StudyError, check_fetched, load_study

from stiltcal.data.lock import RECORD, write_json, write_record

from .conftest import ROOT, shipped

NAME, ENTRY = "google/xtreme:XNLI:test", {"commit": None, "id": "google/xtreme", "rows": 5}
ENCODER = {"commit": None, "files": {"config.json": "0a"}}


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    real = shipped("real_small")
    real["data"] |= {"source": {"default": "mirror"}, "lock": str(tmp_path / "lock.json")}
    return real


def fetch(study, folder):
    """As a run does: XNLI and the encoder, as the study asks for them."""
    paths = study.config["pathvars"]
    write_record(folder / paths["resources"] / "datasets" / "xnli", {NAME: ENTRY}, Parameters(study).asked("xnli"))
    encoder = folder / paths["results"] / "models" / "encoder"
    write_record(encoder, {"encoder": ENCODER}, Parameters(study).asked_encoder)


def locked(folder):
    return json.loads((folder / "lock.json").read_text(encoding="utf-8"))


def test_what_was_fetched_before_the_lock_changed_is_not_used(config, tmp_path):
    study = load_study(config, ROOT)
    fetch(study, tmp_path)
    write_json(tmp_path / "lock.json", {NAME: ENTRY | {"rows": 6}, "encoder": ENCODER})
    remedy = "delete the folder .*, and the next run fetches it again as it is locked"
    with pytest.raises(StudyError, match=rf"datasets/xnli: differs from .* \(.*rows: locked 6, found 5\); {remedy}"):
        check_fetched(Parameters(study))
    write_json(tmp_path / "lock.json", {NAME: ENTRY, "encoder": {"commit": None, "files": {"config.json": "0b"}}})
    with pytest.raises(StudyError, match=rf"models/encoder: differs from .*; {remedy}"):
        check_fetched(Parameters(study))


@pytest.mark.parametrize(("text", "problem"), [("{", "not JSON"), ("[]", "holds no entries by name")])
def test_a_lock_that_cannot_be_read_is_refused(config, tmp_path, text, problem):
    study = load_study(config, ROOT)
    fetch(study, tmp_path)
    (tmp_path / "lock.json").write_text(text)
    with pytest.raises(StudyError, match=rf"lock\.json: {problem}"):
        check_fetched(Parameters(study))


def test_a_deleted_lock_is_whole_again_at_the_next_start(config, tmp_path):
    study = load_study(config, ROOT)
    fetch(study, tmp_path)
    assert check_fetched(Parameters(study)) == ["encoder", NAME]
    assert locked(tmp_path) == {"encoder": ENCODER, NAME: ENTRY}
    assert check_fetched(Parameters(study)) == []


def test_a_lock_deleted_for_another_encoder_keeps_the_data_and_not_the_old_encoder(config, tmp_path):
    """Otherwise the fetch of the new encoder would be refused by the entry of the old one."""
    fetch(load_study(config, ROOT), tmp_path)
    config["encoder"]["source"] = {"hub": "org/other", "revision": "main"}
    assert check_fetched(Parameters(load_study(config, ROOT))) == [NAME]
    assert locked(tmp_path) == {NAME: ENTRY}


def test_data_of_another_source_is_fetched_again_and_not_locked_before(config, tmp_path):
    fetch(load_study(config, ROOT), tmp_path)
    config["data"] |= {"source": {"default": "hub", "ccg": "../ccgbank"}}
    assert check_fetched(Parameters(load_study(config, ROOT))) == ["encoder"]


def test_a_folder_that_does_not_say_what_it_is_for_is_refused(config, tmp_path):
    study = load_study(config, ROOT)
    folder = tmp_path / study.config["pathvars"]["resources"] / "datasets" / "xnli"
    write_json(folder / RECORD, {NAME: ENTRY})
    with pytest.raises(StudyError, match=r"xnli: holds google/xtreme:XNLI:test, which is not in .*lock\.json"):
        check_fetched(Parameters(study))
    write_json(tmp_path / "lock.json", {NAME: ENTRY})
    assert check_fetched(Parameters(study)) == []


def test_parsers_are_locked_that_the_study_uses(config, tmp_path):
    config |= {"trees": "stanza", "parsers": {"es": "fetch"}, "perturbations": ["clean", "mirror_tree-1.0"]}
    config["report"]["perturbation"] = "mirror_tree-1.0"
    study = load_study(config, ROOT)
    for code in ("es", "hi"):
        folder = tmp_path / study.config["pathvars"]["resources"] / "parsers" / code
        write_json(folder / RECORD, {f"parser of {code}": {"stanza": "1.15.0", "files": {}}})
    assert check_fetched(Parameters(study)) == ["parser of es"]
