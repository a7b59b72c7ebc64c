"""Mirrors, encoders and parsers of a study: which must be there, and what a change of them does."""

import shutil
from pathlib import Path

import pytest
from scripts.stiltcal.study.load import Parameters, StudyError, load_study

from .conftest import ROOT, changed, shipped


@pytest.mark.parametrize("folder", ["../nowhere/hub", "./hub", "mirror"])
def test_a_mirror_need_not_be_there(folder):
    """It is wanted by the jobs that fetch; a report of what is finished can be made without."""
    real = shipped("real_small")
    real["data"] |= {"source": {"default": folder}}
    assert Parameters(load_study(real, ROOT)).data_source("xquad") == str(ROOT / folder)


def test_a_study_with_scores_needs_neither_its_encoder_nor_its_parsers(tmp_path):
    """Its report is made again on another machine, from tables and predictions."""
    moved = {
        "encoder": changed("encoder.source.folder", "nowhere")["encoder"],
        "trees": "stanza",
        "parsers": {"qab": {"folder": "nowhere"}},
        "pathvars": changed("pathvars.results", str(tmp_path))["pathvars"],
    }
    with pytest.raises(StudyError, match="there is no folder nowhere"):
        load_study(changed("trees", "stanza") | moved, ROOT)
    (tmp_path / "scores.csv").touch()
    load_study(changed("trees", "stanza") | moved, ROOT)


def test_another_encoder_in_a_local_folder_is_noticed(tmp_path):
    """By its content: files of a copy or a fresh clone have other dates."""
    folder = ROOT / "resources" / "miniature-encoder"
    same, other = (Path(shutil.copytree(folder, tmp_path / name)) for name in ("same", "other"))
    (other / "config.json").write_text("{}", encoding="utf-8")
    default, equal, different = (
        Parameters(load_study(changed("encoder.source.folder", str(path)), ROOT)).encoder_digest
        for path in (folder, same, other)
    )
    assert default == equal != different
    assert Parameters(load_study(shipped("real_small"), ROOT)).encoder_digest == ""
