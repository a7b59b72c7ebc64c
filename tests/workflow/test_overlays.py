"""Files that are laid over a configuration, and what a study of one's own changes in one that is shipped."""

import pytest
from scripts.stiltcal.study.load import Parameters, StudyError, load_study
from scripts.stiltcal.support.configfiles import refuse_unreadable

from .conftest import ROOT, changed, shipped


def test_files_after_a_second_option_are_not_forgotten(tmp_path):
    (tmp_path / "a.yaml").write_text("seeds: [1]\n", encoding="utf-8")
    refuse_unreadable(["--configfile", str(tmp_path / "a.yaml"), str(tmp_path / "a.yaml"), "-n"])
    for second in (["--configfile", "b.yaml"], ["--configfile=b.yaml"], ["--configfiles", "b.yaml"]):
        with pytest.raises(SystemExit, match="--configfile stands twice"):
            refuse_unreadable(["--configfile", str(tmp_path / "a.yaml"), *second])


def test_a_part_of_a_shipped_study_is_a_study():
    """What the shipped file says of the rest does no harm: a file that is laid over it cannot take it away."""
    one_target = shipped("real_qa") | {"targets": ["xquad"]}
    assert load_study(one_target, ROOT).targets == ["xquad"]
    two_languages = shipped("real_qa") | {"languages": {"default": ["en", "es"], "mlqa": ["en", "es"]}}
    assert load_study(two_languages, ROOT).parsers.fetched == ["en", "es"]
    no_trees = shipped("real_qa") | {"trees": "none", "perturbations": ["clean", "reverse-1.0"]}
    no_trees["report"] = no_trees["report"] | {"perturbation": "reverse-1.0"}
    assert load_study(no_trees, ROOT).parsers.fetched == []


def test_dev_items_in_the_source_language_are_needed(tmp_path):
    """Held out from test items, they exist in the evaluated languages only."""
    text = (ROOT / "tasks" / "xquad.yaml").read_text(encoding="utf-8")
    own = text.replace("name: xquad", "name: own").replace("label: XQuAD", "label: Own")
    own = own[: own.index("  - id: rajpurkar/squad")] + "holdout: 0.1\n"
    config = shipped("real_small") | {"targets": ["own", "xnli"], "languages": {"default": ["en", "es"], "own": ["es"]}}
    for folder in ("schemas", "resources", "scripts"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "tasks").mkdir()
    for path in (ROOT / "tasks").iterdir():
        (tmp_path / "tasks" / path.name).symlink_to(path)
    (tmp_path / "tasks" / "own.yaml").write_text(own, encoding="utf-8")
    with pytest.raises(StudyError, match=r"languages\.own: scalings are fitted on dev items in en, which are held out"):
        load_study(config, tmp_path)
    config["languages"]["own"] = ["en", "es"]
    load_study(config, tmp_path)


def test_a_training_set_that_is_evaluated_nowhere_has_no_test_items():
    """PAWS-X has test items in seven languages, which nobody needs where it only trains another target."""
    study = load_study(shipped("real_qa") | {"targets": ["xquad"]}, ROOT)
    assert study.split_languages("pawsx", "test") == []
    assert study.split_languages("pawsx", "train") == study.split_languages("pawsx", "dev") == ["en"]


def test_treebanks_that_are_not_there_are_named(tmp_path, monkeypatch):
    config = shipped("real_qa") | {"parsers": {"es": "train"}, "treebanks": {"es": {"train": "ud/nowhere.conllu"}}}
    with pytest.raises(StudyError, match=r"treebanks\.es\.train: there is no file .*ud/nowhere\.conllu"):
        load_study(config, ROOT)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results" / "real_qa" / "word_order").mkdir(parents=True)
    (tmp_path / "results" / "real_qa" / "word_order" / "es.json").touch()
    load_study(config, ROOT)  # of a finished study nothing is read again


def test_fetched_and_trained_parsers_have_folders_of_their_own():
    config = shipped("real_qa")
    config["pathvars"] |= {"results": "out", "resources": "./out"}
    with pytest.raises(StudyError, match=r"pathvars\.resources: found \./out, which is the folder of results"):
        load_study(config, ROOT)


def test_a_colour_that_yaml_takes_for_a_comment_is_explained():
    with pytest.raises(StudyError, match="# begins a comment in YAML: put the colour in quotes"):
        load_study(changed("report.colours.without", None), ROOT)


def test_defaults_of_a_study_leave_the_settings_of_single_tasks():
    """docs/own_study.md warns of it."""
    config = shipped("real_small")
    config["training"]["intermediate"] = {"default": {"epochs": 9}, "squad_v1": {"epochs": 3}}
    parameters = Parameters(load_study(config, ROOT))
    assert parameters.hyperparameters("intermediate", "squad_v1")["epochs"] == 3
