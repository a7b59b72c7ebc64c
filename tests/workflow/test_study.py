"""The grid that follows from a configuration, and what its jobs are told."""

import copy
import re
import shutil

import pytest
import yaml
from scripts.stiltcal.study.load import (
    Parameters,
    Shown,
    StudyError,
    load_study,
    settings_of,
    trainings_of,
)
from scripts.stiltcal.study.load import tested_targets as described  # pytest would take it for a test
from snakemake.utils import update_config

from stiltcal.calibration.estimators import METRICS
from stiltcal.miniature.drawers import TASKS
from stiltcal.perturb.registry import DECLARATIONS

from .conftest import CONFIG, ROOT, changed, shipped


def test_languages_without_a_parser_have_no_trees_and_the_others_do():
    config = changed("trees", "stanza") | {
        "parsers": {"qab": {"train": {"pos": 5}}},
        "languages": {"default": ["qaa", "qab"]},
    }
    config["treebanks"] = {"qab": {"train": "config.yaml", "dev": "config.yaml"}}
    study = load_study(config, ROOT)
    assert study.tree_languages("xquad") == ["qab"]
    assert study.parsers.source("qab") == ("train", None, {"tokenize": 800, "pos": 5, "depparse": 600})
    config["sides"] = {"tatoeba": ["source"]}
    assert load_study(config, ROOT).tree_languages("tatoeba") == [], "its source side is in qaa"


def test_tables_list_the_settings_the_trainings_and_the_targets():
    phases = ["none", "squad_v1", "mnli-then-squad_v1"]
    config = changed("intermediates", phases) | {"languages": {"default": ["qab", "qaa"]}}
    parameters = Parameters(load_study(config, ROOT))
    trained = [(each["phase"], each["name"]) for each in trainings_of(parameters)]
    assert trained == [
        *(("intermediate", name) for name in ("squad_v1", "mnli", "mnli-then-squad_v1")),
        *(("target", name) for name in ("squad_v1", "tydiqa", "mnli", "pawsx", "udpos", "panx")),
    ]
    assert trainings_of(parameters)[3]["max_steps"] == parameters.hyperparameters("target", "squad_v1")["max_steps"]
    targets = described(parameters, Shown(parameters.study))
    assert (targets["mlqa"]["train_set"], targets["bucc"]["train_set"]) == ("squad_v1", None)
    assert targets["xquad"]["languages"] == ["qaa", "qab"], "the source language stands first"
    settings = settings_of(parameters)
    assert settings["margin of equivalence"] == 0.05 and settings["seeds"] == [1]


def test_perturbations_are_those_of_the_kind_the_sides_and_the_labels():
    study = load_study(changed("sides", {"xnli": ["text_a"]}), ROOT)
    contrasts = {"swap_arguments-1.0", "crop_adjuncts-1.0"}
    without = {target: contrasts - set(study.applicable(target)) for target in study.targets}
    assert without["xnli"] == contrasts, "they change the hypothesis"
    assert without["pawsx"] == {"crop_adjuncts-1.0"}, "of paraphrases it is not known what a part is to the whole"
    assert without["xquad"] == {"swap_arguments-1.0"}
    assert study.perturbed_fields("xnli") == ["text_a"] and study.perturbed_fields("xquad") == ["context"]


def test_shipped_studies_have_every_perturbation():
    """The default study has those with rules for its invented languages, the paper's those for real ones alone."""
    used = [{name.partition("-")[0] for name in config["perturbations"]} for config in (CONFIG, shipped("paper"))]
    real = {name for name, each in DECLARATIONS.items() if each.languages and not each.invented}
    assert used[0] == set(DECLARATIONS) - real and real <= used[1]
    study = load_study(CONFIG, ROOT)
    assert study.word_orders("xquad") == CONFIG["languages"]["default"], "reorder_like: qad; passivize: all"
    assert study.word_orders("udpos") == ["qad"]


def test_dev_items_need_the_word_order_of_the_source_language():
    study = load_study(changed("languages.xquad", ["qab", "qac"]), ROOT)
    assert study.word_orders("xquad") == ["qab", "qac", "qad"], "reorder_like: qad; passivize: all"
    assert study.word_orders("xquad", "dev") == ["qaa", "qad"]


def test_metrics_of_the_schema_are_those_of_the_library():
    schema = yaml.safe_load((ROOT / "schemas" / "config.schema.yaml").read_text(encoding="utf-8"))
    assert set(schema["properties"]["scores"]["properties"]["metrics"]["items"]["enum"]) == set(METRICS)


