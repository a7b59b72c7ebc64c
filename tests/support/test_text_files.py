"""Text that people give, in the encodings and with the line ends that their editors write."""

import codecs
import gzip
import io

import pytest

from stiltcal.support.text_files import TextError, read_text
from stiltcal.syntax.treebanks import split_treebank
from stiltcal.syntax.trees import read_blocks

TEXT = "Der Käse schmeckt.\nबच्चा सोता है।\n"
BLOCK = "# sent_id = a\n# text = Ja\n1\tJa\t_\tINTJ\t_\t_\t0\troot\t_\t_\n\n"


def forms(text: str) -> list[bytes]:
    """The same text as different programs save it."""
    plain = text.encode()
    marked = [codecs.BOM_UTF8 + plain, text.encode("utf-16"), codecs.BOM_UTF16_BE + text.encode("utf-16-be")]
    ends = [plain.replace(b"\n", b"\r\n"), plain.replace(b"\n", b"\r")]
    return [
        plain,
        *marked,
        text.encode("utf-32"),
        *ends,
        gzip.compress(plain, mtime=0),
        gzip.compress(text.encode("utf-16"), mtime=0),
    ]


@pytest.mark.parametrize("data", forms(TEXT))
def test_one_text_in_every_form(tmp_path, data):
    (tmp_path / "t.txt").write_bytes(data)
    assert read_text(tmp_path / "t.txt") == TEXT
    assert read_text(io.BufferedReader(io.BytesIO(data)), "standard input") == TEXT


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (TEXT.splitlines()[0].encode("cp1252"), "is not UTF-8 .*byte 0xe4.*iconv"),
        ("Ja.".encode("utf-16-le"), "is not UTF-8 .*UTF-16 without a mark"),
        (codecs.BOM_UTF16_LE + b"J", "is not UTF-8 .*utf-16.*truncated"),
        (gzip.compress(TEXT.encode() * 99, mtime=0)[:30], "broken gzip"),
    ],
)
def test_what_is_no_text_is_named(tmp_path, data, message):
    (tmp_path / "t.txt").write_bytes(data)
    with pytest.raises(TextError, match=f"t.txt: {message}"):
        read_text(tmp_path / "t.txt")
    with pytest.raises(TextError, match=f"^standard input: {message}"):
        read_text(io.BufferedReader(io.BytesIO(data)), "standard input")


@pytest.mark.parametrize("data", forms(BLOCK))
def test_trees_in_every_form(tmp_path, data):
    path = tmp_path / "t.conllu"
    path.write_bytes(data)
    assert [(block.sent_id, block.text) for block in read_blocks(path)] == [("a", "Ja")]
    parts = {part: tmp_path / f"{part}.conllu" for part in ("train", "dev", "test")}
    split_treebank(dict.fromkeys(parts, path), parts)
    assert (tmp_path / "train.conllu").read_text(encoding="utf-8") == BLOCK
