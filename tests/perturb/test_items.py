"""Items of every kind under perturbations."""

import pyarrow.parquet as pq
import pytest

import perturb_items
from stiltcal.perturb.items import ItemPerturber, check_sides, perturbed_schema, writing_of_items
from stiltcal.perturb.registry import PerturbationError, parse_perturbation
from stiltcal.syntax.trees import TreeError
from stiltcal.tasks.items import read_items, write_items

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
    writing = writing_of_items(language, list(items), kind, trees)
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
        "passivize-1.0 has rules for en, es only, not for de"
    )
    assert "does not apply to items of kind qa" in perturber("qa", "swap_arguments-1.0")(QA)["status"]


def test_trees_of_another_text_are_refused():
    item, trees = nli("neutral")
    with pytest.raises(TreeError, match="the trees of n/text_a are of another text than 'dogs fear cats'"):
        perturber("classification", "mirror_tree-1.0", trees=trees)(item | {"text_a": "dogs fear cats"})


def test_sides_are_checked():
    with pytest.raises(PerturbationError, match="qa: unknown side 'answers'; allowed: context, question"):
        check_sides("qa", ["answers"])
    with pytest.raises(PerturbationError, match="items of kind multiple_choice cannot be perturbed"):
        check_sides("multiple_choice", None)


def test_one_job_for_all_languages_same_bytes(tmp_path):
    paths = [str(tmp_path / "items" / f"{code}.parquet") for code in ("en", "de")]
    for path in paths:
        write_items(path, "qa", [QA])
    for folder in ("first", "second"):
        outputs = [str(tmp_path / folder / f"{code}.parquet") for code in ("en", "de")]
        perturb_items.main(paths, [], outputs, perturbation="shuffle_words-0.5", kind="qa", seed=3)
    first, second = (tmp_path / folder / "en.parquet" for folder in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()
    assert pq.read_schema(first).names == perturbed_schema("qa").names
    (row,) = read_items(first)
    assert row["requested"] == 0.5 and 0 < row["reached"] < 1 and row["dependency_length_change"] is None


def test_clean_changes_nothing(tmp_path):
    write_items(tmp_path / "en.parquet", "qa", [QA])
    perturb_items.main(
        [str(tmp_path / "en.parquet")], [], [str(tmp_path / "new.parquet")], perturbation="clean", kind="qa", seed=0
    )
    (row,) = read_items(tmp_path / "new.parquet")
    assert {name: row[name] for name in QA} == QA and not row["changed"]


def test_reorder_like_asks_for_its_statistics(tmp_path):
    with pytest.raises(PerturbationError, match=r"reorder_like-hi-1.0 needs the word order of hi .*; found: none"):
        perturb_items.main([], [], [], perturbation="reorder_like-hi-1.0", kind="qa", seed=0)
