"""A miniature with few items, in the languages of the default configuration."""

from pathlib import Path

import pytest
import yaml

from stiltcal.miniature.generate import Miniature

ROOT = Path(__file__).parents[2]
STUDY = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
CONFIG = STUDY["miniature"]


@pytest.fixture(scope="session")
def miniature() -> Miniature:
    return Miniature(CONFIG["languages"], {"train": 150, "dev": 40, "test": 60}, CONFIG["facts"], seed=1)
