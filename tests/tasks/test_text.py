"""Plain text of a user for masked language modelling: real text, several files, and what is refused."""

import gzip
import lzma

import pyarrow.parquet as pq
import pytest

import prepare_text
from stiltcal.data.text import prepare_text as read
from stiltcal.tasks.spec import TaskError

from .conftest import ROOT


def paragraphs(path) -> list[str]:
    return pq.read_table(path)["text"].to_pylist()


def test_lines_of_all_files_are_paragraphs(tmp_path):
    (tmp_path / "a.txt").write_bytes("\ufeffeins\r\n\r\n  zwei \r\n".encode())
    (tmp_path / "b.gz").write_bytes(gzip.compress("dre\u0301i".encode()))
    files = [str(tmp_path / name) for name in ("a.txt", "b.gz")]
    prepare_text.main(files=files, language="de", text=str(tmp_path / "out.parquet"))
    assert paragraphs(tmp_path / "out.parquet") == ["eins", "zwei", "dréi"]


def test_reading_ends_with_enough_characters(tmp_path):
    (tmp_path / "a.txt").write_text("four\n" * 10, encoding="utf-8")
    assert read([tmp_path / "a.txt"], "en", tmp_path / "out.parquet", most=11) == (3, 12)
    assert paragraphs(tmp_path / "out.parquet") == ["four"] * 3


@pytest.mark.parametrize("language", ["de", "th", "zh"])
def test_real_text(language, tmp_path):
    source = ROOT.parent / "shared" / "real" / "text" / f"{language}.txt.xz"
    if not source.is_file():
        pytest.skip("../shared/real/text is missing: real data is never copied into the project")
    with lzma.open(source, "rt", encoding="utf-8") as lines:
        (tmp_path / "a.txt").write_text("".join(line for line, _ in zip(lines, range(200), strict=False)), "utf-8")
    number, characters = read([tmp_path / "a.txt"], language, tmp_path / "out.parquet")
    found = paragraphs(tmp_path / "out.parquet")
    assert len(found) == number > 50 and sum(map(len, found)) == characters and all(map(str.strip, found))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"mlm\.text\.de: .*a\.txt has no text; give some, or null"),
        (b" \n\t\n", r"mlm\.text\.de: .*a\.txt has no text"),
        ("Größe".encode("latin-1"), r"mlm\.text: .*a\.txt: is not UTF-8"),
        ("größer".encode("utf-16-le"), r"mlm\.text: .*a\.txt: is not UTF-8 \(zero bytes"),
    ],
)
def test_files_without_text_are_refused(content, message, tmp_path):
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(TaskError, match=message):
        read([tmp_path / "a.txt"], "de", tmp_path / "out.parquet")
