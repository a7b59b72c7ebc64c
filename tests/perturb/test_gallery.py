"""The gallery: both texts of an item, and the answers of two models, sorted by the change of their confidence."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import perturb_items
import render_gallery
from stiltcal.formats.items import write_items
from stiltcal.perturb.answers import Answers, read_predicted
from stiltcal.perturb.gallery import Shown, gold_text, shown_answer

PAIR = {"cluster": "c", "text_a": "one two three four", "text_b": "x", "label": "neutral"}
NAMES = ["clean", "reverse-1.0", "mirror_tree-1.0"]
#: Confidences of the items a<b, c and d: on clean text, and under reverse-1.0.
CONFIDENCES = {
    "none": {"clean": [0.9, 0.8, 0.7], "reverse-1.0": [0.85, 0.8, 0.3]},
    "mnli": {"clean": [0.6, 0.5, 0.6], "reverse-1.0": [0.6, 0.75, 0.5]},
}


def predicted(path: Path, confidences: dict[str, list[float]], **columns) -> Path:
    """Write predictions of the items; all say `entailment` on perturbed text."""
    rows = [
        {"language": "en", "perturbation": name, "id": item, "unit": "item", "position": 0, "gold": "neutral"}
        | {"prediction": "neutral" if name == "clean" else "entailment", "correct": name == "clean", "selected": True}
        | {"confidence": confidence}
        | columns
        for name, values in confidences.items()
        for item, confidence in zip(("a<b", "c", "d"), values, strict=True)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def answers_of(path: Path) -> Answers:
    return Answers({"none": read_predicted(path)}, "en")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of three items, of which two are shown."""
    folder = tmp_path_factory.mktemp("gallery")
    items = str(folder / "data" / "xnli" / "test" / "en.parquet")
    write_items(items, "classification", [PAIR | {"id": name} for name in ("a<b", "c", "d")])
    perturb_items.main(
        data=[items],
        trees=[],
        word_order=[],
        perturbed=[str(folder / "xnli" / name / "en.parquet") for name in NAMES],
        record=str(folder / "xnli" / "made_from.json"),
        **{"perturbations": NAMES, "kind": "classification", "seed": 0, "languages": ["en"]},
    )
    output = folder / "gallery" / "xnli" / "en.html"
    render_gallery.main(
        perturbed=[str(folder / "xnli" / "complete")],
        predictions=[str(predicted(folder / f"{model}.parquet", values)) for model, values in CONFIDENCES.items()],
        pages=[str(output)],
        targets={"xnli": [(name, "en") for name in NAMES]},
        models=list(CONFIDENCES),
        seed="1",
        labels={"perturbations": {"reverse-1.0": "backwards"}, "languages": {"en": "English"}},
        examples=2,
    )
    return output.read_text(encoding="utf-8")


def test_both_texts_stand_side_by_side(page):
    assert '<h2 id="reverse-1.0">backwards</h2>' in page and "<h1>XNLI, English:" in page and 'id="clean"' not in page
    assert "3 items, 3 kept, 3 changed" in page and "3 items, 0 kept, 0 changed" in page
    assert page.count('<mark class="m1">') == 4, "two texts of two items"
    assert page.count("Not kept: mirror_tree-1.0 needs trees, and there are none in en") == 1


def test_items_come_first_whose_answers_change_most(page):
    """By 0.4 (none on d), 0.25 (mnli on c) and 0.05 (none on a<b), which is not shown."""
    assert re.findall(r"<h3>(\S+) ", page) == ["d", "c"] and "a&lt;b" not in page


def test_answers_stand_with_their_confidence_and_its_change(page):
    shown = [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in re.findall(r"<li>(.*?)</li>", page, re.DOTALL)]
    assert shown[:4] == [
        "none: neutral right 0.700",
        "MNLI: neutral right 0.600",
        "none: entailment wrong 0.300 (\N{MINUS SIGN}0.400)",
        "MNLI: entailment wrong 0.500 (\N{MINUS SIGN}0.100)",
    ]
    assert "right answer:</small> neutral" in page


def test_page_and_report_know_each_other_and_nobody_else(page):
    assert 'href="../../report.html#explore?target=xnli&amp;language=en&amp;perturbation=reverse-1.0"' in page
    assert not re.search(r"https?://|<script|<link", page)


def test_tags_are_shown_one_by_one_and_wrong_ones_marked(tmp_path):
    rows = {"prediction": ["NOUN", "VERB"], "gold": ["NOUN", "ADP"], "correct": [True, False], "confidence": [0.9, 0.5]}
    rows |= {"selected": [True, True]}
    table = {"language": ["en"] * 2, "perturbation": ["clean"] * 2, "id": ["a"] * 2, "unit": ["token"] * 2}
    pq.write_table(pa.table(table | {"position": [1, 0]} | rows), tmp_path / "p.parquet")
    (answer,) = answers_of(tmp_path / "p.parquet").of("clean", "a")
    shown = shown_answer(answer, {}, 0.8)
    assert shown.answer == [("VERB", "edited"), (" ", None), ("NOUN", None)], "in the order of the text"
    assert shown.right == "1 of 2 right"
    assert (shown.confidence, shown.change) == (pytest.approx(0.7), pytest.approx(-0.1))
    assert gold_text({"tokens": ["a", "b"]}, [answer], {}) == "ADP NOUN"


def test_a_partner_is_shown_by_its_sentence(tmp_path):
    path = predicted(tmp_path / "p.parquet", {"clean": [0.5, 0.5, 0.5]}, prediction="s1", gold=None)
    (answer,) = answers_of(path).of("clean", "c")
    assert shown_answer(answer, {"s1": "A dog."}).answer == [("A dog.", None)]
    assert gold_text({"side": "foreign"}, [answer], {}) == "no partner"
    assert gold_text({"answers": ["a", "a", "b"]}, [answer], {}) == "a / b"


def test_what_mining_left_below_its_threshold_is_neither_right_nor_wrong(tmp_path):
    path = predicted(tmp_path / "p.parquet", {"clean": [0.1, 0.1, 0.1]}, prediction="s1", selected=False, correct=False)
    (answer,) = answers_of(path).of("clean", "c")
    assert shown_answer(answer, {}).right == "below the threshold"


def test_without_an_answer_there_is_no_confidence(tmp_path):
    """Mining writes 0 where it found no partner: that is no change of a confidence."""
    predicted(tmp_path / "p.parquet", {"clean": [0.5] * 3, "reverse-1.0": [0.0] * 3})
    table = pq.read_table(tmp_path / "p.parquet").to_pylist()
    rows = [row | ({"prediction": None} if row["perturbation"] != "clean" else {}) for row in table]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "p.parquet")
    answers = answers_of(tmp_path / "p.parquet")
    (answer,) = answers.of("reverse-1.0", "c")
    assert answers.change("reverse-1.0", "c") == -1
    assert shown_answer(answer, {}, 0.5) == Shown("none", [("no partner", None)], "below the threshold", None, None)


def test_an_item_that_nobody_answered_comes_last(tmp_path):
    answers = answers_of(predicted(tmp_path / "p.parquet", {"clean": [0.5, 0.5, 0.5]}))
    assert answers.change("reverse-1.0", "c") == -1 and answers.of("reverse-1.0", "c") == []


def test_predictions_without_a_column_are_refused_by_name(tmp_path):
    pq.write_table(pa.table({"language": ["en"]}), tmp_path / "p.parquet")
    with pytest.raises(ValueError, match=r"p\.parquet: no column perturbation, "):
        read_predicted(tmp_path / "p.parquet")
