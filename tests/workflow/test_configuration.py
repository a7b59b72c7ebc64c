"""Configurations that are refused before any job, in words that help."""

import pytest
from scripts.stiltcal.study.load import Parameters, StudyError, load_study

from .conftest import ROOT, changed, shipped


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("intermediate", ["none"], ["unknown key 'intermediate'", "did you mean 'intermediates'"]),
        ("intermediates", ["none", "mnly"], ["intermediates", "'mnly'", "did you mean 'mnli'", "allowed:"]),
        ("intermediates", ["none", "mnli-then-mnli"], ["intermediates: 'mnli-then-mnli': mnli occurs twice"]),
        ("report.intermediate", "mnli-then-squad", ["report.intermediate: unknown 'squad' in", "did you mean"]),
        ("training.intermediate.none", {"epochs": 1}, ["training.intermediate: found 'none'; allowed: a task or mul"]),
        ("training.intermediate.mnli-then-ccg", {"epochs": 1}, ["training.intermediate: found 'mnli-then-ccg'"]),
        ("targets", ["xquat"], ["targets", "'xquat'", "did you mean 'xquad'"]),
        ("targets", ["squad_v1"], ["targets", "'squad_v1'", "allowed: "]),
        ("languages.default", ["qaa", "qax"], ["languages.default", "'qax'", "allowed: qaa, qab"]),
        ("source_language", "en", ["source_language", "'en'"]),
        ("languages.default", ["qaa", "QAB"], ["languages.default: found language 'QAB'; write 'qab'"]),
        ("languages.xquad", ["eng"], ["languages.xquad: found language 'eng'; write 'en'"]),
        ("treebanks", {"pt_br": {"train": "x.conllu"}}, ["treebanks: found language 'pt_br'; write 'pt-BR'"]),
        ("treebanks", {"english": {"train": "x.conllu"}}, ["treebanks: found language 'english'; allowed: a code"]),
        ("perturbations", ["clean", "reorder_like-xx-1.0"], ["found language 'xx'; allowed: a code of ISO 639"]),
        ("languages.xquat", ["qab"], ["languages: unknown 'xquat'", "did you mean 'xquad'"]),
        ("languages.xquad", ["en"], ["languages.xquad", "'en'", "allowed: qaa, qab"]),
        ("languages.xquad", ["qaa"], ["xquad is evaluated in no language but the source language", "remove xquad"]),
        ("languages", ["qaa"], ["languages: found ['qaa']; a mapping with the key default is needed"]),
        ("perturbations", ["clean", "mirror_three-1.0"], ["'mirror_three'", "mirror_tree"]),
        ("perturbations", ["clean", "shuffle_words--0.5"], ["shuffle_words", "-0.5"]),
        ("perturbations", ["clean", "shuffle_words-1.5"], ["1.5"]),
        ("scores.metrics", ["ece_width_51"], ["ece_width_51", "did you mean 'ece_width_15'"]),
        ("scores.resamples", -3, ["scores.resamples", "-3"]),
        ("data.caps.default.train", 10, ["the miniature is generated and has no caps; change miniature.sizes instead"]),
        ("encoder.source", {"folder": "nowhere"}, ["encoder.source.folder: there is no folder nowhere"]),
        ("scores.scalings", ["none", "sources"], ["scores.scalings", "did you mean 'source'"]),
        ("report.scaling", "target", ["report.scaling: 'target' is not in scores.scalings", "allowed: none, source"]),
        ("training.target.default.learning_rat", 1.0, ["learning_rat", "did you mean 'learning_rate'"]),
        ("seeds", [], ["seeds"]),
        ("report.intermediate", "mlm", ["report.intermediate", "'mlm'"]),
        ("report.show.targets", ["xquat"], ["report.show.targets: unknown 'xquat'", "did you mean 'xquad'"]),
        ("report.show.languages", ["qab"], ["report.name: is null, but report.show.languages selects"]),
        ("report.labels.languages", {"qaz": "Zed"}, ["report.labels.languages: unknown 'qaz'", "allowed: qaa"]),
        ("report.labels.perturbations", {"reverse": "x"}, ["report.labels.perturbations: unknown 'reverse'"]),
        ("report.colours.with", "red", ["report.colours.with", "'red'"]),
        ("report.width", 2, ["report.width", "3"]),
        ("report.name", "a/b", ["report.name", "'a/b'"]),
        ("report.intermediate", "none", ["report.intermediate", "'none'"]),
        ("report.intermediate", None, ["report.intermediate: unknown None; allowed: anli"]),
        ("intermediates", ["mnli"], ["intermediates: found [mnli], without none; add none"]),
        ("perturbations", ["reverse-1.0"], ["perturbations: found [reverse-1.0], without clean; add clean"]),
        ("languages.default", ["qaa"], ["languages", "zero-shot"]),
        ("scores.metrics", ["auroc", "brier"], ["scores.metrics", "auroc", "brier"]),
        ("miniature.sizes.pawx", {"train": 5}, ["miniature.sizes", "did you mean 'pawsx'"]),
        ("trees", "none", ["shuffle_phrase-1.0 needs trees", "without: clean, shuffle_words"]),
        ("perturbations", ["clean", "reorder_like-hi-1.0"], ["needs treebanks.hi; there are treebanks of qaa, qab"]),
        ("perturbations", ["clean", "typos-reorder_like-hi@N-1.0"], ["needs treebanks.hi"]),
        (
            "miniature.training.target.udpos.max_steps",
            None,
            ["miniature.training.target: udpos has neither epochs"],
        ),
        ("mix", ["mnli", "squat_v1"], ["mix", "did you mean 'squad_v1'"]),
        (
            "training.target.xquad",
            {"epochs": 9},
            ["training.target: unknown 'xquad'", "allowed: default, csqa, mnli, "],
        ),
        ("training.intermediate.xnli", {"epochs": 9}, ["training.intermediate: unknown 'xnli'"]),
        ("data.caps.multi", {"train": 9}, ["data.caps: unknown 'multi'"]),
        ("data.source.default", "hubb", ["data.source.default: there is no folder 'hubb' (did you mean 'hub'?)"]),
        (
            "data.source.default",
            "Miniature",
            ["data.source.default: there is no folder 'Miniature' (did you mean 'miniature'?)"],
        ),
        ("data.source.xquad", "hub", ["data.source.xquad: found 'hub'; the miniature is generated as a whole"]),
        ("source_language", "qab", ["source_language: found 'qab'; in the miniature it is the first language, qaa"]),
        ("miniature.lengths.mnli", {"maximum": 200}, ["miniature.lengths: found maximum 200 for mnli", "at most 128"]),
        ("data.source.ccg", "HUB", ["data.source.ccg: there is no folder 'HUB' (did you mean 'hub'?)"]),
        ("encoder.source.hub", "a/b", ["encoder.source: needs one of hub, package and folder, found hub and folder"]),
        ("encoder.source.revision", "v2", ["encoder.source.revision: not used with `folder`; set it to null"]),
        ("encoder.source.folder", None, ["encoder.source", "found none of them"]),
        ("encoder.source", {"package": "p"}, ["encoder.source.path: is missing"]),
        ("sides", {"xquat": ["question"]}, ["sides: unknown 'xquat'", "did you mean 'xquad'"]),
        ("sides", {"xquad": ["questions"]}, ["sides.xquad", "'questions'", "allowed: context, question"]),
        ("sides", {"bucc": ["foreign", "source"]}, ["sides.bucc", "one side of a pair"]),
        ("sides", {"xnli": ["text_a"], "pawsx": ["text_a"]}, ["swap_arguments-1.0 does not apply to"]),
        ("trees", "stanza", ["parsers: found none with trees: stanza; add one of a language in languages.default"]),
        ("parsers", {"is": "train"}, ["parsers: unknown 'is'", "; allowed: af, ar, bg"]),
        ("perturbations", ["clean", "reverse-1.0", "reverse-1"], ["reverse-1 is reverse-1.0 once more; remove one"]),
        ("pathvars.results", "results/mine/", ["pathvars.results: found 'results/mine/'", "without / at the end"]),
        ("data.lock", "~/lock.json", ["data.lock: found '~/lock.json'", "a path inside the clone, or a full one"]),
        ("parsers", {"qaa": "fetsch"}, ["parsers.qaa: found 'fetsch'; allowed: fetch, train, {train:"]),
        ("miniature.languages.qaa.order", "SVOPP", ["order", "SVOPP"]),
        ("hypotheses.margin", 0, ["hypotheses.margin", "0"]),
        ("hypotheses.margin", 1.5, ["hypotheses.margin", "1.5"]),
        ("hypotheses.families", ["qe"], ["hypotheses.families: unknown 'qe'", "allowed: qa, classification"]),
        ("hypotheses.classes", ["reword"], ["hypotheses.classes: unknown 'reword'", "did you mean 'reworded'"]),
        (
            "hypotheses.metric",
            "smece",
            ["hypotheses.metric: 'smece' is not a calibration error in scores.metrics", "ece_width_15"],
        ),
        ("hypotheses.metric", "auroc", ["hypotheses.metric: 'auroc' is not a calibration error"]),
        (
            "scores.metrics",
            ["mce_width_15", "brier"],
            ["scores.metrics: the first must be a calibration error, found mce_width_15 (no bootstrap interval"],
        ),
        ("hypotheses.scaling", "target", ["hypotheses.scaling: 'target' is not in scores.scalings"]),
    ],
)
def test_bad_configuration_is_one_clear_message(key, value, words):
    with pytest.raises(StudyError) as error:
        load_study(changed(key, value), ROOT)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize("shown", [None, "none", "squad_v1"])