def test_grid_of_the_default_study():
    study = load_study(CONFIG, ROOT)
    assert study.train_set("xquad") == study.train_set("mlqa") == "squad_v1"
    assert study.train_set("bucc") is None
    assert study.languages("tatoeba") == ["qab", "qac", "qad", "qae", "qaf"], "the source language is no foreign one"
    assert study.split_languages("mnli", "test") == []
    assert study.split_languages("xquad", "train") == [], "it is trained on squad_v1"
    assert study.trained_on("multi") == sorted(CONFIG["mix"])
    assert {*study.targets, *study.intermediates} - {"none", "multi"} <= set(study.data_tasks) <= set(TASKS)
    assert study.scaling_languages("xnli") == ["qaa"], "temperatures are fitted on the source language"
    assert len(study.cells("xquad")) == (len(CONFIG["perturbations"]) - 1) * 6, "all but swap_arguments"


def test_word_order_is_measured_from_the_source_language():
    assert load_study(changed("languages.default", ["qab", "qac"]), ROOT).measured_languages == ["qaa", "qab", "qac"]


def test_settings_of_a_task_lie_over_the_default():
    settings = Parameters(load_study(changed("miniature.training.target.squad_v1", {"max_steps": 7}), ROOT))
    assert settings.hyperparameters("target", "squad_v1")["max_steps"] == 7
    default = CONFIG["miniature"]["training"]["intermediate"]["default"]
    assert settings.hyperparameters("intermediate", "mnli") == default


