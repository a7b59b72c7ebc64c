"""Selections: what figures and tables show of a study."""

import pytest
from scripts.stiltcal.study.load import Shown, StudyError, load_study

from .conftest import ROOT, changed


def test_a_selection_has_a_folder_of_its_own_and_always_the_names_that_figures_need():
    config = changed("report.name", "column")
    config["report"]["show"] |= {
        "intermediates": ["multi", "squad_v1"],
        "targets": ["tydiqa", "xquad"],
        "perturbations": ["rotate_subtrees-1.0"],
        "languages": ["qad"],
    }
    shown = Shown(load_study(config, ROOT))
    assert shown.intermediates == ["none", "squad_v1", "multi"]  # in the order of the study
    assert shown.phases == ["squad_v1", "multi"]
    assert shown.targets == ["xquad", "tydiqa"] and shown.languages == ["qaa", "qad"]
    assert shown.perturbations == ["clean", "rotate_subtrees-1.0"]
    assert shown.path("figures/x.pdf") == "selections/column/figures/x.pdf"
    whole = Shown(load_study(changed("report.width", 3.3), ROOT))
    assert whole.targets == whole.study.targets and whole.path("figures/x.pdf") == "figures/x.pdf"
    assert whole.look == {"width": 3.3, "without": "#0072B2", "with": "#D55E00", "change": "PuOr_r"}


@pytest.mark.parametrize(("key", "left"), [("intermediate", "mnli"), ("perturbation", "reverse-1.0")])
def test_a_selection_has_the_cell_of_the_diagrams(key, left):
    config = changed("report.name", "column")
    config["report"]["show"][f"{key}s"] = [left]
    with pytest.raises(StudyError, match=rf"report\.{key}: found .*, which report\.show\.{key}s leaves out"):
        load_study(config, ROOT)