def test_none_alone_is_a_study(shown):
    """The intermediate task of the diagrams is the default's, which the study does not have, or it is left out."""
    study = load_study(changed("report.intermediate", shown) | {"intermediates": ["none"]}, ROOT)
    assert study.shown_intermediate == "none"
    assert set(study.data_tasks) - set(study.targets) == {"squad_v1", "mnli"}, "the train sets of targets alone"


def test_none_alone_needs_a_perturbation_and_a_known_name():
    none = {"intermediates": ["none"]}
    with pytest.raises(StudyError, match=r"report\.intermediate: unknown 'mlm'"):
        load_study(changed("report.intermediate", "mlm") | none, ROOT)
    clean = changed("report.perturbation", "clean") | {"perturbations": ["clean"]}
    with pytest.raises(StudyError, match="found only clean, and intermediates has only none, so that nothing is comp"):
        load_study(clean | none, ROOT)
    load_study(clean, ROOT)


@pytest.mark.parametrize(
    ("parsers", "words"),
    [
        ({"en": "fetch"}, ["parsers: found en with trees: stanza; add one of a language in languages.default"]),
        ({"qab": "train"}, ["parsers.qab: train needs treebanks.qab.train"]),
        ({"qab": {"folder": "nowhere"}}, ["parsers.qab: there is no folder", "nowhere"]),
    ],
)
def test_a_parser_that_cannot_be_had_is_refused(parsers, words):
    with pytest.raises(StudyError) as error:
        load_study(changed("trees", "stanza") | {"parsers": parsers}, ROOT)
    assert all(word in str(error.value) for word in words)


