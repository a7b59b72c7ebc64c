"""Features of items, worked by hand with one token a word: <s> 0, <pad> 1, </s> 2, <unk> 3, then the words."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stiltcal.models.encoder import load_tokenizer
from stiltcal.models.encoding import IGNORED, Lengths, encode
from stiltcal.models.offsets import answer_tokens

SHORT = Lengths(32, stride=4)


def rows_of(features):
    rows = features.rows
    return [rows.ids[a:b].tolist() for a, b in zip(rows.bounds[:-1], rows.bounds[1:], strict=True)]


def without_tokens(features):
    return {name: count for name, count in features.counts.items() if name not in ("tokens", "unknown_tokens")}


def words_of(tokenizer, row):
    return [token for token in tokenizer.convert_ids_to_tokens(row) if not token.startswith("<")]


def pair(label, text_a="anna saw the dog", text_b="the dog", **more):
    return {"id": "i", "text_a": text_a, "text_b": text_b, "label": label, **more}


def question(context, answer=None, ask="who met anna ?"):
    starts = [context.index(answer)] if answer else []
    return {
        "id": "q",
        "context": context,
        "question": ask,
        "answers": [answer] if answer else [],
        "answer_starts": starts,
    }


def test_classification_rows_and_labels(words):
    features = encode("classification", [pair("yes"), pair("no")], words, SHORT, ["no", "yes"])
    expected = [0, *words.convert_tokens_to_ids(["anna", "saw", "the", "dog"]), 2, 2]
    expected += [*words.convert_tokens_to_ids(["the", "dog"]), 2]
    assert rows_of(features) == [expected, expected]
    assert features.targets.tolist() == [1, 0]
    assert without_tokens(features) == {"truncated": 0}


def test_classification_truncates_the_longer_text_and_counts(words):
    features = encode("classification", [pair("yes", text_a="dog " * 60)], words, SHORT, ["yes"])
    assert features.rows.lengths.tolist() == [32]
    assert words_of(words, rows_of(features)[0])[-2:] == ["the", "dog"]
    assert without_tokens(features) == {"truncated": 1}


def test_unknown_label_is_refused(words):
    with pytest.raises(ValueError, match=r"^dev: item i: label 'maybe'; allowed: no, yes"):
        encode("classification", [pair("maybe")], words, SHORT, ["no", "yes"], "dev")


def test_multiple_choice_puts_the_question_with_the_choices(words):
    item = {"id": "m", "context": "anna saw", "question": "who ?", "choices": ["anna", "dog"], "answer": 1}
    without = {"id": "n", "context": "", "question": "who ?", "choices": ["cat", "dog"], "answer": 0}
    features = encode("multiple_choice", [item, without], words, SHORT)
    texts = [words.decode(row).replace("<s> ", "") for row in rows_of(features)]
    assert texts[1] == "anna saw </s> </s> who ? dog </s>"
    assert texts[2] == "who ? </s> </s> cat </s>"
    assert (features.choices, features.targets.tolist(), features.item.tolist()) == (2, [1, 0], [0, 0, 1, 1])


def test_unequal_numbers_of_choices_are_refused(words):
    items = [{"id": "m", "context": "a", "question": "", "choices": ["a"] * n, "answer": 0} for n in (2, 3)]
    with pytest.raises(ValueError, match="2 or 3 choices"):
        encode("multiple_choice", items, words, SHORT)


def test_tags_stand_on_the_first_sub_word(encoders):
    tokenizer = load_tokenizer(encoders["xlm-roberta"])
    item = {"id": "t", "tokens": ["bakelimo", "dog"], "tags": ["X", "O"]}
    features = encode("tagging", [item], tokenizer, SHORT, ["O", "X"])
    pieces = [tokenizer.tokenize(word) for word in item["tokens"]]
    expected = [IGNORED, 1, *[IGNORED] * (len(pieces[0]) - 1), 0, *[IGNORED] * (len(pieces[1]) - 1), IGNORED]
    assert features.targets.tolist() == expected
    assert features.places[0].tolist() == [1, 1 + len(pieces[0])]


@pytest.mark.parametrize("family", ["xlm-roberta", "bert", "deberta-v2", "modernbert"])
def test_words_are_tokenised_alike_wherever_they_stand(encoders, family):
    tokenizer = load_tokenizer(encoders[family])
    tokens = ["dog", "bakelimo", "saw"]
    one, two = ([{"id": "t", "tokens": order, "tags": ["O"] * 3}] for order in (tokens, tokens[::-1]))
    one, two = (sorted(rows_of(encode("tagging", item, tokenizer, SHORT, ["O"]))[0]) for item in (one, two))
    assert one == two


def test_a_tag_that_the_head_does_not_know_is_no_target(words):
    item = {"id": "t", "tokens": ["anna", "saw"], "tags": ["NEW", "O"]}
    features = encode("tagging", [item], words, SHORT, ["O"])
    assert features.targets.tolist() == [IGNORED, IGNORED, 0, IGNORED]
    assert features.places[0].tolist() == [1, 2]


def test_long_sentences_go_on_in_windows_and_lose_no_word(words):
    item = {"id": "t", "tokens": ["anna"] * 70, "tags": ["O"] * 70}
    features = encode("tagging", [item], words, SHORT, ["O"])
    assert len(features.rows) == 3  # 30 words, then 26 new ones a window
    assert (features.targets != IGNORED).sum() == 70
    assert len(set(features.places[0])) == 70
    assert without_tokens(features) == {"words_lost": 0}


def test_words_that_the_tokenizer_drops_are_counted(encoders):
    item = {"id": "t", "tokens": ["dog", "\u200d"], "tags": ["O", "O"]}
    features = encode("tagging", [item], load_tokenizer(encoders["bert"]), SHORT, ["O"])
    assert features.places[0][1] == -1
    assert without_tokens(features) == {"words_lost": 1}


def test_answers_are_found_in_tokens(words):
    features = encode("qa", [question("anna saw the red dog .", "red dog")], words, SHORT)
    start, end = features.targets[0]
    assert words_of(words, rows_of(features)[0][start : end + 1]) == ["red", "dog"]
    assert without_tokens(features) == {"questions_cut": 0, "answers_lost": 0}


def test_questions_without_answers_point_at_the_first_token(words):
    features = encode("qa", [question("anna saw the dog .")], words, SHORT)
    assert features.targets.tolist() == [[0, 0]]
    assert without_tokens(features) == {"questions_cut": 0, "answers_lost": 0}


def test_windows_overlap_by_the_stride_and_cover_the_context(words):
    context = " ".join(["anna"] * 40 + ["red"] + ["dog"] * 20)
    features = encode("qa", [question(context, "red")], words, SHORT)
    spans = [places[places[:, 0] >= 0] for places in features.places]
    room = 32 - 4 - 4  # four specials, four tokens of the question
    assert [len(span) for span in spans] == [room, room, 61 - 2 * (room - 4)]
    for earlier, later in pairwise(spans):
        assert earlier[-4:].tolist() == later[:4].tolist()
    held = [bool(target.any()) for target in features.targets]
    assert held == [False, True, True]  # word 40 stands in words 20-43 and in 40-60
    assert without_tokens(features) == {"questions_cut": 0, "answers_lost": 0}


def test_an_answer_that_no_window_holds_whole_is_counted(words):
    context = " ".join(["dog"] * 60)
    features = encode("qa", [question(context, " ".join(["dog"] * 40))], words, SHORT)
    assert not features.targets.any()
    assert without_tokens(features) == {"questions_cut": 0, "answers_lost": 1}


def test_long_questions_are_cut(words):
    features = encode("qa", [question("anna saw .", ask="who " * 100)], words, Lengths(32, question=10))
    assert features.counts["questions_cut"] == 1
    assert rows_of(features)[0].count(words.convert_tokens_to_ids("who")) == 10


@settings(max_examples=30)
@given(st.data())
def test_every_gold_answer_reads_as_itself(encoders, data):
    tokenizer = load_tokenizer(encoders[data.draw(st.sampled_from(["xlm-roberta", "bert", "modernbert"]))])
    chosen = data.draw(
        st.lists(st.sampled_from(["anna", "bakelimo", "red", "dog", "nurasetivo"]), min_size=1, max_size=60)
    )
    first = data.draw(st.integers(0, len(chosen) - 1))
    # Of two words, which are fewer tokens than windows share: a longer answer may lie in no window as a whole.
    last = data.draw(st.integers(first, min(first + 1, len(chosen) - 1)))
    answer, start = " ".join(chosen[first : last + 1]), len(" ".join([*chosen[:first], ""]))
    item = {"id": "q", "context": " ".join(chosen), "question": "who ?", "answers": [answer], "answer_starts": [start]}
    features = encode("qa", [item], tokenizer, Lengths(64, stride=32))
    found = [
        item["context"][places[s, 0] : places[e, 1]].strip()
        for places, (s, e) in zip(features.places, features.targets, strict=True)
        if e
    ]
    assert set(found) == {answer}


def test_answer_tokens_needs_the_whole_answer():
    spans = np.array([[-1, -1], [0, 4], [4, 8], [8, 9], [-1, -1]])
    assert answer_tokens(spans, "saw", 5) == (2, 2)  # the token begins with the space before
    assert answer_tokens(spans, "anna saw", 0) == (1, 2)
    assert answer_tokens(spans, "dog", 8) is None
    assert answer_tokens(spans[[0, 2, 3, 4]], "anna saw", 0) is None  # a window that begins in the answer
    assert answer_tokens(spans[[0, 1, 4]], "anna saw", 0) is None


def test_answer_tokens_may_lack_characters_that_the_tokenizer_drops():
    spans = np.array([[0, 4], [6, 9], [10, 13]])  # the character at 5 is in no token
    assert answer_tokens(spans, "'saw", 5) == (1, 1)
    assert answer_tokens(spans, "anna'", 0) == (0, 0)


@pytest.mark.parametrize(
    ("values", "message"), [((31,), "maximum is 31; it must be at least 32"), ((64, -1), "stride is -1")]
)
def test_lengths_out_of_range(values, message):
    with pytest.raises(ValueError, match=message):
        Lengths(*values)


COUNTED = {
    "classification": ({"text_a": "anna saw it", "text_b": "the dog", "label": "a"}, (5, 1)),
    "multiple_choice": ({"context": "anna", "question": "who it", "choices": ["dog", "it"], "answer": 0}, (8, 3)),
    "tagging": ({"tokens": ["anna", "it", "that"], "tags": ["a", "a", "a"]}, (3, 2)),
    "qa": ({"question": "who ?", "context": "it saw anna", "answers": ["anna"], "answer_starts": [7]}, (5, 1)),
    "retrieval": ({"side": "foreign", "text": "it that dog", "pair": "s"}, (3, 2)),
    "mining": ({"side": "foreign", "text": "it that dog", "pair": "s"}, (3, 2)),
}


@pytest.mark.parametrize("kind", COUNTED)
def test_unknown_tokens_are_counted(words, kind):
    """Of the texts alone: no special tokens, and of two sides the foreign one."""
    item, (tokens, unknown) = COUNTED[kind]
    items = [item | {"id": "i"}] * 2
    if "side" in item:
        items.append({"id": "s", "side": "source", "text": "that that", "pair": None})
    counts = encode(kind, items, words, SHORT, ["a"]).counts
    assert (counts["tokens"], counts["unknown_tokens"]) == (2 * tokens, 2 * unknown)


def test_bytes_are_never_unknown(encoders):
    item = {"id": "i", "side": "foreign", "text": "кот 红狗", "pair": None}
    assert encode("retrieval", [item], load_tokenizer(encoders["modernbert"]), SHORT).counts["unknown_tokens"] == 0
    assert encode("retrieval", [item], load_tokenizer(encoders["bert"]), SHORT).counts["unknown_tokens"] > 0
    assert encode("retrieval", [], load_tokenizer(encoders["bert"]), SHORT).counts["tokens"] == 0
