import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from stiltcal.perturb.declaration import DECLARATIONS, FAMILIES, LEVELS, MEANINGS, declare
from stiltcal.perturb.edit import Setting
from stiltcal.perturb.families import controls
from stiltcal.perturb.registry import PerturbationError, names, parse_perturbation
from stiltcal.syntax.words import split_sentences


def test_a_name_with_its_strength():
    perturbation = parse_perturbation("shuffle_local-0.5")
    assert (perturbation.declaration.name, perturbation.argument, perturbation.strength) == ("shuffle_local", "3", 0.5)
    assert (perturbation.family, perturbation.level, perturbation.meaning) == ("control", "word", "destroyed")
    assert str(perturbation) == "shuffle_local-0.5"
    assert not perturbation.needs_tree


def test_a_name_with_an_argument():
    perturbation = parse_perturbation("shuffle_ngrams-3-0.25")
    assert (perturbation.argument, perturbation.strength) == ("3", 0.25)


def test_clean():
    assert parse_perturbation("clean").strength == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shufle_words-1.0", "did you mean 'shuffle_words'"),
        ("shuffle_words", "a strength in [0, 1] ends the name, e.g. shuffle_words-1.0"),
        ("shuffle_words-strong", "a strength in [0, 1] ends the name"),
        ("shuffle_words-1.5", "the strength is 1.5; it must be in [0, 1]"),
        ("shuffle_words--0.5", "the strength is -0.5; it must be in [0, 1]"),
        ("shuffle_words-3-0.5", "shuffle_words takes no argument; e.g. shuffle_words-1.0"),
        ("shuffle_words-nan", "a strength in [0, 1] ends the name"),
        ("shuffle_ngrams-1.0", "found length of the n-grams ''; e.g. shuffle_ngrams-2-1.0"),
        ("shuffle_ngrams-x-1.0", "found length of the n-grams 'x'"),
        ("clean-1.0", "clean has no strength"),
    ],
)
def test_names_that_are_none(text, message):
    with pytest.raises(PerturbationError) as error:
        parse_perturbation(text)
    assert message in str(error.value)


def test_declarations_use_the_declared_words():
    assert names()[0] == "clean"
    for declaration in DECLARATIONS.values():
        assert declaration.family in FAMILIES
        assert declaration.level in LEVELS
        assert declaration.meaning in MEANINGS
        assert declaration.description.endswith(".")


def test_what_needs_trees_is_not_available_without():
    reason = parse_perturbation("mirror_tree-1.0").unavailable("sw", has_trees=False)
    assert "mirror_tree-1.0 needs trees, and there are none in sw" in reason
    assert "shuffle_words" in reason
    assert parse_perturbation("mirror_tree-1.0").unavailable("sw", has_trees=True) is None
    assert parse_perturbation("reverse-1.0").unavailable("sw", has_trees=False) is None


@pytest.mark.parametrize(
    ("name", "languages"),
    [("swap_arguments", {"en"}), ("crop_adjuncts", {"en", "es", "de"}), ("passivize", {"en", "es"})],
)
def test_rules_that_know_some_languages_are_not_available_in_others(name, languages):
    perturbation = parse_perturbation(f"{name}-1.0")
    asked = {
        code: perturbation.unavailable(code, has_trees=True) for code in ("en", "es", "de", "tr", "", "qaa", "qxa")
    }
    assert {code for code, reason in asked.items() if reason is None} == languages | {"qaa"}
    assert "and invented languages (qaa to qaz) only, not for tr" in asked["tr"]
    assert perturbation.word_order_of("qaa") == ("qaa" if name == "passivize" else None)


def test_the_registry_imports_nothing_heavy():
    code = (
        "import sys, stiltcal.perturb.registry; "
        "print([name for name in ('numpy', 'pyarrow', 'torch', 'pandas', 'stanza') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_path())
    assert found.stdout.strip() == "[]"


def _path():
    return {"PYTHONPATH": ":".join(sys.path)}


def test_a_family_that_there_is_not_cannot_be_declared():
    with pytest.raises(ValueError, match="declare: family is 'controls'; allowed: none, control"):
        declare(family="controls", level="word", meaning="kept")
    with pytest.raises(ValueError, match="declare: meaning is 'destroied'"):
        declare(family="control", level="word", meaning="destroied")


def test_the_perturbation_of_the_docs():
    docs = (Path(__file__).parents[2] / "docs" / "perturbations.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", docs, re.DOTALL)
    module = dict(vars(controls))
    exec(example, module)
    del DECLARATIONS["rotate_words"]
    (sentence,) = split_sentences("a b c d .")
    edit = module["rotate_words"](sentence, 1.0, Random(0), Setting("en"))
    assert edit.order == [2, 3, 0, 1, 4]