def test_a_task_file_of_ones_own_changes_no_other_study(tmp_path):
    page = (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n# tasks/rte.yaml\n(.*?)```", page, re.DOTALL)[1]
    for folder in ("tasks", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "resources" / "miniature-encoder").mkdir(parents=True)
    (tmp_path / "tasks" / "own.yaml").write_text(example.replace("name: rte", "name: own"), encoding="utf-8")
    assert load_study(CONFIG, tmp_path).data_tasks == load_study(CONFIG, ROOT).data_tasks
    with pytest.raises(StudyError, match="the miniature has no own; it has anli"):
        load_study(changed("intermediates", ["none", "squad_v1", "own"]), tmp_path)
    real = shipped("real_small") | {"intermediates": ["none", "squad_v1", "own"], "mix": ["own", "mnli"]}
    assert "own" in load_study(real, tmp_path).data_tasks


def test_chains_share_the_models_that_they_begin_with():
    names = ["none", "squad_v1", "mnli-then-squad_v1", "mnli-then-squad_v1-then-ccg"]
    study = load_study(changed("intermediates", names), ROOT)
    assert study.intermediate_models == ["squad_v1", "mnli", *names[2:]]
    assert [study.trained_after(name) for name in study.intermediate_models] == ["none", "none", "mnli", names[2]]
    assert [study.trained_on(name) for name in names] == [[], ["squad_v1"], ["squad_v1"], ["ccg"]]
    assert {"mnli", "ccg"} <= set(study.data_tasks)


def test_a_variant_is_trained_as_its_task_but_for_what_is_its_own():
    names, own = ["none", "squad_v1", "mnli-then-squad_v1"], {"max_steps": 7}
    plain = Parameters(load_study(changed("intermediates", names), ROOT))
    assert plain.hyperparameters("intermediate", names[1]) == plain.hyperparameters("intermediate", names[2])
    config = changed("miniature.training.intermediate.squad_v1+mlm", own)
    config["intermediates"] = [*names, "squad_v1+mlm"]
    settings = Parameters(load_study(config, ROOT)).hyperparameters("intermediate", "squad_v1+mlm")
    assert settings == plain.hyperparameters("intermediate", "squad_v1") | own


def test_shipped_studies():
    sizes = {("paper",): 16, ("paper", "paper_base"): 16, ("real_small",): 8, ("real_qa",): 8}
    for studies, size in sizes.items():
        study = load_study(shipped(*studies), ROOT)
        assert Parameters(study).hyperparameters("target", "squad_v1")["batch_size"] == size, studies
        assert Parameters(study).hyperparameters("target", "squad_v1")["max_steps"] is None, "that is the miniature's"
    for name in ("real_small", "real_qa"):
        small, large = (Parameters(load_study(shipped(*names), ROOT)) for names in ([name], [name, f"gpu/{name}"]))
        assert all(large.caps(task)["max_train"] > small.caps(task)["max_train"] for task in ("squad_v1", "squad_v2"))
    study = load_study(shipped("paper", "paper_base"), ROOT)
    assert (len(study.intermediates), len(study.targets), study.seeds) == (11, 9, [1, 2, 3, 4, 5])
    languages = {target: len(study.languages(target)) for target in study.targets}
    assert languages["xquad"] == 11 and languages["udpos"] == 33 and languages["panx"] == 40
    assert Parameters(study).lengths("xquad") == {"maximum": 384, "stride": 128, "question": 64}
    assert Parameters(study).encoder_source == {"hub": "FacebookAI/xlm-roberta-base", "revision": "main"}


def test_the_studies_of_own_study():
    page = (ROOT / "docs" / "own_study.md").read_text(encoding="utf-8")
    (mine,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    for name in ("real_qa", "real_small"):
        study = load_study(shipped(name), ROOT)
        assert {Parameters(study).data_source(task) for task in study.data_tasks} == {"hub"}, name
    config = copy.deepcopy(CONFIG)
    update_config(config, yaml.safe_load(mine))
    study = load_study(config, ROOT)
    assert study.languages("xquad") == ["en", "de", "zh"]
    assert Parameters(study).encoder_source == {"hub": "FacebookAI/xlm-roberta-base", "revision": "main"}
    assert Parameters(study).hyperparameters("target", "squad_v1")["learning_rate"] == 1e-5


def test_languages_of_single_targets():
    config = shipped("real_small")
    assert load_study(config, ROOT).languages("xquad") == ["en", "es", "zh", "ar"]
    config["targets"], config["languages"] = ["xquad", "xnli"], {"default": ["en", "zh", "bg"], "xquad": ["zh", "bg"]}
    with pytest.raises(StudyError, match=r"languages\.xquad: xquad has no data in bg"):
        load_study(config, ROOT)


def test_tasks_come_from_where_they_are():
    config = shipped("paper")
    assert Parameters(load_study(config, ROOT)).data_source("mnli") == "hub"
    assert Parameters(load_study(config, ROOT)).data_source("ccg") == str(ROOT / "../ccgbank")
    config["data"]["source"] = {"default": "hub"}
    with pytest.raises(StudyError, match=r"data\.source\.ccg: ccg is not on the Hub .* or remove ccg from"):
        load_study(config, ROOT)
    config["data"]["source"] = {"default": "hub", "cgc": "../ccgbank"}
    with pytest.raises(StudyError, match=r"data\.source: unknown 'cgc' \(did you mean 'ccg'"):
        load_study(config, ROOT)


def test_scalings_name_the_dev_items_that_they_need():
    def cells(*scalings, target="xquad"):
        config = changed("scores.scalings", ["none", *scalings]) | {"languages": {"default": ["qaa", "qab"]}}
        config["perturbations"] = ["clean", "reverse-1.0"]
        config["report"]["perturbation"] = "reverse-1.0"
        return load_study(config, ROOT).dev_cells(target)

    assert cells("source") == cells("platt") == [("clean", "qaa")]
    assert cells("target") == cells("mixed") == [("clean", "qaa"), ("clean", "qab")]
    assert cells("perturbed") == [("clean", "qaa"), ("reverse-1.0", "qaa")]
    assert cells("source", target="bucc") == [("clean", "qab")]


def test_temperatures_are_fitted_in_the_source_language_of_targets_that_are_not_evaluated_in_it():
    study = load_study(changed("languages.xquad", ["qab", "qac"]), ROOT)
    assert study.languages("xquad") == ["qab", "qac"]
    assert study.split_languages("xquad", "dev") == ["qaa", "qab", "qac"]
    assert set(study.scaling_languages("xquad")) <= set(study.split_languages("xquad", "dev"))
    assert "qaa" not in study.split_languages("tatoeba", "dev")


@pytest.mark.parametrize(("names", "layer", "layers"), [(("paper",), 25, 24), (("paper", "paper_base"), -14, 12)])
def test_a_layer_that_a_published_encoder_lacks_is_refused_before_it_is_fetched(names, layer, layers):
    expected = f"retrieval_layer: found {layer}; this encoder has {-layers - 1} to {layers} "
    with pytest.raises(StudyError, match=expected):
        load_study(shipped(*names) | {"retrieval_layer": layer}, ROOT)


def test_rows_longer_than_a_published_encoder_reads_are_refused_before_it_is_fetched():
    config = shipped("paper")
    config["lengths"]["bucc"] = config["lengths"].get("bucc", {}) | {"maximum": 1024}
    expected = "lengths: found maximum 1024 for bucc; this encoder reads at most 512 tokens"
    with pytest.raises(StudyError, match=expected):
        load_study(config, ROOT)


def test_data_of_the_miniature_is_no_part_of_a_real_study():
    config = shipped("paper")
    config["data"]["source"]["xquad"] = "miniature"
    with pytest.raises(StudyError, match=r"data\.source\.xquad: found 'miniature'; the miniature is generated"):
        load_study(config, ROOT)


def test_settings_that_do_not_reach_a_target_are_not_among_its_parameters():
    """Another layer or correctness criterion runs no job of other targets again."""
    study = load_study(shipped("paper") | {"retrieval_layer": 3}, ROOT)
    layers = {target: Parameters(study).prediction(target)["settings"]["layer"] for target in study.targets}
    assert {target for target, layer in layers.items() if layer == 3} == {"bucc", "tatoeba"}
    config = changed("scores.correctness", ["f1", "exact_match"])
    found = {
        target: Parameters(load_study(config, ROOT)).scoring(target)["correctness"] for target in ("xquad", "panx")
    }
    assert found == {"xquad": ["f1", "exact_match"], "panx": ["exact_match"]}
