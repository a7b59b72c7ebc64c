"""The configuration explains itself: every key has a description, a default and a place in config.yaml."""

import dataclasses
import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from stiltcal.models.encoding import Lengths
from stiltcal.models.training import Hyperparameters
from stiltcal.study.reference import PAGE, SCHEMA, keys, page

from .conftest import CONFIG, ROOT

WHOLE = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
KEYS = list(keys(WHOLE))
TEXT = (ROOT / "config.yaml").read_text(encoding="utf-8")
#: Mappings by name whose entries have nothing to fall back on: an entry gives the key, or it does without.
WITHOUT_DEFAULT = (
    *("sides.{target}", "parsers.{language}", "treebanks.", "miniature.sizes.", "miniature.languages."),
    *("mlm.text.{language}", "translated.", "external.", "report.labels."),
)


def test_the_page_is_current():
    made = page(WHOLE, CONFIG)
    assert PAGE.read_text(encoding="utf-8") == made, "run python -m stiltcal.study.reference"
    assert "| `training.target.{task}.patience` | Evaluations without improvement" in made
    assert all(f"\n## {name}\n" in made for name in ("data", "training", "miniature"))


def test_values_of_tasks_are_those_of_config_yaml():
    lines = page(WHOLE, CONFIG).splitlines()
    shown = {line.split("`")[1]: line.rsplit("|", 2)[1].strip() for line in lines if line.startswith("| `")}
    assert shown["training.intermediate.{task}.batch_size"] == "`24`"
    assert shown["training.target.{task}.batch_size"] == "`32`" and shown["training.target.{task}.epochs"] == "`2`"
    assert shown["miniature.training.target.{task}.learning_rate"] == "`0.0005`"
    assert shown["miniature.lengths.{task}.stride"] == shown["miniature.lengths.{task}.question"] == "`32`"
    assert shown["miniature.training.target.{task}.warmup"] == "`0.1`", "of the library: config.yaml does not name it"


def test_every_key_has_a_description():
    names = [key.path for key in KEYS if not key.path.endswith("}") and "description" not in key.schema]
    assert names == [] and len(KEYS) > 104


def test_every_single_value_has_a_default():
    single = [key for key in KEYS if not key.is_group and not key.path.startswith(WITHOUT_DEFAULT)]
    missing = [key.path for key in single if "default" not in key.schema and not key.path.endswith(".maximum")]
    assert missing == []


def test_every_key_is_in_config_yaml():
    names = {name for key in KEYS if not (name := key.path.rpartition(".")[2]).startswith("{")}
    assert [name for name in names if not re.search(rf"\b{name}:", TEXT)] == []


@pytest.mark.parametrize("key", [key for key in KEYS if "default" in key.schema], ids=lambda key: key.path)
def test_defaults_are_valid_and_those_of_config_yaml(key):
    validator = Draft202012Validator({"$defs": WHOLE["$defs"], **key.schema})
    assert validator.is_valid(key.schema["default"])
    value = CONFIG
    for part in key.path.split("."):
        value = value.get("default" if part.startswith("{") else part, {})
    if "training." not in key.path and "lengths." not in key.path:
        assert value == key.schema["default"]


@pytest.mark.parametrize(
    ("path", "settings"), [("training.target.{task}", Hyperparameters), ("lengths.{task}", Lengths)]
)
def test_defaults_of_entries_are_those_of_the_library(path, settings):
    found = {key.path.rpartition(".")[2]: key.schema.get("default") for key in KEYS if key.path.startswith(f"{path}.")}
    fields = {field.name: field.default for field in dataclasses.fields(settings)}
    assert found == {name: None if value is dataclasses.MISSING else value for name, value in fields.items()}
