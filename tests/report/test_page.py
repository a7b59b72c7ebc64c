import re
from html.parser import HTMLParser

import pytest

import make_tables
import plot_heatmap
import plot_reliability
import render_report
import write_finding

VOID = {"meta", "img", "br"}


class Balance(HTMLParser):
    """Raises where a tag is closed that is not the last one opened."""

    def __init__(self):
        super().__init__()
        self.open, self.images = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        if tag == "img":
            self.images.append(dict(attributes))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    grid = {name: getattr(results, name) for name in ("intermediates", "targets", "perturbations")}
    tables = [folder / name for name in ("s.tex", "s.csv", "c.tex", "c.csv")]
    make_tables.main(results.scores, results.comparisons, *tables, **grid, seed="1")
    finding = folder / "finding.md", folder / "finding.json"
    write_finding.main(results.scores, results.comparisons, *finding, **grid, source_language="qaa", seed="1")
    plot_heatmap.main(results.comparisons, folder / "h.pdf", folder / "h.png", **grid)
    diagram = folder / "reliability_xquad.pdf", folder / "reliability_xquad.png"
    chosen = {"target": "xquad", "intermediate": "multi", "perturbation": "reverse-1.0", "source_language": "qaa"}
    plot_reliability.main(results.reliability, results.scores, *diagram, **chosen, seed="1")
    html = folder / "report.html"
    render_report.main(
        finding[1],
        tables[1],
        tables[3],
        folder / "h.png",
        [diagram[1]],
        html,
        targets=results.targets,
        study={"Encoder": "a <small> one", "Texts": results.perturbations},
    )
    return html.read_text(encoding="utf-8")


def test_the_page_is_well_formed_and_holds_everything_it_shows(page):
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    assert [image["alt"] for image in parser.images] == ["Heat map of calibration change", "Reliability diagram, XQuAD"]
    assert all(image["src"].startswith("data:image/png;base64,") for image in parser.images)
    assert not re.search(r"https?://|<script|<link", page)


def test_the_page_tells_question_answer_numbers_limits_and_versions(page, results):
    for text in (
        "Does English intermediate-task training",
        "<strong>Question answering.</strong>",
        "One training seed",
    ):
        assert text in page
    assert re.search(r"numpy&nbsp;\d", page)
    assert "clean, reverse-1.0, mirror_tree-1.0" in page
    assert "a &lt;small&gt; one" in page
    assert page.count("not run") >= 5  # four cells of the table and one of the counts
