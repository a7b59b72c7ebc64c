"""Codes of languages in the forms that people and data sets write."""

import json
from pathlib import Path

import pytest

from stiltcal.perturb.families import lexicon
from stiltcal.perturb.registry import PerturbationError, parse_perturbation
from stiltcal.perturb.writing import writing_of
from stiltcal.support.language_codes import LanguageError, code_problem, normalized, rules_of
from stiltcal.syntax.parsing import _codes_in, stanza_code
from stiltcal.syntax.word_order import WordOrder
from stiltcal.tasks.load import load_tasks

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("code", "written", "rules"),
    [
        ("en", "en", "en"),
        ("EN", "en", "en"),
        (" De ", "de", "de"),
        ("en_US", "en-US", "en"),
        ("de_DE.UTF-8@euro", "de-DE", "de"),
        ("es-419", "es-419", "es"),
        ("ZH-hans-cn", "zh-Hans-CN", "zh"),
        ("az_cyrl", "az-Cyrl", "az"),
        ("eng", "en", "en"),
        ("DEU", "de", "de"),
        ("ger", "de", "de"),
        ("cmn", "zh", "zh"),
        ("arb-Latn", "ar-Latn", "ar"),
        ("swh", "sw", "sw"),
        ("pes", "fa", "fa"),
        ("iw", "he", "he"),
        ("tl", "tl", "tl"),
        ("yue", "yue", "yue"),
        ("qaa", "qaa", "qaa"),
        ("QAZ", "qaz", "qaz"),
        ("und", "und", "und"),
        ("en_ewt", "en-ewt", "en"),
    ],
)
def test_forms_of_a_code(code, written, rules):
    assert (normalized(code), rules_of(code)) == (written, rules)
    assert normalized(written) == written and code_problem(written) is None


@pytest.mark.parametrize("code", ["english", "e", "xx", "en us", "12", "-", "de/at", "cz"])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(LanguageError, match=r"found language .*; allowed: a code of ISO 639 .*qaa to qaz\), or und"):
        normalized(code)
    assert code_problem(code).startswith("found language")


def test_the_codes_of_tasks_and_rules_are_as_they_must_be_written():
    tasks = load_tasks(ROOT / "tasks").values()
    named = {code for task in tasks for code in task.languages}
    tables = [lexicon.ADJUNCT_CASES, lexicon.CLAUSE_MARKS, lexicon.VERB_SECOND, lexicon.COMMA_AFTER_CLAUSE]
    named |= {code for table in tables for code in table}
    assert [problem for code in sorted(named) if (problem := code_problem(code))] == []


def test_the_table_is_that_of_iso_639():
    """Against langcodes, which has the registry of BCP 47, where it is installed."""
    langcodes = pytest.importorskip("langcodes", reason="needs langcodes")
    from stiltcal.support.language_codes import _SHORTEST

    renamed = {"tl", "tgl", "sh", "hbs"}  # by BCP 47, but not by the data sets
    for code, shortest in _SHORTEST.items():
        if code not in renamed:
            assert langcodes.standardize_tag(code, macro=True) == langcodes.standardize_tag(shortest, macro=True)


def test_perturbations_know_a_language_by_every_form_of_its_code():
    crop = parse_perturbation("crop_adjuncts-1.0")
    assert crop.setting("ENG").language == crop.setting("en-GB").language == "en"
    assert crop.unavailable("deu", has_trees=True) is None
    assert crop.unavailable("fr-FR", has_trees=True).endswith("only, not for fr-FR")
    assert writing_of("tr_TR", [], []).language == "tr"
    assert crop.setting().language == ""


def test_word_orders_are_those_of_the_language_by_any_name():
    like = parse_perturbation("reorder_like-hin@N-1.0")
    assert like.word_order_of("en") == "hi"
    like.check_word_order("en", WordOrder("hi-IN", {}, {}, {}))
    with pytest.raises(PerturbationError, match=r"needs the word order of hi, .* found: none"):
        like.check_word_order("en", None)
    with pytest.raises(PerturbationError, match="found: ja"):
        like.check_word_order("en", WordOrder("ja", {}, {}, {}))


def test_models_are_found_by_script_or_language(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "resources.json").write_text(json.dumps({"zh-hant": {}, "zh": {"alias": "zh-hans"}}))
    assert [stanza_code(code, _codes_in(tmp_path)) for code in ("EN", "zh-Hant", "zh-TW", "cmn", "fr")] == [
        "en",
        "zh-hant",
        "zh",
        "zh",
        "fr",
    ]
