"""From a model's outputs to answers, worked by hand."""

import numpy as np
import pytest

from stiltcal.calibration.logistic import fit_platt
from stiltcal.models.decoding import CellOutputs, Tagging
from stiltcal.models.encoding import Features, Rows
from stiltcal.models.fit_scalings import Fitted, ItemFile, Plan
from stiltcal.models.inference import Outputs
from stiltcal.models.retrieval import COSINE_TEMPERATURE, MARGIN_SLOPE, Mining, Retrieval
from stiltcal.models.spans import SpanAnswers


def hand_cell(items, features, values, starts):
    return CellOutputs("en", items, features, Outputs(np.array(values, dtype=float), np.array(starts)))


def test_an_answer_by_hand():
    """Tokens: <s> q </s> anna saw dog </s>; anna to dog has the highest sum of start and end."""
    item = {
        "id": "q",
        "cluster": "p",
        "context": "anna saw dog",
        "answers": ["anna", "saw dog"],
        "answer_starts": [0, 5],
    }
    offsets = np.array([[-1, -1]] * 3 + [[0, 4], [5, 8], [9, 12], [-1, -1]])
    features = Features(Rows(np.arange(7), np.zeros(7), np.array([0, 7])), None, np.array([0]), places=[offsets])
    starts, ends = [9, 9, 9, 2, 1, 0, 9], [9, 9, 9, 0, 0, 1, 9]
    cell = hand_cell([item], features, list(zip(starts, ends, strict=True)), [0])
    decoder = SpanAnswers("english")
    (row,) = decoder.rows(cell, {})
    sums = np.array([2, 2, 3, 1, 2, 1])  # aa as ad ss sd dd
    assert row["prediction"] == "anna saw dog"
    assert row["confidence"] == pytest.approx(np.exp(3) / np.exp(sums).sum(), abs=1e-6)
    assert (row["correct"], row["score"], row["gold"]) == (False, 0.8, '["anna", "saw dog"]')
    decoder.prepare([cell])
    assert decoder.has_null is False


