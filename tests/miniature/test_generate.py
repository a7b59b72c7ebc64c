"""The data sets: parallel, without overlap, the same bytes from the same seed."""

import random

import pytest

import generate_treebank
import measure_word_order
from stiltcal.formats.items import read_items
from stiltcal.miniature.drafts import continuation
from stiltcal.miniature.generate import BITEXT, DRAWERS, Miniature, write_trees
from stiltcal.miniature.inference import alter
from stiltcal.miniature.world import draw_events
from stiltcal.syntax.trees import read_blocks, read_fields
from stiltcal.syntax.word_order import read_word_order
from stiltcal.tasks.kinds import KINDS
from stiltcal.tasks.load import load_tasks

from .conftest import CONFIG, ROOT, STUDY

TASKS = {name: task for name, task in load_tasks(ROOT / "tasks").items() if name in {*DRAWERS, *BITEXT}}


def _texts(rows, kind):
    for row in rows:
        for field in KINDS[kind].text_fields:
            yield " ".join(row[field]) if kind == "tagging" else row[field]


def _sentences(miniature, split):
    found = set()
    for name, task in TASKS.items():
        if split == "test" and "target" not in task.roles:
            continue
        rows, _ = miniature.build(name, task.kind, split, miniature.source)
        for text in _texts(rows, task.kind):
            found |= {part.strip() for part in text.replace("?", "?|").replace(".", ".|").split("|") if part.strip()}
    return found


def test_every_task_of_the_default_study_is_drawn():
    assert {*DRAWERS, *BITEXT} >= {*STUDY["intermediates"], *STUDY["targets"]} - {"none", "multi"}


def test_test_worlds_share_no_name_fact_or_sentence_with_training_worlds(miniature):
    train, test = miniature.worlds["train"], miniature.worlds["test"]
    for kind in ("persons", "towns", "companies"):
        assert not set(getattr(train, kind)) & set(getattr(test, kind))
    assert train.reserved is False and test.reserved is True, "a fact is of one side or the other"
    assert not _sentences(miniature, "train") & _sentences(miniature, "test")


def test_an_altered_thing_is_none_of_the_things_of_the_event(miniature):
    rng, world = random.Random(3), miniature.worlds["train"]
    events = [draw_events(rng, world, 1, deeds=0.0)[0] for _ in range(400)]
    pairs = [event for event in events if event.second is not None]
    altered = [alter(rng, event, "O", world) for event in pairs for _ in range(20)]
    assert len(pairs) > 10 and all(event.second is None for event in altered)
    told = [event for event in pairs for _ in range(20)]
    assert not [a for a, event in zip(altered, told, strict=True) if a.thing in (event.thing, event.second)]


def test_only_one_continuation_follows_from_what_was_told(miniature):
    rng, world, pairs = random.Random(5), miniature.worlds["train"], 0
    for _ in range(1500):
        (draft,) = continuation(rng, world)
        event, then = draft.fields["context"][0].event, draft.choices[draft.right][0].event
        followed = {(then.agent, then.verb, thing) for thing in (event.thing, event.second) if thing is not None}
        told = [(c.event.agent, c.event.verb, c.event.thing) for c, _ in draft.choices]
        assert sum(each in followed for each in told) == 1
        pairs += event.second is not None
    assert pairs > 20


def test_labels_are_those_of_the_task_files(miniature):
    for name, task in TASKS.items():
        if task.kind == "classification":
            rows, _ = miniature.build(name, task.kind, "train", miniature.source)
            assert {row["label"] for row in rows} == set(task.labels), name
        if name in ("udpos", "panx"):
            rows, _ = miniature.build(name, task.kind, "test", miniature.source)
            assert {tag for row in rows for tag in row["tags"]} <= set(task.labels), name


@pytest.mark.parametrize("name", ["squad_v1", "squad_v2", "xquad", "mlqa", "tydiqa"])
def test_answers_match_their_context(miniature, name):
    split = "test" if "target" in TASKS[name].roles else "dev"
    for language in miniature.languages.values():
        rows, _ = miniature.build(name, "qa", split, language)
        for row in rows:
            for answer, start in zip(row["answers"], row["answer_starts"], strict=True):
                assert row["context"][start : start + len(answer)] == answer
    unanswered = sum(not row["answers"] for row in rows) / len(rows)
    assert unanswered == 0 if name != "squad_v2" else 0.1 < unanswered < 0.6


def test_items_are_parallel_across_languages(miniature):
    one, _ = miniature.build("xnli", "classification", "test", miniature.languages["qaa"])
    two, _ = miniature.build("xnli", "classification", "test", miniature.languages["qaf"])
    assert [(r["id"], r["cluster"], r["label"]) for r in one] == [(r["id"], r["cluster"], r["label"]) for r in two]


