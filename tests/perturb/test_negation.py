"""No rule of wording loses or overlooks a negation, however the treebank marks it or the token holds it."""

import pytest

from stiltcal.perturb.registry import parse_perturbation
from stiltcal.perturb.text import perturb_text
from stiltcal.perturb.writing import Writing
from stiltcal.syntax.trees import read_blocks

from .strategies import sentence

ONE_TOKEN = """# text = The dog didn't chase the cat after the rain.
1\tThe\tthe\tDET\t_\tDefinite=Def|PronType=Art\t2\tdet\t_\t_
2\tdog\tdog\tNOUN\t_\tNumber=Sing\t5\tnsubj\t_\t_
3-4\tdidn't\t_\t_\t_\t_\t_\t_\t_\t_
3\tdid\tdo\tAUX\t_\tTense=Past|VerbForm=Fin\t5\taux\t_\t_
4\tn't\tnot\tPART\t_\tPolarity=Neg\t5\tadvmod\t_\t_
5\tchase\tchase\tVERB\t_\tVerbForm=Inf\t0\troot\t_\t_
6\tthe\tthe\tDET\t_\tDefinite=Def|PronType=Art\t7\tdet\t_\t_
7\tcat\tcat\tNOUN\t_\tNumber=Sing\t5\tobj\t_\t_
8\tafter\tafter\tADP\t_\t_\t10\tcase\t_\t_
9\tthe\tthe\tDET\t_\tDefinite=Def|PronType=Art\t10\tdet\t_\t_
10\train\train\tNOUN\t_\tNumber=Sing\t5\tobl\t_\tSpaceAfter=No
11\t.\t.\tPUNCT\t_\t_\t5\tpunct\t_\t_

"""


def perturb(text, tokens, name, language="en", **setting):
    perturbation = parse_perturbation(f"{name}-1.0")
    told = perturbation.setting(language, **setting)
    return perturb_text(text, [tokens], perturbation, told, seed=0, text_id="x", writing=Writing(language)).text


@pytest.mark.parametrize("feats", ["Polarity=Neg", "_"])  # without features, the lemma tells
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("passivize", None),
        ("crop_adjuncts", None),
        ("front_adjunct", None),
        ("swap_arguments", None),
        ("drop_function_words", "Dog didn't chase cat rain."),
    ],
)
def test_a_token_that_holds_a_negation_is_one(tmp_path, name, expected, feats):
    (tmp_path / "x.conllu").write_text(ONE_TOKEN.replace("Polarity=Neg", feats), encoding="utf-8")
    (block,) = read_blocks(tmp_path / "x.conllu")
    assert perturb(block.text, block.local_tokens, name) == (expected or block.text)


def test_a_protected_phrase_keeps_its_negation():
    text, tokens = sentence("Nobody PRON 2 nsubj\nsaw VERB 0 root\nno DET 4 det\ndog NOUN 2 obj\nhere ADV 2 advmod")
    units = tokens.merged([(2, 4)], text)
    assert units.forms[2] == "no dog" and units.feats[2] == "Polarity=Neg"


@pytest.mark.parametrize(
    ("language", "negation"),
    [
        ("hi", "नहीं PART 2 neg"),  # version 1 of UD
        ("hi", "नहीं PART 2 advmod"),
        ("hi", "x PART 2 neg"),
        ("ar", "x PART 2 advmod Negative=Neg"),
        ("ar", "لم PART 2 advmod"),
        ("zh", "没有 AUX 2 aux"),
        ("ja", "なく AUX 2 aux _ ない"),
        ("tr", "değil AUX 2 cop"),
        ("de", "keinen DET 2 det PronType=Neg"),
    ],
)
def test_negations_of_every_language_stay(language, negation):
    text, tokens = sentence(f"{negation}\nkam VERB 0 root\nkan AUX 2 aux")
    assert perturb(text, tokens, "drop_function_words", language).lower() == f"{negation.split()[0]} kam"


@pytest.mark.parametrize(
    "kept",
    [
        "may AUX 3 aux _ may",
        "musste AUX 3 aux _ müssen",
        "puede AUX 3 aux _ poder",
        "every DET 3 det",
        "irgendein DET 3 det PronType=Ind",
        "tous DET 3 det PronType=Tot",
        "which DET 3 det PronType=Int",
        "if SCONJ 3 mark",
        "or CCONJ 3 cc",
    ],
)
def test_function_words_that_decide_what_is_true_stay(kept):
    text, tokens = sentence(f"{kept}\nthe DET 3 det\nran VERB 0 root")
    assert perturb(text, tokens, "drop_function_words", "en").lower() == f"{kept.split()[0]} ran"
