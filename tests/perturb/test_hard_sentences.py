"""Sentences on which rules once went wrong: most are from treebanks, or shortened from there."""

import pytest

from stiltcal.perturb.distance import levenshtein
from stiltcal.perturb.registry import parse_perturbation
from stiltcal.perturb.text import perturb_text
from stiltcal.perturb.writing import writing_of
from stiltcal.syntax.words import split_sentences, split_words

from .strategies import sentence
from .test_wording import CHASED, perturb

NACH = """Nach ADP 3 case
einem DET 3 det
Jahr NOUN 4 obl Case=Dat
hielt VERB 0 root VerbForm=Fin halten
ich PRON 4 nsubj
ein DET 7 det
Wunder NOUN 4 obj
=. PUNCT 4 punct"""
ICH = """Ich PRON 2 nsubj
hielt VERB 0 root VerbForm=Fin halten
nach ADP 5 case
einem DET 5 det
Jahr NOUN 2 obl Case=Dat
ein DET 7 det
Wunder NOUN 2 obj
=. PUNCT 2 punct"""
LUGAR = """Vio VERB 0 root
el DET 3 det
lugar NOUN 1 obj
donde ADV 6 advmod PronType=Rel
Ana PROPN 6 nsubj
nació VERB 3 acl
=. PUNCT 1 punct"""
HALL = """大殿 NOUN 6 nsubj
=建成 VERB 6 advcl
=， PUNCT 2 punct
=在 ADP 5 case
=年 NOUN 6 obl
=重建 VERB 0 root
=。 PUNCT 6 punct"""
ROMA = """Ana PROPN 2 nsubj
murió VERB 0 root
=, PUNCT 5 punct
en ADP 5 case
Roma PROPN 2 obl
=. PUNCT 2 punct"""
CARS = """He PRON 2 nsubj
buys VERB 0 root
very ADV 4 advmod
old ADJ 5 amod
cars NOUN 2 obj Number=Plur
and CCONJ 8 cc
new ADJ 8 amod
bikes NOUN 5 conj Number=Plur
=. PUNCT 2 punct"""
ENERGIE = """Rohstoff- NOUN 0 root Case=Nom
und CCONJ 3 cc
Energiekosten NOUN 1 conj Case=Nom"""
HOUSE = """an DET 5 det
old ADJ 5 amod
and CCONJ 4 cc
big ADJ 2 conj
house NOUN 0 root"""
CUIDADO = """del ADP 2 case
cuidado NOUN 0 root Gender=Masc|Number=Sing
y CCONJ 4 cc
restauración NOUN 2 conj Gender=Fem|Number=Sing"""
ERUPCIONES = """Erupciones NOUN 2 nsubj Number=Plur
causaron VERB 0 root Mood=Ind|Number=Plur|Person=3|Tense=Past|VerbForm=Fin causar
=, PUNCT 5 punct
en ADP 5 case
años NOUN 2 obl Number=Plur
=, PUNCT 5 punct
los DET 8 det Definite=Def
conos NOUN 2 obj Gender=Masc|Number=Plur
=. PUNCT 2 punct"""
HER = """They PRON 2 nsubj Number=Plur|Person=3 they
help VERB 0 root
her PRON 4 nsubj Number=Sing|Person=3 she
show VERB 2 ccomp
stuff NOUN 4 obj Number=Sing"""
MAILED = """He PRON 2 nsubj Number=Sing|Person=3 he
mailed VERB 0 root
Anna PROPN 2 iobj
the DET 5 det
copy NOUN 2 obj Number=Sing"""
ONA = """Ona PRON 4 obl
her DET 3 det
şeyimi NOUN 4 obj
verdim VERB 0 root"""
ASKED = """你 PRON 3 nsubj
=会 AUX 3 aux
=来 VERB 0 root
=吗 PART 3 discourse
=？ PUNCT 3 punct"""


@pytest.mark.parametrize(
    ("rows", "name", "language", "expected"),
    [
        (NACH, "crop_adjuncts", "de", "Nach einem Jahr hielt ich ein Wunder."),  # without it: a question
        (ICH, "crop_adjuncts", "de", "Ich hielt ein Wunder."),
        (LUGAR, "crop_adjuncts", "es", "Vio el lugar donde Ana nació."),
        (HALL, "front_adjunct", "zh", "大殿建成，在年重建。"),
        (HALL.replace("advcl", "amod"), "front_adjunct", "zh", "大殿建成，在年重建。"),  # a lone comma
        (ROMA, "front_adjunct", "es", "Ana murió, en Roma."),
        (CARS, "swap_conjuncts", "en", "He buys new bikes and very old cars."),
        (ENERGIE, "swap_conjuncts", "de", "Rohstoff- und Energiekosten"),
        (HOUSE, "swap_conjuncts", "en", "an old and big house"),
        (HOUSE.replace("an ", "the ", 1), "swap_conjuncts", "en", "the big and old house"),
        (CUIDADO, "swap_conjuncts", "es", "del cuidado y restauración"),
        (CUIDADO.replace("Fem", "Masc"), "swap_conjuncts", "es", "del restauración y cuidado"),
        (ERUPCIONES, "passivize", "es", "Erupciones causaron, en años, los conos."),
        (HER, "swap_arguments", "en", "They help her show stuff"),
        (MAILED, "swap_arguments", "en", "He mailed Anna the copy"),
        (ONA, "drop_function_words", "tr", "Ona her şeyimi verdim"),
        (ONA, "drop_function_words", "en", "Ona şeyimi verdim"),  # a possessive there
        (ASKED, "drop_function_words", "zh", "你会来吗？"),
    ],
)
def test_worked_examples(rows, name, language, expected):
    assert perturb(rows, name, language) == expected