def test_entailment_follows_from_the_words(miniature):
    """In the source language, an entailed hypothesis holds no content word that its premise lacks."""
    rows, _ = miniature.build("xnli", "classification", "test", miniature.source)
    function = {*miniature.source.function.values()}
    for row in rows:
        premise, hypothesis = (set(row[side].replace(".", "").split()) - function for side in ("text_a", "text_b"))
        if row["label"] == "entailment":
            assert hypothesis <= premise


@pytest.mark.parametrize("name", ["xquad", "panx", "tatoeba"])
def test_trees_cover_their_texts_exactly(miniature, name, tmp_path):
    kind, path = TASKS[name].kind, tmp_path / "data.parquet"
    tree_path = tmp_path / "qaf.conllu"
    miniature.write_task(name, kind, {("test", "qaf"): path}, {("test", "qaf"): tree_path})
    fields = read_fields(tree_path)
    for row in read_items(path):
        for field in KINDS[kind].text_fields:
            text = " ".join(row[field]) if kind == "tagging" else row[field]
            words = [
                (sentence.forms[i], sentence.starts[i], sentence.ends[i])
                for sentence in fields[row["id"], field]
                for i in range(len(sentence.forms))
            ]
            assert all(text[start:end] == form for form, start, end in words)
            assert "".join(form for form, _, _ in words) == text.replace(" ", ""), "every word has its place in a tree"


@pytest.mark.parametrize(("language", "object_before_verb"), [("qaa", 0.0), ("qad", 1.0)])
def test_treebank_has_the_word_order_of_its_language(tmp_path, language, object_before_verb):
    path = str(tmp_path / f"{language}.conllu")
    settings = {"languages": CONFIG["languages"], "facts": CONFIG["facts"], "sizes": {"train": 200}, "seed": 1}
    generate_treebank.main(treebank=path, language=language, **settings)
    measure_word_order.main(treebanks=[path], word_order=str(tmp_path / "order.json"), language=language)
    assert read_word_order(tmp_path / "order.json").left["V"]["obj"] == pytest.approx(object_before_verb, abs=0.1)


def test_rules_know_the_function_words_by_their_lemma(miniature, tmp_path):
    _, sentences = miniature.build("udpos", "tagging", "test", miniature.languages["qaf"])
    write_trees(tmp_path / "qaf.conllu", sentences)
    words = [word for block in read_blocks(tmp_path / "qaf.conllu") for word in _words(block)]
    assert {lemma for _, lemma, upos in words if upos == "SCONJ"} == {"while"}
    assert {lemma for _, lemma, upos in words if upos == "PART"} == {"not"}
    assert all(form == lemma for form, lemma, upos in words if upos == "VERB")
    ending = miniature.languages["qaf"].accusative
    endings = {form.removeprefix(lemma) for form, lemma, upos in words if upos in ("NOUN", "PROPN")}
    assert endings == {"", ending, f"'{ending}"}


def _words(block):
    return zip(block.words.forms, block.words.lemmas, block.words.upos, strict=True)


def test_mining_has_unpaired_sentences_and_pairs_agree(miniature):
    rows, _ = miniature.build("bucc", "mining", "test", miniature.languages["qab"])
    by_id = {row["id"]: row for row in rows}
    paired = [row for row in rows if row["pair"]]
    assert len(paired) == 2 * round(0.4 * 60)
    assert all(by_id[row["pair"]]["pair"] == row["id"] for row in paired)
    assert all(by_id[row["pair"]]["cluster"] == row["cluster"] for row in paired)


def test_same_seed_same_bytes(miniature, tmp_path):
    again = Miniature(CONFIG["languages"], miniature.sizes, CONFIG["facts"], seed=1)
    for number, each in enumerate((miniature, again)):
        outputs = {("test", code): tmp_path / f"{number}-{code}.parquet" for code in ("qaa", "qaf")}
        each.write_task("mlqa", "qa", outputs, {("test", "qaf"): tmp_path / f"{number}.conllu"})
    for code in ("qaa", "qaf"):
        assert (tmp_path / f"0-{code}.parquet").read_bytes() == (tmp_path / f"1-{code}.parquet").read_bytes()
    assert (tmp_path / "0.conllu").read_bytes() == (tmp_path / "1.conllu").read_bytes()


def test_facts_of_pretraining_and_training_are_never_those_of_dev_and_test(miniature):
    sides = {"pretraining": False, "train": False, "dev": True, "test": True}
    for name, reserved in sides.items():
        rng = random.Random(0)
        events = [event for _ in range(200) for event in draw_events(rng, miniature.worlds[name], 4)]
        assert {event.reserved for event in events} == {reserved}, name


def test_pretraining_text_is_the_same_again_and_marks_its_answers(miniature):
    documents = list(miniature.corpus(2, 300))
    assert documents == list(miniature.corpus(2, 300))
    for document in documents:
        for text, answer in ((document.first, document.first_answer), (document.second, document.second_answer)):
            assert answer == 0 or text[len(text) - answer - 1] == " "
