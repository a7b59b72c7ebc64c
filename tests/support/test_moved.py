"""Old module names."""

import importlib
import subprocess
import sys

import pytest

from stiltcal.support.moved import MOVED

from ..conftest import ROOT


@pytest.mark.parametrize("old", MOVED)
def test_an_old_name_gives_todays_module(old):
    with pytest.warns(DeprecationWarning, match=f"stiltcal.{old} is stiltcal.{MOVED[old]} since version 0.2"):
        sys.modules.pop(f"stiltcal.{old}", None)
        module = importlib.import_module(f"stiltcal.{old}")
    assert module is importlib.import_module(f"stiltcal.{MOVED[old]}")
    assert module.__spec__.name == module.__name__ == f"stiltcal.{MOVED[old]}"


def test_nothing_of_ours_uses_an_old_name():
    code = "import warnings; warnings.simplefilter('error'); import score_predictions, write_finding, prepare_items"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT / "scripts", check=True)
