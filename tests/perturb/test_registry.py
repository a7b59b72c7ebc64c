import re
from pathlib import Path
from random import Random

import pytest

from stiltcal.perturb.declaration import DECLARATIONS, FAMILIES, LEVELS, MEANINGS, declare
from stiltcal.perturb.edit import Edit, Setting
from stiltcal.perturb.families import controls, rewording
from stiltcal.perturb.registry import PerturbationError, names, parse_perturbation
from stiltcal.perturb.text import perturb_text
from stiltcal.perturb.writing import writing_of
from stiltcal.syntax.sentence import Sentence
from stiltcal.syntax.trees import read_blocks
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


def test_a_family_that_there_is_not_cannot_be_declared():
    with pytest.raises(ValueError, match="declare: family is 'controls'; allowed: none, control"):
        declare(family="controls", level="word", meaning="kept")
    with pytest.raises(ValueError, match="declare: meaning is 'destroied'"):
        declare(family="control", level="word", meaning="destroied")


ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "perturbations.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "scripts" / "stiltcal" / "perturb" / "examples.conllu"


@pytest.fixture
def examples():
    """The functions of the docs, each declared in the module that the docs put it into."""
    functions = {}
    for module, code in zip((controls, rewording), re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL), strict=True):
        names = dict(vars(module))
        exec(code, names)
        (name,) = names.keys() - vars(module).keys()
        functions[name] = names[name]
    yield functions
    for name in functions:
        del DECLARATIONS[name]


def test_the_first_perturbation_of_the_docs(examples):
    (sentence,) = split_sentences("a b c d .")
    edit = examples["swap_neighbours"](sentence, 1.0, Random(0), Setting("en"))
    assert edit.order == [1, 0, 3, 2, 4]


def test_the_second_perturbation_of_the_docs(examples):
    perturbation = parse_perturbation("cleft_object-1.0")
    assert perturbation.declaration.function is examples["cleft_object"]
    assert "cleft_object" not in perturbation.fields.get("tagging", ()) and perturbation.unavailable(
        "de", has_trees=True
    )
    changed = []
    for block in read_blocks(EXAMPLES):
        writing, setting = writing_of("en", [block.text], [block.tokens]), perturbation.setting("en")
        new = perturb_text(
            block.text, [block.tokens], perturbation, setting, seed=0, text_id=block.sent_id, writing=writing
        )
        changed.append((new.text, new.origins))
    assert changed == [
        ("It was a cat that the big dog chased in the park.", [-1, -1, 4, 5, -1, 0, 1, 2, 3, 6, 7, 8, 9]),
        ("When rain fell, the cats and dogs hid.", list(range(10))),
    ]


@pytest.mark.parametrize("offered", [Sentence, Edit, Setting])
def test_the_docs_name_all_that_functions_get_and_give(offered):
    table = DOCS.partition(f"| `{offered.__name__}` |")[2].partition("\n\n")[0]
    assert table
    for name in vars(offered):
        if not name.startswith("_"):
            assert f"`{name}" in table, f"docs/perturbations.md: the table of {offered.__name__} lacks {name}"
