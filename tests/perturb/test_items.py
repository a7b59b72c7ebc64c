"""Items of every kind under perturbations."""

from dataclasses import replace

import pytest

from stiltcal.perturb.perturber import ItemPerturber, writing_of_items
from stiltcal.perturb.registry import PerturbationError, check_sides, parse_perturbation
from stiltcal.syntax.trees import TreeError
from stiltcal.tasks.tagging import entities

from .strategies import sentence

CONTEXT = "Anna saw the old red barn. Then she met Bob in Rome."
QA = {
    "id": "q1",
    "cluster": "p1",
    "context": CONTEXT,
    "question": "Whom did she meet?",
    "answers": ["Bob", "met Bob", "old red barn"],
    "answer_starts": [40, 36, 13],
    "article": None,
}


def perturber(kind, name="shuffle_words-1.0", *, sides=None, trees=None, language="en", items=()):
    perturbation, trees = parse_perturbation(name), trees or {}
    writing = writing_of_items(language, list(items), kind, trees, check_sides(kind, sides))
    setting = perturbation.setting(language, may_insert=kind != "tagging")
    return ItemPerturber(perturbation, kind, check_sides(kind, sides), setting, 0, trees, writing)


@pytest.mark.parametrize(
    "name", ["shuffle_words-1.0", "reverse-1.0", "displace_all-1.0", "typos-1.0", "shuffle_local-0.4"]
)
def test_answers_survive_and_are_found_again(name):
    new = perturber("qa", name)(QA)
    assert new["status"] == "kept" and new["changed"] and new["context"] != CONTEXT
    assert new["question"] == QA["question"]
    for answer, start in zip(new["answers"], new["answer_starts"], strict=True):
        assert new["context"][start : start + len(answer)] == answer
    (entry,) = new["map"]
    assert entry["field"] == "context" and sorted(entry["new"]) == list(range(14))


def test_the_question_alone():
    new = perturber("qa", sides=["question"])(QA)
    assert new["context"] == CONTEXT and new["answer_starts"] == QA["answer_starts"]
    assert sorted(new["question"].lower()) == sorted(QA["question"].lower())


def test_an_answer_without_tokens_is_counted():
    new = perturber("qa")(QA | {"answers": [" "], "answer_starts": [4]})
    assert new["status"] == "answer outside the tokens" and not new["changed"]


def test_an_answer_whose_white_space_cannot_move_is_counted():
    item = QA | {"context": "one two three", "answers": [" three"], "answer_starts": [7]}
    assert perturber("qa", "reverse-0.0")(item)["status"] == "kept"
    lost = perturber("qa", "reverse-1.0")(item)
    assert (lost["status"], lost["context"]) == ("answer begins or ends with white space", "one two three")


def test_entities_move_whole_and_tags_with_their_tokens():
    item = {
        "id": "t",
        "cluster": "t",
        "tokens": "the Bank of England moved to New York City today .".split(),
        "tags": "O B-ORG I-ORG I-ORG O O B-LOC I-LOC I-LOC O O".split(),
    }
    old = dict(zip(item["tokens"], item["tags"], strict=True))
    for name in ("shuffle_words-1.0", "reverse-1.0", "shuffle_ngrams-2-1.0"):
        new = perturber("tagging", name)(item)
        assert [old[token] for token in new["tokens"]] == new["tags"]
        assert "Bank of England" in " ".join(new["tokens"]) and "New York City" in " ".join(new["tokens"])
        assert new["tokens"][-1] == "." and new["tokens"] != item["tokens"]
        before = ["O", *new["tags"]]
        assert all(tag[:2] != "I-" or last[1:] == tag[1:] for last, tag in zip(before, new["tags"], strict=False))


@pytest.mark.parametrize("name", ["typos-1.0", "shuffle_words-1.0"])
def test_entities_of_one_token_are_protected(name):
    item = {"id": "t", "cluster": "t", "tokens": "today Anna met old friends".split(), "tags": "O B-PER O O O".split()}
    new = perturber("tagging", name)(item)
    assert new["changed"] and new["tokens"][new["tags"].index("B-PER")] == "Anna"


def test_dropped_tokens_take_their_tags_along():
    text, tree = sentence("the DET 2 det\ndog NOUN 3 nsubj\nran VERB 0 root")
    item = {"id": "t", "cluster": "t", "tokens": text.split(), "tags": ["DET", "NOUN", "VERB"]}
    new = perturber("tagging", "drop_function_words-1.0", trees={("t", "tokens"): [tree]})(item)
    assert (new["tokens"], new["tags"]) == (["dog", "ran"], ["NOUN", "VERB"])


