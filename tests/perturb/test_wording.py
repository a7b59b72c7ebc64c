"""Worked examples of the rules of wording: what they change, and what they leave alone."""

import pytest

from stiltcal.perturb.families.english_passive import english_participle
from stiltcal.perturb.families.lexicon import CLAUSE_MARKS, CONDITIONS
from stiltcal.perturb.registry import parse_perturbation
from stiltcal.perturb.text import perturb_text
from stiltcal.perturb.writing import Writing

from .strategies import sentence

CHASED = """The DET 2 det Definite=Def|PronType=Art
dog NOUN 3 nsubj Number=Sing
chased VERB 0 root Mood=Ind|Tense=Past|VerbForm=Fin chase
a DET 5 det Definite=Ind|PronType=Art
cat NOUN 3 obj Number=Sing
during ADP 8 case
the DET 8 det Definite=Def|PronType=Art
night NOUN 3 obl Number=Sing
=. PUNCT 3 punct"""
LEFT = """She PRON 2 nsubj Number=Sing|Person=3 she
left VERB 0 root Tense=Past|VerbForm=Fin leave
because SCONJ 5 mark
rain NOUN 5 nsubj Number=Sing
fell VERB 2 advcl Tense=Past|VerbForm=Fin fall
=. PUNCT 2 punct"""
HELPED = """They PRON 4 nsubj Number=Plur|Person=3|PronType=Prs they
did AUX 4 aux Tense=Past|VerbForm=Fin do
=n't PART 4 advmod Polarity=Neg not
help VERB 0 root VerbForm=Inf help
him PRON 4 obj Number=Sing|Person=3|PronType=Prs he
=. PUNCT 4 punct"""
WOULD = """Both DET 2 det
teams NOUN 4 nsubj Number=Plur
may AUX 4 aux VerbForm=Fin may
see VERB 0 root VerbForm=Inf see
us PRON 4 obj Number=Plur|Person=1|PronType=Prs we
=. PUNCT 4 punct"""
PERRO = """El DET 2 det Definite=Def
perro NOUN 3 nsubj Gender=Masc|Number=Sing
persiguió VERB 0 root Mood=Ind|Number=Sing|Person=3|Tense=Past|VerbForm=Fin perseguir
a ADP 6 case
las DET 6 det Definite=Def
gatas NOUN 3 obj Gender=Fem|Number=Plur
=. PUNCT 3 punct"""
HUND = """Der DET 2 det Definite=Def
Hund NOUN 4 nsubj Case=Nom Hund
hat AUX 4 aux VerbForm=Fin haben
geschlafen VERB 0 root VerbForm=Part schlafen
=, PUNCT 8 punct
weil SCONJ 8 mark
es PRON 8 nsubj
regnete VERB 4 advcl VerbForm=Fin regnen
=. PUNCT 4 punct"""
CATS = """The DET 2 det Definite=Def
cats NOUN 5 nsubj Number=Plur
and CCONJ 4 cc
dogs NOUN 2 conj Number=Plur
hid VERB 0 root Tense=Past|VerbForm=Fin hide
=. PUNCT 5 punct"""


def perturb(rows, name, language="en", **setting):
    text, built = sentence(rows)
    perturbation = parse_perturbation(f"{name}-1.0")
    told = perturbation.setting(language, **setting)
    return perturb_text(text, [built], perturbation, told, seed=0, text_id="x", writing=Writing(language)).text


@pytest.mark.parametrize(
    ("rows", "name", "language", "expected"),
    [
        (CHASED, "front_adjunct", "en", "During the night, the dog chased a cat."),
        (CHASED, "passivize", "en", "A cat was chased by the dog during the night."),
        (CHASED, "crop_adjuncts", "en", "The dog chased a cat."),
        (CHASED, "swap_arguments", "en", "A cat chased the dog during the night."),
        (CHASED, "drop_function_words", "en", "Dog chased cat night."),
        (LEFT, "move_clause", "en", "Because rain fell, she left."),
        (LEFT, "crop_adjuncts", "en", "She left."),
        (HELPED, "passivize", "en", "He wasn't helped by them."),
        (HELPED, "swap_arguments", "en", "They didn't help him."),
        (HELPED, "drop_function_words", "en", "They n't help him."),
        (WOULD, "passivize", "en", "We may be seen by both teams."),
        (PERRO, "passivize", "es", "Las gatas fueron perseguidas por el perro."),
        (HUND, "move_clause", "de", "Weil es regnete, hat der Hund geschlafen."),
        (CATS, "swap_conjuncts", "en", "The dogs and cats hid."),
        (CATS, "front_adjunct", "en", "The cats and dogs hid."),
    ],
)
def test_worked_examples(rows, name, language, expected):
    assert perturb(rows, name, language) == expected


def test_two_subjects_take_another_verb():
    rows = """Anna PROPN 4 nsubj Number=Sing Anna
and CCONJ 3 cc
Ben PROPN 1 conj Number=Sing Ben
like VERB 0 root Tense=Pres|VerbForm=Fin like
the DET 6 det Definite=Def
dog NOUN 4 obj Number=Sing dog
=. PUNCT 4 punct"""
    assert perturb(rows, "swap_arguments") == "Anna and Ben like the dog."


