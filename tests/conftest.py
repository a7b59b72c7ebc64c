"""What the tests of several rooms share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline for single examples: a busy machine is no failure. The same examples in every run: what fails fails again.
# `--hypothesis-profile=explore` draws new ones.
settings.register_profile("explore", deadline=None, derandomize=False)
settings.register_profile("stiltcal", deadline=None, derandomize=True)
settings.load_profile("stiltcal")
# Tests are of the CPU, where what must be equal is equal to the last digit.
os.environ["CUDA_VISIBLE_DEVICES"] = ""
# Tests run side by side: threads of one would wait for those of another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def treebanks():
    folder = ROOT.parent / "shared" / "ud"
    if not folder.is_dir():
        pytest.skip("../shared/ud is missing: treebanks are never copied into the project")
    return folder


def pytest_collection_modifyitems(items):
    """Begin with the files that take long, the runs of whole workflows first, so that no core is idle at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, item.path.parent.name != "workflow"))
