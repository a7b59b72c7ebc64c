from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stiltcal.syntax.words import is_punctuation, split_sentences, split_words


def words(text):
    return [text[start:end] for start, end in split_words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop, (please)!", ["Don't", "stop", ",", "(", "please", ")", "!"]),
        ("a well-known 3.5% ... of U.S. trade", ["a", "well-known", "3.5", "%", "...", "of", "U.S", ".", "trade"]),
        ("我喜欢iPhone。", ["我", "喜", "欢", "iPhone", "。"]),
        ("カメラを買う", ["カメラ", "を", "買", "う"]),
        ("เด็กกินข้าว", ["เด็", "ก", "กิ", "น", "ข้า", "ว"]),
        ("हिन्दी में है।", ["हिन्दी", "में", "है", "।"]),
        ("e\u0301te\u0301 👩‍👧 ok", ["e\u0301te\u0301", "👩‍👧", "ok"]),
        ("", []),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


@given(st.text())
def test_words_hold_every_character_but_white_space(text):
    spans = split_words(text)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert "".join(words(text)) == "".join(text.split())


@given(st.text(alphabet="ab .。!?\n”我"))
def test_sentences_hold_all_words_in_order(text):
    found = [span for s in split_sentences(text) for span in zip(s.starts, s.ends, strict=True)]
    assert found == split_words(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("Dr. No met J. Smith. He left.", 2),
        ('He said: "Go." Then he went.', 2),
        ("你好。再见！”他说", 3),
        ("first line\nsecond line", 2),
        ("The U.S. is large. It is.", 2),
        ("Price: 3.5 dollars.", 1),
    ],
)
def test_sentences(text, count):
    assert len(split_sentences(text)) == count


def test_punctuation_is_what_unicode_calls_so():
    assert is_punctuation("...") and is_punctuation("”)")
    assert not is_punctuation("$") and not is_punctuation("🙂") and not is_punctuation("a.")