def test_real_tasks_are_trained_in_english():
    real = shipped("real_small") | {"source_language": "es"}
    with pytest.raises(StudyError, match="source_language: found 'es'; real tasks are trained in en"):
        load_study(real, ROOT)


def test_gold_trees_come_with_the_miniature_only():
    config = changed("data.source.default", "hub") | {"source_language": "en", "targets": ["xquad"]}
    config["languages"] = {"default": ["en", "de"]}
    with pytest.raises(StudyError, match=r"trees: only the miniature has gold trees; allowed here: stanza \(with"):
        load_study(config | {"perturbations": ["clean", "mirror_tree-1.0"]}, ROOT)


def test_perturbations_without_rules_in_any_language_are_refused():
    study = shipped("real_small") | {
        "trees": "stanza",
        "targets": ["xquad"],
        "perturbations": ["clean", "passivize-1.0"],
    }
    study["report"]["perturbation"] = "passivize-1.0"

    def with_parsers(*codes):
        return study | {"languages": {"default": [*codes]}, "parsers": dict.fromkeys(codes, "fetch")}

    with pytest.raises(StudyError) as error:
        load_study(with_parsers("de", "tr"), ROOT)
    message = str(error.value)
    assert message.startswith("configuration: perturbations: passivize-1.0 has rules for en, es and invented languages")
    assert message.endswith("not for de")
    load_study(with_parsers("de", "es"), ROOT)


def test_scalings_that_a_study_cannot_have():
    config = changed("scores.scalings", ["none", "vector"])
    config["report"]["scaling"] = "vector"
    with pytest.raises(StudyError, match="vector needs fixed labels, which xquad, mlqa, tydiqa, bucc, tatoeba do not"):
        load_study(config, ROOT)
    config |= {"targets": ["xquad", "bucc"], "perturbations": ["clean", "reverse-1.0"]}
    config["report"]["perturbation"] = "reverse-1.0"
    with pytest.raises(StudyError, match="vector needs fixed labels, which no target of this study has"):
        load_study(config, ROOT)
    spanish = shipped("real_small") | {"trees": "stanza", "parsers": {"es": "fetch"}}
    spanish |= {"perturbations": ["clean", "mirror_tree-1.0"]}
    spanish["report"]["perturbation"] = "mirror_tree-1.0"
    load_study(spanish, ROOT)
    spanish["scores"]["scalings"] = ["none", "source", "perturbed"]
    with pytest.raises(StudyError, match=r"perturbed needs dev items of xquad, but mirror_tree-1\.0 needs trees"):
        load_study(spanish, ROOT)
    real = shipped("real_small")
    real["scores"]["scalings"] = ["none", "target"]
    with pytest.raises(StudyError, match="target needs dev items of every language; xquad has none in es"):
        load_study(real, ROOT)


def test_a_study_that_is_laid_over_another_is_refused_alone():
    with pytest.raises(StudyError, match=r"languages\.default: unknown 'qaa'"):
        load_study(shipped("paper_base"), ROOT)


def test_hypotheses_name_what_the_grid_has():
    config = changed("targets", ["xnli"]) | {"perturbations": ["clean", "reverse-1.0"]}
    config["report"] = config["report"] | {"perturbation": "reverse-1.0"}
    declared = Parameters(load_study(config, ROOT)).hypotheses.declared
    assert declared["families"] == {"Sentence-pair classification": ["xnli"]}
    assert declared["classes"] == {"control": ["reverse-1.0"]}
    assert declared["metric"] == "ece_width_15"
    config["hypotheses"] = config["hypotheses"] | {"families": ["qa"], "classes": ["words"]}
    with pytest.raises(StudyError) as error:
        load_study(config, ROOT)
    assert "hypotheses.families: qa has no target in this study" in str(error.value)
    assert "hypotheses.classes: words has no perturbation in this study" in str(error.value)
