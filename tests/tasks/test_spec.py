from pathlib import Path

import pytest
import yaml

from stiltcal.tasks.load import load_task, load_tasks
from stiltcal.tasks.spec import TaskError

ROOT = Path(__file__).parents[2]
LANGUAGES = {
    "xnli": 15,
    "pawsx": 7,
    "udpos": 33,
    "panx": 40,
    "xquad": 11,
    "mlqa": 7,
    "tydiqa": 9,
    "bucc": 4,
    "tatoeba": 36,
}


@pytest.fixture(scope="module")
def tasks():
    return load_tasks(ROOT / "tasks")


def test_nine_intermediate_and_nine_target_tasks(tasks):
    """Those of XTREME, XCOPA, and any that a study adds."""
    assert {name for name, task in tasks.items() if "target" in task.roles} >= {*LANGUAGES, "xcopa"}
    intermediate = {name for name, task in tasks.items() if "intermediate" in task.roles}
    assert intermediate >= {"anli", "mnli", "qqp", "squad_v2", "squad_v1", "hellaswag", "ccg", "cosmosqa", "csqa"}


def test_targets_have_the_languages_of_xtreme(tasks):
    assert {name: len(tasks[name].languages) for name in LANGUAGES} == LANGUAGES
    assert tasks["mnli"].languages == ("en",)


def test_train_sets(tasks):
    own = {name: name for name in ("pawsx", "udpos", "panx", "tydiqa")}
    given = {"xnli": "mnli", "xquad": "squad_v1", "mlqa": "squad_v1", "bucc": None, "tatoeba": None, **own}
    assert {name: tasks[name].train_set for name in LANGUAGES} == given


def test_configuration_names(tasks):
    names = [("udpos", "sw", None), ("udpos", "eu", "udpos.Basque"), ("tatoeba", "fa", "tatoeba.pes")]
    names += [("mlqa", "de", "MLQA.de.de"), ("bucc", "ru", "ru-en"), ("xnli", "sw", "XNLI"), ("tydiqa", "te", "tydiqa")]
    for task, language, config in names:
        source = tasks[task].sources[0]
        assert (source.config_name(language) if language in source.languages else None) == config


def test_split_languages(tasks):
    assert tasks["xquad"].split_languages("dev", ["de", "ar"]) == ("en",)
    assert tasks["xquad"].split_languages("test", ["de", "ar"]) == ("de", "ar")
    assert tasks["xquad"].split_languages("train", ["de"]) == ()
    assert tasks["tydiqa"].split_languages("train", ["ko"]) == tasks["tydiqa"].split_languages("dev", ["ko"]) == ("en",)
    assert tasks["bucc"].split_languages("dev", ["zh"]) == ("zh",)
    assert tasks["mnli"].split_languages("test", ["en"]) == ()
    with pytest.raises(TaskError, match="mlqa has no data in ja; its languages: ar, de"):
        tasks["mlqa"].split_languages("test", ["ja"])


IN_SOURCE = ("format", "splits", "language_column", "columns", "disjoint_from")


def write(folder, **changes):
    """XNLI with changes, also those of its source's keys; without a key whose value is None."""
    task = yaml.safe_load((ROOT / "tasks" / "xnli.yaml").read_text())
    (source,) = task["sources"]
    task |= {"name": "mine", **{key: value for key, value in changes.items() if key not in IN_SOURCE}}
    source |= {key: value for key, value in changes.items() if key in IN_SOURCE}
    for part in (task, source):
        for key in [key for key, value in part.items() if value is None]:
            del part[key]
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(task))
    return path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"kind": "clasification"},
            "kind: found 'clasification' .did you mean 'classification'.*allowed: classification",
        ),
        ({"lables": ["a", "b"]}, "the top level: unknown key 'lables' .did you mean 'labels'"),
        ({"metrics": ["acuracy"]}, r"metrics\[0\]: found 'acuracy' .did you mean 'accuracy'"),
        ({"holdout": -0.1}, "holdout: -0.1 is less than"),
        ({"name": "other"}, "name: found 'other'; it must be the file's name, 'mine'"),
        ({"sources": []}, "sources: "),
        ({"labels": None}, "labels: found none; a task of classification needs their names"),
        (
            {"kind": "qa"},
            r"sources\[0\]\.columns: found label, text_a, text_b; qa needs id, context, question, answers",
        ),
        (
            {"language_column": None},
            r"sources\[0\]\.languages: found ar, bg, .*allowed: \{code\} in config, language_co",
        ),
        ({"metrics": ["f1"]}, "metrics: found f1; allowed for classification: accuracy"),
        ({"train_set": None}, "train_set: found none; a target of classification names the task it is trained on"),
        ({"splits": {"test": "test"}}, "splits: found no dev, and no holdout; allowed: a dev split in one of"),
        ({"holdout": 0.1}, "holdout: found beside a dev split; allowed: one of them"),
        ({"format": "two_column"}, r"sources\[0\]\.columns: found tokens, tags; classification needs text_a, text_b"),
    ],
)
def test_bad_task_files(tmp_path, changes, message):
    with pytest.raises(TaskError, match=rf"mine\.yaml: {message}"):
        load_task(write(tmp_path, **changes))


