"""YAML files that people write: what YAML lets pass is mended as the schema means it, or refused with its line."""

import copy
import json

import pytest
from scripts.stiltcal.study.load import Parameters, StudyError, load_study
from snakemake.utils import update_config

from stiltcal.support.yaml_files import YamlProblem, read_mapping, read_places
from stiltcal.tasks.load import load_task
from stiltcal.tasks.spec import TaskError

from .conftest import CONFIG, ROOT


def written(folder, text, name="mine.yaml"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def laid_over(*paths):
    config = copy.deepcopy(CONFIG)
    for path in paths:
        update_config(config, read_mapping(path)[0])
    return load_study(config, ROOT, [ROOT / "config.yaml", *paths])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seeds: [1]\nmix: [a, b]\nseeds: [2]\n", "line 3: the key 'seeds' stands twice, first in line 1"),
        ("data:\n  caps:\n    train: 1\n    train: 2\n", "line 4: the key 'train' stands twice, first in line 3"),
        ("a: [{b: 1, b: 2}]\n", "line 1: the key 'b' stands twice"),
        ('a: 1\n"a": 2\n', "line 2: the key 'a' stands twice"),
        ("parsers: {no: fetch}\n", "line 1: found no as a key"),
        ("a: 1\n2: b\n", "line 2: found 2 as a key"),
        ("? [a, b]\n: c\n", "line 1: found a list or mapping as a key"),
        ("a:\n\t- 1\n", "line 2: found a tab; indent with spaces"),
        ("a: 1\n---\nb: 2\n", "line 2: not YAML: expected a single document"),
        ("a: [1, 2\n", "line 2: not YAML: while parsing a flow sequence"),
        ("a: *nowhere\n", "line 1: not YAML: found undefined alias"),
        ("a: &x [1, *x]\n", "line 1: the anchor stands for something that holds itself"),
        ("seeds: [010]\n", "line 1: 010 is read as 8; write 8, or put '010' in quotes"),
        ("steps: 1:30\n", "line 1: 1:30 is read as 90"),
        ("learning_rate: .nan\n", "line 1: found .nan; a finite number is needed"),
        ("", ": is empty"),
        ("# a comment\n", ": is empty"),
        ("- a\n- b\n", ": holds a sequence at the top level"),
        ("text\n", ": holds a scalar at the top level"),
        (b"a: \xff\n", ": is not text in UTF-8"),
    ],
)
def test_a_file_that_misleads_is_refused_with_its_line(tmp_path, text, message):
    path = written(tmp_path, text)
    with pytest.raises(YamlProblem) as error:
        read_mapping(path)
    assert str(error.value).startswith(str(path)) and message in str(error.value)


def test_all_problems_of_a_file_are_named_at_once(tmp_path):
    with pytest.raises(YamlProblem) as error:
        read_mapping(written(tmp_path, "a: 1\na: 2\nb: {c: 1, c: 2}\n"))
    assert len(str(error.value).splitlines()) == 2


def test_anchors_merges_and_a_byte_order_mark_are_fine(tmp_path):
    path = written(tmp_path, b"\xef\xbb\xbfa: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\ne: *x\n")
    data, places = read_mapping(path)
    assert data == {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}, "e": {"b": 1, "c": 2}}
    assert (places["d", "b"].line, places["d", "c"].line, places["d", "c"].text) == (1, 4, "3")


def test_the_last_file_is_where_a_value_stands(tmp_path):
    paths = [written(tmp_path, "a: 1\nb: [no]\n", "a.yaml"), written(tmp_path, "a: 2\n", "b.yaml")]
    places = read_places(paths)
    assert places["a",].file == str(paths[1]) and places["b", 0].text == "no"


@pytest.mark.parametrize("text", ["1e-4", "1E-04", "1.e-4", "+1e-4", ".1e-3", "0.0001", "'1e-4'"])
def test_numbers_of_yaml_1_2_are_numbers(tmp_path, text):
    path = written(tmp_path, f"miniature: {{training: {{target: {{default: {{learning_rate: {text}}}}}}}}}\n")
    assert Parameters(laid_over(path)).hyperparameters("target", "mnli")["learning_rate"] == pytest.approx(1e-4)


def test_whole_numbers_stay_whole(tmp_path):
    study = laid_over(written(tmp_path, "seeds: [1e0, 2]\nscores: {resamples: 2e2}\n"))
    assert json.dumps([study.seeds, study.config["scores"]["resamples"]]) == "[[1, 2], 200]"
    with pytest.raises(StudyError, match=r"seeds\[0\]: '1e-1' is not of type 'integer' \(.*mine.yaml, line 1\)"):
        laid_over(written(tmp_path, "seeds: [1e-1]\n"))


def test_text_is_what_was_written(tmp_path):
    source = "encoder: {source: {folder: null, hub: a/b, revision: 1234567}}\n"
    assert Parameters(laid_over(written(tmp_path, source))).encoder_source == {"hub": "a/b", "revision": "1234567"}
    with pytest.raises(StudyError, match=r"languages\.default: unknown 'no'; allowed: qaa, "):
        laid_over(written(tmp_path, "languages: {default: [qaa, no]}\n"))


def test_a_violation_of_the_schema_names_file_and_line(tmp_path):
    path = written(tmp_path, "# mine\nscores:\n  resamples: 5\nlanguagez: [qaa]\n")
    with pytest.raises(StudyError) as error:
        laid_over(path)
    first, second = str(error.value).splitlines()
    assert first.endswith(f"({path}, line 4)") and "did you mean 'languages'" in first
    assert second == f"configuration: scores.resamples: 5 is less than the minimum of 100 ({path}, line 3)"


def test_false_from_elsewhere_is_explained():
    """As from another workflow, which read its file itself."""
    with pytest.raises(StudyError, match=r"default\[1\]: False is not of type 'string'; YAML reads no, off, yes"):
        load_study(copy.deepcopy(CONFIG) | {"languages": {"default": ["qaa", False]}}, ROOT)


def test_task_files_are_read_in_the_same_way(tmp_path):
    text = (ROOT / "tasks" / "pawsx.yaml").read_text(encoding="utf-8").replace("name: pawsx", "name: mine", 1)
    task = load_task(written(tmp_path, text.replace("[different, paraphrase]", "[no, yes]")))
    assert task.labels == ("no", "yes")
    revision = text.replace("revision: main", "revision: 7654321", 1)
    assert load_task(written(tmp_path, revision)).sources[0].revision == "7654321"
    with pytest.raises(TaskError, match=r"mine\.yaml, line \d+: the key 'version' stands twice, first in line 3"):
        load_task(written(tmp_path, text + "version: 2\n"))
