"""Marks of the pretraining documents: replaced words, and words that say what is hidden."""

import pytest

from stiltcal.miniature.marked import KINDS, MASK


def _words(part) -> list[str]:
    return [part.text[first:last] for first, last in part.marks]


@pytest.fixture(scope="module")
def documents(miniature):
    return {kind: list(miniature.marked_corpus(kind, 400)) for kind in KINDS}


def test_documents_are_the_same_again(miniature, documents):
    for kind, each in documents.items():
        assert list(miniature.marked_corpus(kind, 400)) == each


def test_a_hidden_role_is_marked_once_in_the_facts(documents):
    for told, facts in documents["hidden"]:
        assert told.text.count(MASK) == 1 and told.marks == []
        [words] = _words(facts)
        assert words and words in facts.text


def test_marked_words_differ_between_the_parts_and_come_in_pairs(documents):
    marked = 0
    for first, second in documents["replaced"]:
        assert len(first.marks) == len(second.marks)
        marked += bool(first.marks)
        if len(first.marks) == 1:  # two clauses that exchange a role mark the same words in both parts
            assert _words(first) != _words(second)
    assert 0.4 < marked / len(documents["replaced"]) < 0.7


def test_marks_begin_and_end_at_words(documents):
    for parts in documents.values():
        for part in (part for document in parts for part in document):
            for first, last in part.marks:
                assert first == 0 or part.text[first - 1] == " "
                assert last == len(part.text) or part.text[last] in " .'?"