@pytest.mark.parametrize(
    ("task", "changes", "message"),
    [
        (
            "xquad",
            {"normalization": "mlqa"},
            r"normalization: mlqa has no rules for .*tr.*; allowed: ar, de, .*english",
        ),
        ("ccg", {"languages": ["en", "de"]}, r"sources\[0\]\.languages: found en, de; a two_column source holds one"),
        ("ccg", {"name": "encoder"}, "name: encoder means something else"),
    ],
)
def test_what_cannot_work(tmp_path, task, changes, message):
    data = yaml.safe_load((ROOT / "tasks" / f"{task}.yaml").read_text())
    data["sources"][0] |= {key: value for key, value in changes.items() if key == "languages"}
    data |= {"name": "mine", **{key: value for key, value in changes.items() if key != "languages"}}
    path = tmp_path / f"{data['name']}.yaml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(TaskError, match=rf"{path.name}: {message}"):
        load_task(path)


def test_train_set_must_exist_and_fit(tmp_path):
    write(tmp_path, train_set="mnly")
    (tmp_path / "mnli.yaml").write_text((ROOT / "tasks" / "mnli.yaml").read_text())
    with pytest.raises(TaskError, match=r"train_set: there is no task 'mnly' .did you mean 'mnli'"):
        load_tasks(tmp_path)
    write(tmp_path, train_set="mnli", labels=["neutral", "entailment", "contradiction"])
    with pytest.raises(TaskError, match="another kind or other labels"):
        load_tasks(tmp_path)
    write(tmp_path, train_set="mine")
    with pytest.raises(TaskError, match="mine has no train split"):
        load_tasks(tmp_path)


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("classification", "xquad", r"xquad .qa. in a task of classification"),
        ("qa", "tatoeba", r"tatoeba .retrieval. in a task of qa"),
        ("qa", "squad_v1", r"squad_v1 .qa. in a task of qa"),
    ],
)
def test_paragraphs_are_compared_with_those_of_a_target(tmp_path, kind, name, found):
    for path in (ROOT / "tasks").glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text())
    columns = {ours: ours for ours in ("id", "context", "question", "answers", "answer_starts")}
    qa = (
        {"kind": "qa", "labels": None, "columns": columns, "train_set": "squad_v1", "metrics": ["f1"]}
        if kind == "qa"
        else {}
    )
    write(tmp_path, disjoint_from=name, **qa)
    with pytest.raises(TaskError, match=rf"mine\.yaml: disjoint_from: found {found}; .*of qa .*mlqa, tydiqa, xquad"):
        load_tasks(tmp_path)


def test_bitext_has_one_source(tmp_path):
    task = yaml.safe_load((ROOT / "tasks" / "tatoeba.yaml").read_text())
    (tmp_path / "tatoeba.yaml").write_text(yaml.safe_dump(task | {"sources": 2 * task["sources"]}))
    with pytest.raises(TaskError, match=r"tatoeba\.yaml: sources: found 2; a task of retrieval has one"):
        load_task(tmp_path / "tatoeba.yaml")


def test_multiple_choice_can_be_a_target(tasks, tmp_path):
    xcopa = tasks["xcopa"]
    assert len(xcopa.languages) == 11 and "en" not in xcopa.languages
    assert (xcopa.train_set, xcopa.split_languages("dev", ["qu"])) == ("csqa", ("en",))
    task = yaml.safe_load((ROOT / "tasks" / "xcopa.yaml").read_text())
    del task["train_set"]
    (tmp_path / "xcopa.yaml").write_text(yaml.safe_dump(task | {"metrics": ["f1"]}))
    with pytest.raises(TaskError) as error:
        load_task(tmp_path / "xcopa.yaml")
    assert "metrics: found f1; allowed for multiple_choice: accuracy" in str(error.value)
    assert "train_set: found none; a target of multiple_choice names the task it is trained on" in str(error.value)


def test_not_yaml(tmp_path):
    (tmp_path / "mine.yaml").write_text("name: [")
    with pytest.raises(TaskError, match=r"mine\.yaml, line 1: not YAML"):
        load_task(tmp_path / "mine.yaml")
