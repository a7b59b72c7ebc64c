"""The documentation: links lead somewhere, the index has every page, the glossary has no word that no page uses."""

import re
from pathlib import Path

import pytest

from .conftest import ROOT

FOLDERS = (ROOT, ROOT / "docs")
PAGES = [path for folder in FOLDERS for path in sorted(folder.glob("*.md"))]
GLOSSARY = ROOT / "docs" / "glossary.md"


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", read(page))
    paths = {a or b for a, b in targets if not (a or b).startswith(("http", "#"))}
    assert not [path for path in paths if not (page.parent / path.split("#")[0]).exists()]


def test_sections_that_are_named_exist():
    """[page](page), "Section": the page has a heading that begins so."""
    for page in PAGES:
        for path, section in re.findall(r"\]\(([^)#\s]+\.md)\),\s\"([^\"]+)\"", read(page)):
            text, section = read(page.parent / path), " ".join(section.split())
            assert re.search(rf"^#+ {re.escape(section)}|\*\*{re.escape(section)}\.\*\*", text, re.MULTILINE), section


def test_the_index_has_every_page():
    index = read(ROOT / "docs" / "README.md")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages <= set(re.findall(r"\]\(([\w.]+)\)", index))


def test_words_of_the_glossary_are_used():
    others = [page for page in PAGES if page != GLOSSARY]
    text = " ".join(" ".join(read(page).split()) for page in others).lower()
    words = re.findall(r"\*\*(.+?)\*\*", read(GLOSSARY))
    assert len(words) == len(set(words)) > 40
    assert not [word for word in words if word.lower() not in text]