@pytest.mark.parametrize(
    "old_new",
    [
        ("The DET 2 det Definite=Def|PronType=Art\ndog NOUN", "All DET 2 det PronType=Tot\ndog NOUN"),
        ("The DET", "Most DET"),
        ("dog NOUN", "everyone PRON"),
        ("=. PUNCT", "=?? PUNCT"),
        ("=. PUNCT", "=?! PUNCT"),
        ("during ADP", "barely ADP"),
    ],
)
def test_nothing_is_cropped_that_need_not_follow(old_new):
    rows = CHASED.replace(*old_new)
    assert rows != CHASED and perturb(rows, "crop_adjuncts") == sentence(rows)[0]


@pytest.mark.parametrize("word", ["kaum", "weder", "selten", "nirgends", "nur"])
def test_german_words_that_reverse_entailment(word):
    rows = ICH.replace("ein DET", f"{word} ADV")
    assert rows != ICH and perturb(rows, "crop_adjuncts", "de") == sentence(rows)[0]


def without_tree(text, name, language, *others):
    return perturb_text(
        text,
        split_sentences(text),
        perturbation := parse_perturbation(name),
        perturbation.setting(language),
        seed=0,
        text_id="x",
        writing=writing_of(language, [text, *others], []),
    ).text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "同样，施力的大小不同，引起的加速度不同，最终的结果也不一样，亦可能有的可行有的不可行。" * 5),
        ("th", "ประเทศไทยเป็นรัฐชาติอันตั้งอยู่ในเอเชียตะวันออกเฉียงใต้" * 5),
        ("en", "In the same way other forces have other effects, and the results may differ as well. " * 5),
    ],
)
def test_typos_edit_about_as_much_in_every_script(language, text):
    changed = without_tree(text, "typos-1.0", language)
    assert 0.1 < levenshtein(text, changed) / len(text) < 0.35


def test_an_arabic_pronoun_is_not_written_together_with_the_next_word():
    rows = "محاكمت NOUN 0 root\n=ه PRON 1 nmod\nقريب ADJ 1 amod\n=. PUNCT 1 punct"
    assert perturb(rows, "reverse", "ar") == "قريب ه محاكمت."


@pytest.mark.parametrize(("letters", "expected"), [("و", "قلم وكتب"), ("و =ب", "قلم بوكتب")])
def test_arabic_letters_before_a_word_are_written_together_with_the_next(letters, expected):
    rows = ["كتب VERB 0 root", *(f"{letter} ADP 1 case" for letter in letters.split()), "=قلم NOUN 1 obl"]
    assert perturb("\n".join(rows), "reverse", "ar") == expected


def test_a_word_with_two_lemmas_loses_its_capital():
    rows = """Sie PRON 4 nsubj _ Sie|sie
haben AUX 4 aux _ haben
Paradiese NOUN 4 obj _ Paradies
gebaut VERB 0 root _ bauen
=. PUNCT 4 punct"""
    assert perturb(rows, "reverse", "de") == "Gebaut Paradiese haben sie."


def test_words_with_apostrophes_lose_their_capital():
    assert without_tree("Don't go there.", "reverse-1.0", "en", "Then you don't.") == "There go don't."
    assert without_tree("C'est la vie.", "reverse-1.0", "fr", "Si c'est vrai") == "Vie la c'est."


@pytest.mark.parametrize(
    ("text", "sentences", "words"),
    [
        ("စာဖတ်သည်။ သူအိပ်သည်။", 2, ["စာ", "ဖတ်", "သည်", "။", "သူ", "အိပ်", "သည်", "။"]),
        ("ខ្ញុំអាន។ គាត់គេង។", 2, ["ខ្ញុំ", "អា", "ន", "។", "គា", "ត់", "គេ", "ង", "។"]),
    ],
)
def test_burmese_and_khmer_sentences_and_clusters(text, sentences, words):
    assert len(split_sentences(text)) == sentences
    assert [text[start:end] for start, end in split_words(text)] == words
