"""Items of every kind under perturbations."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

import perturb_items
from stiltcal.perturb.items import ItemPerturber, perturbed_schema, writing_of_items
from stiltcal.perturb.registry import PerturbationError, check_sides, parse_perturbation
from stiltcal.reuse import outdated
from stiltcal.syntax.trees import TreeError
from stiltcal.syntax.word_order import write_word_order
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


@pytest.mark.parametrize(
    ("kind", "sides", "message"),
    [
        ("qa", ["answers"], "qa: unknown side 'answers'; allowed: context, question"),
        ("multiple_choice", None, "items of kind multiple_choice cannot be perturbed"),
        ("retrieval", ["foreign", "source"], "one side of a pair is perturbed, not both"),
    ],
)
def test_sides_are_checked(kind, sides, message):
    with pytest.raises(PerturbationError, match=message):
        check_sides(kind, sides)


def perturb_file(folder, *names, **settings):
    """Run the job on one file of questions; returns the outputs."""
    items = folder / "items" / "en.parquet"
    if not items.exists():
        write_items(items, "qa", [QA])
    outputs = [str(folder / "perturbed" / name / "en.parquet") for name in names]
    settings = {"kind": "qa", "seed": 3, "source_language": "en", **settings}
    record = str(folder / "perturbed" / "made_from.json")
    perturb_items.main([str(items)], [], [], outputs, record, perturbations=list(names), **settings)
    return [Path(output) for output in outputs]


def test_the_same_job_gives_the_same_bytes(tmp_path):
    names = ["clean", "shuffle_words-0.5"]
    (clean, first), (_, second) = (perturb_file(tmp_path / folder, *names) for folder in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    assert pq.read_schema(first).names == perturbed_schema("qa").names
    (row,) = read_items(first)
    assert row["requested"] == 0.5 and 0 < row["reached"] < 1 and row["dependency_length_change"] is None
    (row,) = read_items(clean)
    assert {name: row[name] for name in QA} == QA and not row["changed"]


def test_a_new_perturbation_computes_itself_alone(tmp_path):
    marked = perturb_file(tmp_path, "reverse-1.0", "typos-1.0")
    for path in marked:
        path.write_bytes(b"made before")
    reverse, shuffled, typos = perturb_file(tmp_path, "reverse-1.0", "shuffle_words-1.0", "typos-1.0")
    assert reverse.read_bytes() == typos.read_bytes() == b"made before"
    assert read_items(shuffled)[0]["changed"]


@pytest.mark.parametrize("what", ["seed", "sides", "library", "items", "file"])
def test_what_an_output_was_made_from_decides_whether_it_is_made_again(tmp_path, what):
    library = tmp_path / "module.py"
    library.write_text("one = 1", encoding="utf-8")
    (path,) = perturb_file(tmp_path, "reverse-1.0", library=[str(library)])
    before, settings = path.read_bytes(), {"library": [str(library)]}
    path.write_bytes(b"made before")
    if what == "seed":
        settings["seed"] = 4
    elif what == "sides":
        settings["sides"] = ["question"]
    elif what == "library":
        settings["library"] = [str(tmp_path / "other.py")]
        (tmp_path / "other.py").write_text("one = 2", encoding="utf-8")
    elif what == "items":
        items = tmp_path / "moved" / "items" / "en.parquet"
        write_items(items, "qa", [QA | {"id": "q2"}])
        (tmp_path / "perturbed").rename(tmp_path / "moved" / "perturbed")
        (path,) = perturb_file(tmp_path / "moved", "reverse-1.0", **settings)
        assert read_items(path)[0]["id"] == "q2"
        return
    else:
        path.unlink()
    perturb_file(tmp_path, "reverse-1.0", **settings)
    assert path.read_bytes() != b"made before"
    assert (path.read_bytes() == before) == (what not in ("sides", "items"))


def test_a_job_that_fails_leaves_no_record_of_what_it_was_making(tmp_path):
    (output,) = perturb_file(tmp_path, "reverse-1.0")
    record = tmp_path / "perturbed" / "made_from.json"
    with pytest.raises(RuntimeError), outdated(record, {str(output): "of something else"}) as missing:
        assert missing == [str(output)]
        raise RuntimeError
    assert record.read_text(encoding="utf-8") == "{}\n"


def test_reorder_like_asks_for_its_statistics(tmp_path):
    with pytest.raises(PerturbationError, match=r"reorder_like-hi-1.0 needs the word order of hi .*; found: none"):
        perturb_file(tmp_path, "reorder_like-hi-1.0")


def test_typos_matched_to_reorder_like_read_its_statistics(tmp_path):
    statistics = {"language": "hi", "relations": {}, "nearer": {}}
    write_word_order(tmp_path / "hi.json", statistics)
    write_items(tmp_path / "en.parquet", "qa", [QA])
    output = str(tmp_path / "typos-reorder_like-hi@NV-1.0" / "en.parquet")
    perturb_items.main(
        [str(tmp_path / "en.parquet")],
        [],
        [str(tmp_path / "hi.json")],
        [output],
        str(tmp_path / "made_from.json"),
        perturbations=["typos-reorder_like-hi@NV-1.0"],
        kind="qa",
        seed=0,
        source_language="en",
    )
    assert read_items(output)[0]["status"].startswith("typos-reorder_like-hi@NV-1.0 needs trees")


def test_the_source_side_of_bitext_is_written_in_the_source_language(tmp_path):
    rows = [
        {"id": "f", "cluster": "c", "side": "foreign", "text": "Bir iki.", "pair": "s"},
        {"id": "s", "cluster": "c", "side": "source", "text": "It is a dog. I see it.", "pair": "f"},
    ]
    write_items(tmp_path / "tr.parquet", "retrieval", rows)
    output, record = str(tmp_path / "new" / "tr.parquet"), str(tmp_path / "new" / "made_from.json")
    settings = {"kind": "retrieval", "seed": 0, "source_language": "en", "sides": ["source"]}
    perturb_items.main(
        [str(tmp_path / "tr.parquet")], [], [], [output], record, perturbations=["reverse-1.0"], **settings
    )
    foreign, source = read_items(output)
    assert foreign["text"] == "Bir iki."
    assert source["text"] == "Dog a is it. It see I.", "in Turkish, the lower case of I is another letter"
