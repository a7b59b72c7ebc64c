"""Read once what all cases share: the tasks, config.yaml and the schema take a third of a second for each load."""

from functools import cache
from pathlib import Path

import pytest
import scripts.stiltcal.study.load as load
import scripts.stiltcal.support.yaml_files as yaml_files

from .doors import DEFAULT


@pytest.fixture(autouse=True, scope="package")
def shared_files():
    """Tasks and config.yaml are the same for all cases, and nothing changes them."""
    read, of_default = yaml_files.read_mapping, None
    of_default = cache(lambda: read(DEFAULT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "load_tasks", cache(load.load_tasks))
        patch.setattr(yaml_files, "read_mapping", lambda path: of_default() if Path(path) == DEFAULT else read(path))
        yield