def test_a_clause_goes_back_behind():
    rows = """When SCONJ 3 mark
rain NOUN 3 nsubj Number=Sing
fell VERB 6 advcl Tense=Past|VerbForm=Fin
=, PUNCT 6 punct
Anna PROPN 6 nsubj Number=Sing Anna
left VERB 0 root Tense=Past|VerbForm=Fin
=. PUNCT 6 punct"""
    assert perturb(rows, "move_clause") == "Anna left when rain fell."
    hers = rows.replace("Anna PROPN 6 nsubj Number=Sing Anna", "she PRON 6 nsubj Number=Sing she")
    assert perturb(hers, "move_clause") == "When rain fell, she left."  # behind, `she` could not be named before


@pytest.mark.parametrize("old_new", [("chased VERB", "chased VERB"), ("=. PUNCT 3 punct", "=? PUNCT 3 punct")])
def test_questions_are_left_alone(old_new):
    rows = CHASED.replace(*old_new)
    changed = {name: perturb(rows, name) for name in ("front_adjunct", "passivize", "crop_adjuncts")}
    assert all((text == sentence(rows)[0]) == ("?" in rows) for text in changed.values())


def test_nothing_is_cropped_under_negation_or_quantifiers():
    assert perturb(CHASED.replace("a DET 5", "no DET 5"), "crop_adjuncts").endswith("during the night.")
    assert perturb(CHASED.replace("The DET 2", "Every DET 2"), "crop_adjuncts").endswith("during the night.")


def test_nouns_with_case_do_not_change_roles():
    rows = CHASED.replace("dog NOUN 3 nsubj Number=Sing", "dog NOUN 3 nsubj Case=Nom|Number=Sing")
    assert perturb(rows, "swap_arguments") == sentence(rows)[0]


def test_no_commas_come_in_where_every_token_has_a_tag():
    assert perturb(CHASED, "front_adjunct", may_insert=False) == "During the night the dog chased a cat."


MOM = """Mom NOUN 2 nsubj Number=Sing
checks VERB 0 root VerbForm=Fin check
her PRON 4 nmod:poss Poss=Yes|PronType=Prs she
watch NOUN 2 obj Number=Sing
=. PUNCT 2 punct"""


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (MOM, "Her watch checks mom."),
        (MOM.replace("her PRON 4 nmod:poss Poss=Yes|PronType=Prs she", "the DET 4 det"), "The watch checks mom."),
        (
            "He PRON 2 nsubj Number=Sing|Person=3 he\nsaw VERB 0 root\nher PRON 2 obj Number=Sing|Person=3 she",
            "She saw him",
        ),
    ],
)
def test_only_pronouns_that_change_roles_change_their_form(rows, expected):
    assert perturb(rows, "swap_arguments") == expected


@pytest.mark.parametrize(
    "old_new",
    [
        ("a DET 5", "no DET 5"),
        ("=. PUNCT 3 punct", "=? PUNCT 3 punct"),
        ("during ADP 8 case", "if SCONJ 8 mark"),
        ("The DET 2", "Every DET 2"),
        ("Tense=Past|VerbForm=Fin chase", "Tense=Past|VerbForm=Fin resemble"),
    ],
)
def test_no_contradiction_is_made_where_none_need_be(old_new):
    rows = CHASED.replace(*old_new)
    assert rows != CHASED and perturb(rows, "swap_arguments") == sentence(rows)[0]


def test_no_english_pronouns_in_other_languages():
    rows = "She NOUN 2 nsubj\nchased VERB 0 root\nhim NOUN 2 obj"
    assert perturb(rows, "swap_arguments", "qaa") == "Him chased she"


@pytest.mark.parametrize(
    ("form", "base", "participle"),
    [
        ("exceed", "exceed", "exceeded"),
        ("need", "need", "needed"),
        ("embed", "embed", "embedded"),
        ("embedded", "embed", "embedded"),
        ("feed", "feed", "fed"),
        ("seeds", "seed", "seeded"),
        ("chased", "chase", "chased"),
        ("flew", "fly", "flown"),
        ("undid", "undo", "undone"),
    ],
)
def test_english_participles(form, base, participle):
    _, built = sentence(f"{form} VERB 0 root VerbForm=Inf {base}")
    assert english_participle(built, 0) == participle


def test_a_past_form_without_a_lemma_is_its_participle():
    _, built = sentence("chased VERB 0 root Tense=Past chased")
    assert english_participle(built, 0) == "chased"


@pytest.mark.parametrize(
    ("subject", "auxiliary"),
    [("They PRON", "could've AUX 3 aux VerbForm=Fin could"), ("They'd PRON", "have AUX 3 aux VerbForm=Inf have")],
)
def test_no_passive_where_a_token_hides_a_verb(subject, auxiliary):
    rows = f"{subject} 3 nsubj Number=Plur\n{auxiliary}\nseen VERB 0 root Tense=Past|VerbForm=Part see\nhim PRON 3 obj"
    assert perturb(rows, "passivize") == sentence(rows)[0]


def test_clauses_that_may_be_untrue_are_not_cropped():
    rows = LEFT.replace("because SCONJ", "if SCONJ")
    assert perturb(rows, "crop_adjuncts") == sentence(rows)[0]
    for words in CLAUSE_MARKS.values():
        assert words.isdisjoint(CONDITIONS)