def test_one_side_of_bitext():
    row = {"id": "f", "cluster": "c", "side": "foreign", "text": "one two three four", "pair": "s"}
    foreign = perturber("retrieval")
    assert foreign(row)["changed"]
    unchanged = foreign(row | {"side": "source"})
    assert not unchanged["changed"] and unchanged["status"] == "kept"
    assert perturber("mining", sides=["source"])(row | {"side": "source"})["changed"]


def nli(label):
    text, tree = sentence("dogs NOUN 2 nsubj Number=Plur\nchase VERB 0 root\ncats NOUN 2 obj Number=Plur")
    item = {"id": "n", "cluster": "n", "text_a": text, "text_b": text, "label": label}
    return item, {("n", "text_a"): [tree], ("n", "text_b"): [tree]}


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("entailment", "contradiction", "kept"),
        ("neutral", "neutral", "kept"),
        ("paraphrase", "different", "kept"),
        ("contradiction", "contradiction", "swap_arguments has no rule for label contradiction"),
    ],
)
def test_labels_follow_the_declared_rule(old, new, status):
    item, trees = nli(old)
    changed = perturber("classification", "swap_arguments-1.0", trees=trees)(item)
    assert (changed["label"], changed["status"]) == (new, status)
    assert changed["text_a"] == item["text_a"]
    assert changed["text_b"] == ("cats chase dogs" if status == "kept" else item["text_b"])


def test_what_cannot_be_had_is_said():
    item, trees = nli("neutral")
    without = perturber("classification", "mirror_tree-1.0")(item)
    assert without["status"].startswith("mirror_tree-1.0 needs trees") and without["text_a"] == item["text_a"]
    assert perturber("classification", "passivize-1.0", trees=trees, language="de")(item)["status"] == (
        "passivize-1.0 has rules for en, es and invented languages (qaa to qaz) only, not for de"
    )
    assert "does not apply to items of kind qa" in perturber("qa", "swap_arguments-1.0")(QA)["status"]


def test_trees_of_another_text_are_refused():
    item, trees = nli("neutral")
    with pytest.raises(TreeError, match="the trees of n/text_a are of another text than 'dogs fear cats'"):
        perturber("classification", "mirror_tree-1.0", trees=trees)(item | {"text_a": "dogs fear cats"})


@pytest.mark.parametrize(
    ("kind", "sides", "message"),
    [
        ("qa", ["answers"], "qa: unknown side 'answers'; allowed: context, question"),
        ("multiple_choice", ["choices"], "multiple_choice: unknown side 'choices'; allowed: context, question"),
        ("captions", None, "items of kind captions cannot be perturbed"),
        ("retrieval", ["foreign", "source"], "one side of a pair is perturbed, not both"),
    ],
)
def test_sides_are_checked(kind, sides, message):
    with pytest.raises(PerturbationError, match=message):
        check_sides(kind, sides)


def test_of_multiple_choice_the_context_is_perturbed_and_the_choices_stay():
    item = {"context": "Cats fear dogs.", "question": "", "choices": ["They run.", "They sleep."], "answer": 0}
    found = perturber("multiple_choice", "reverse-1.0")({"id": "1", "cluster": "1", **item})
    assert found["status"] == "kept" and found["changed"]
    assert found["context"].lower().split() != item["context"].lower().split()
    assert (found["choices"], found["answer"], found["question"]) == (item["choices"], 0, "")


ENTITIES = [
    "B-PER I-PER O O O B-LOC I-LOC O",
    "I-PER I-PER O O O I-LOC I-LOC O",
    "B-PER E-PER O O O B-LOC E-LOC O",
    "B-PER L-PER O O O B-LOC L-LOC O",
    "I-PER E-PER O O O I-LOC E-LOC O",
]


@pytest.mark.parametrize("tags", ENTITIES)
def test_entities_of_every_scheme_move_alike(tags):
    tokens = "Anna Lopez saw six near New York today".split()
    item = {"id": "t", "cluster": "t", "tokens": tokens, "tags": tags.split()}
    new = perturber("tagging", "reverse-1.0")(item)
    assert new["tokens"] == "Today New York near six saw Anna Lopez".split()
    assert [(kind, new["tokens"][first : last + 1]) for kind, first, last in entities(new["tags"])] == [
        ("LOC", ["New", "York"]),
        ("PER", ["Anna", "Lopez"]),
    ]


def test_entities_that_would_merge_are_counted():
    item = {"id": "t", "cluster": "t", "tokens": "Rome saw Oslo".split(), "tags": "I-LOC O I-LOC".split()}
    perturb = perturber("tagging", "shuffle_words-1.0")
    for seed in range(20):
        new = replace(perturb, seed=seed, known_tags={"I-LOC", "O"})(item)
        assert new["status"] == "kept" or new["status"].startswith("entities of one type would touch")
        assert len(entities(new["tags"])) == 2
        assert len(entities(replace(perturb, seed=seed, known_tags=None)(item)["tags"])) == 2