def test_no_answer_where_the_dev_set_has_such_questions():
    item = {"id": "q", "cluster": "p", "context": "anna saw", "answers": [], "answer_starts": []}
    offsets = np.array([[-1, -1]] * 3 + [[0, 4], [5, 8], [-1, -1]])
    rows = Rows(np.arange(12), np.zeros(12), np.array([0, 6, 12]))
    features = Features(rows, None, np.array([0, 0]), places=[offsets, offsets])
    one = [(4, 4), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    two = [(2, 2), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    decoder, cell = SpanAnswers("english"), hand_cell([item], features, one + two, [0, 6])
    decoder.prepare([cell])
    (row,) = decoder.rows(cell, {})
    assert (row["prediction"], row["correct"], row["gold"]) == ("", True, "[]")
    assert row["confidence"] == pytest.approx(np.exp(4) / (np.exp(4) + 6), abs=1e-6)  # the smaller null, six spans


def tagged_cell():
    """Words with the confidences 0.8, 0.6 and, for the tokenizer drops the last one, 1/3."""
    item = {"id": "t", "cluster": "t", "tokens": ["anna", "red", "dog"], "tags": ["B-X", "I-X", "O"]}
    features = Features(
        Rows(np.arange(5), np.zeros(5), np.array([0, 5])), None, np.array([0]), places=[np.array([1, 2, -1])]
    )
    log = np.log
    values = [[0, 0, 0], [log(8), log(1), log(1)], [log(1), log(3), log(1)], [0, 0, 9], [0, 0, 0]]
    return hand_cell([item], features, values, [0])


def test_tokens_and_entities_by_hand():
    rows = Tagging(["B-X", "I-X", "O"]).rows(tagged_cell(), {})
    assert [row["confidence"] for row in rows] == pytest.approx([0.8, 0.6, 1 / 3, 0.48, 1 / 3], abs=1e-6)
    assert [row["prediction"] for row in rows] == [
        "B-X",
        "I-X",
        "B-X",
        "X:0:1",
        "X:2:2",
    ]  # the dropped word: first label
    assert [row["gold"] for row in rows] == ["B-X", "I-X", "O", "X:0:1", None]
    assert [row["position"] for row in rows] == [0, 1, 2, 0, 2]
    assert [row["correct"] for row in rows] == [True, True, False, True, False]


def test_platt_scaling_of_tags_is_fitted_on_tokens_alone():
    """The confidence of an entity is a product of those of its tokens, which are there already."""
    file = ItemFile("clean", "en", "dev.parquet")
    fitted = Fitted(Plan(("platt",), (file,), ("en",)), Tagging(["B-X", "I-X", "O"]), {file: tagged_cell()})
    found = fitted.of(file)["platt"]
    expected = fit_platt(np.log([0.8 / 0.2, 0.6 / 0.4, 1 / 2]), [True, True, False])
    assert (found.slope, found.intercept) == pytest.approx((expected.slope, expected.intercept), abs=1e-4)
    assert found.n == 3


def test_questions_are_answered_alike_in_blocks_of_any_size(monkeypatch):
    rng, lengths, items = np.random.default_rng(2), [5, 4, 6, 5, 5, 6], [0, 1, 1, 1, 2, 2]
    context = "a b c d"
    spans = [np.array([[-1, -1], [0, 1], [2, 3], [4, 5], [6, 7], [-1, -1]], dtype=np.int32)[:n] for n in lengths]
    bounds = np.cumsum([0, *lengths])
    rows = Rows(np.zeros(bounds[-1], dtype=np.int32), np.zeros(bounds[-1], dtype=np.int8), bounds)
    features = Features(rows, None, np.array(items), places=spans)
    gold = [([], []), (["b"], [2]), (["d"], [6])]
    questions = [
        {"id": f"q{i}", "cluster": f"c{i}", "context": context, "answers": answers, "answer_starts": starts}
        for i, (answers, starts) in enumerate(gold)
    ]
    cell = hand_cell(questions, features, rng.normal(size=(bounds[-1], 2)), bounds[:-1])
    decoder = SpanAnswers("english")
    decoder.prepare([cell])
    whole = decoder.rows(cell, {})
    assert decoder.has_null and len({each["prediction"] for each in whole}) > 1
    for scores in (1, 200, 500):
        monkeypatch.setattr("stiltcal.models.spans.SCORES", scores)
        assert decoder.rows(cell, {}) == whole


def bitext(foreign: dict, source: dict, pairs: dict):
    """A cell of sentences with their vectors, by id; pairs: foreign id -> source id."""
    mates = pairs | {there: here for here, there in pairs.items()}
    items = [
        {"id": name, "cluster": name, "side": side, "pair": mates.get(name)}
        for side, names in (("source", source), ("foreign", foreign))
        for name in names
    ]
    vectors = [*source.values(), *foreign.values()]
    return hand_cell(items, None, vectors, np.arange(len(vectors)))


def test_the_most_similar_sentence_is_retrieved():
    """One foreign sentence has the cosines 0.6 and 0.8, the other 0.8 and 0.6."""
    cell = bitext({"f0": (1, 0), "f1": (0, 1)}, {"s0": (0.6, 0.8), "s1": (0.8, 0.6)}, {"f0": "s1", "f1": "s1"})
    rows = Retrieval().rows(cell, {})
    assert [(row["id"], row["prediction"], row["correct"]) for row in rows] == [("f0", "s1", True), ("f1", "s0", False)]
    expected = 1 / (1 + np.exp(-0.2 / COSINE_TEMPERATURE))
    assert [row["confidence"] for row in rows] == pytest.approx([expected] * 2, abs=1e-6)


def test_the_temperature_of_cosines_by_hand():
    """Three of four pairs are more similar by 0.2, and one is less: logistic(0.2 / T) is 3/4 at T = 0.2 / ln 3.

    A sentence without a pair tells nothing, nor does a language with one sentence to choose from.
    """
    one, other = (1, 0), (0, 1)  # the second and the first source sentence are nearer
    foreign = {"f0": one, "f1": other, "f2": one, "f3": other, "f4": one}
    pairs = {"f0": "s1", "f1": "s0", "f2": "s1", "f3": "s1"}
    cell = bitext(foreign, {"s0": (0.6, 0.8), "s1": (0.8, 0.6)}, pairs)
    decoder = Retrieval()
    found = decoder.fit([cell, bitext({"f": one}, {"s": one}, {"f": "s"})], "temperature")
    assert (found.value, found.n) == (pytest.approx(0.2 / np.log(3)), 5)
    assert [row["confidence_source"] for row in decoder.rows(cell, {"source": found})] == pytest.approx([0.75] * 5)


def test_pairs_are_mined_and_selected_by_hand():
    """Sentence i has the product c to its partner and 0.1 to the others: its margin is 4 c / (c + 0.3).

    Of the five mined pairs the best and the worst are right, and there are no others. The best one alone has F1 2/3,
    all together have 4/7: the threshold lies between the first margin, 3, and the second, 32/11.
    """
    products, axes = (0.9, 0.8, 0.7, 0.6, 0.5), np.eye(5)
    foreign = {f"f{i}": (1, *axes[i]) for i in range(5)} | {"alone": (1, *np.zeros(5))}
    source = {f"s{i}": (0.1, *((c - 0.1) * axes[i])) for i, c in enumerate(products)}
    cell, decoder = bitext(foreign, source, {"f0": "s0", "f4": "s4"}), Mining()
    threshold = (3 + 32 / 11) / 2
    assert decoder.prepare([cell]) == {"thresholds": {"en": pytest.approx(threshold)}}
    rows = decoder.rows(cell, {})
    assert [row["prediction"] for row in rows] == ["s0", "s1", "s2", "s3", "s4", None]
    assert [row["correct"] for row in rows] == [True, False, False, False, True, False]
    assert [row["selected"] for row in rows] == [True] + [False] * 5
    margins = np.array([4 * c / (c + 0.3) for c in products])
    expected = 1 / (1 + np.exp(-MARGIN_SLOPE * (margins - threshold)))
    assert [row["confidence"] for row in rows] == pytest.approx([*expected, 0], abs=1e-6)
