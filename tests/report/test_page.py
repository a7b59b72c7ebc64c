import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

import render_report
from stiltcal.report import labels
from stiltcal.report.page import figure

ROOT = Path(__file__).parents[2]
VOID = {"meta", "img", "br"}
BEHIND = "primary contrasts scores comparisons hierarchy strength parsers contamination unknown_tokens".split()

#: What captions name, and what the page shows first.
SHOWN = {"intermediate": "squad_v1", "perturbation": "reverse-1.0", "source_language": "qaa"}
SHOWN |= {"seed": "1", "metric": "ece_width_15", "scaling": "none"}


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


@pytest.fixture
def page(report, results, tmp_path):
    return render(report, results, tmp_path)


def listed(name, *files) -> dict:
    """A figure with its caption in report/, as FIGURES in rules/figures.smk lists it."""
    caption = (ROOT / "report" / f"{name}.rst").read_text(encoding="utf-8")
    return {"heading": f"Heading of {name}", "caption": caption, "files": files}


def render(report, results, tmp_path) -> str:
    """The page of a synthetic study."""
    html = tmp_path / "report.html"
    fitted = tmp_path / "temperature.json"
    fitted.write_text(json.dumps({"versions": {"training": {"torch": "2.13.0"}, "prediction": {"torch": "2.14.1"}}}))
    render_report.main(
        finding=report / "finding.json",
        behind=[getattr(results, name) for name in BEHIND],
        scores=results.scores,
        comparisons=results.comparisons,
        scores_csv=report / "scores.csv",
        calibration_csv=report / "calibration.csv",
        scalings_csv=report / "scalings.csv",
        hierarchy=results.hierarchy,
        strength=results.strength,
        images=[report / "reliability_xquad.png", report / "heatmap.png"],
        figures=[listed("heatmap", "heatmap"), listed("reliability", "reliability_xquad", "reliability_xquad")],
        tables={name: listed(f"{name}_table") for name in ("scores", "calibration", "scalings")},
        shown=SHOWN | {"intermediates": results.intermediates},
        perturbations=results.perturbations,
        html=html,
        targets=results.targets,
        study={"Encoder": "a <small> one", "Texts": results.perturbations},
        fitted=[fitted],
    )
    return html.read_text(encoding="utf-8")


def test_the_page_is_well_formed_and_holds_everything_it_shows(page):
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    alternatives = [image["alt"] for image in parser.images]
    assert alternatives == ["Heading of heatmap", *["Heading of reliability: XQuAD"] * 2]
    assert all(image["src"].startswith("data:image/png;base64,") for image in parser.images)
    assert not re.search(r"https?://|<link|src=(?!\"data:)", page)
    assert "default-src 'none'" in unescape(page), "no request is allowed"


def test_the_page_tells_question_answer_numbers_limits_and_versions(page):
    for text in (
        "Does English intermediate-task training",
        "<strong>Question answering.</strong>",
        "One training seed",
    ):
        assert text in page
    assert re.search(r"numpy&nbsp;\d", page)
    assert "torch&nbsp;2.13.0 and 2.14.1" in page
    assert "clean, reverse-1.0, mirror_tree-1.0" in page
    assert "a &lt;small&gt; one" in page
    assert page.count("not run") >= 5  # four cells of the table and one of the counts


def test_figures_have_their_headings_and_the_captions_of_report(page):
    names = ("reliability", "scores_table", "calibration_table", "scalings_table")
    assert re.findall(r"<h3>(Heading .*)</h3>", page) == [f"Heading of {name}" for name in names]
    assert page.index("<strong>Heading of heatmap.</strong>") < page.index('id="explore"'), "the first stands above"
    caption = re.search(r"Heading of reliability</h3>\s*<figure>\s*<figcaption>(.*?)</figcaption>", page, re.DOTALL)[1]
    text = " ".join(caption.split())
    assert text.startswith("Share of correct answers")
    assert " and with SQuAD v1, on clean text and under reverse," in text
    assert "in each target (columns)" not in page, "the heat map of a study without intermediate tasks"


def test_a_caption_names_parameters_that_the_page_has(report):
    odd = {"heading": "Odd", "caption": "Of {{ snakemake.params.seed_of_all }}.", "files": ["heatmap"]}
    with pytest.raises(ValueError, match=r"caption of 'Odd' in report/: .*'seed_of_all'; of .* the page has seed$"):
        figure(odd, [report / "heatmap.png"], {"seed": "1"}, [])


def test_markup_in_the_label_of_a_task_is_printed(report, results, tmp_path, monkeypatch):
    monkeypatch.setattr(labels, "task_labels", lambda: {"xquad": "<script>alert(1)</script> & \\input{x}"})
    page = render(report, results, tmp_path)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; \\input{x}" in page
