"""Captions of figures and tables: one text each, for report.html, for Snakemake's own report and for LaTeX."""

import re

from .conftest import ROOT

RULES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk")}


def test_every_caption_is_shown_and_every_shown_name_has_a_caption():
    captions = {path.stem for path in (ROOT / "report").glob("*.rst")}
    text = "".join(RULES.values())
    shown = set(re.findall(r'drawn\(\s*f?"[^"]*",\s*"(\w+)"', text)) | set(
        re.findall(r'(?<!code_of\()"(\w+_table)"', text)
    )
    listed = set(re.findall(r'caption="../report/(\w+).rst"', text))
    assert shown <= captions
    assert captions == shown | listed | {"workflow"}


def test_captions_stand_in_report_alone():
    """Neither rules nor the page repeat them."""
    page = (ROOT / "scripts" / "stiltcal" / "report" / "page.html.j2").read_text(encoding="utf-8")
    for path in (ROOT / "report").glob("*.rst"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert not [name for name, text in RULES.items() if first in text], path.name
        assert first not in page, path.name
