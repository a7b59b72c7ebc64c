"""Questions whose answer no window holds whole say nothing about the temperature."""

import numpy as np
import pytest

from stiltcal.models.decoding import CellOutputs
from stiltcal.models.encoding import Features, Rows
from stiltcal.models.inference import Outputs
from stiltcal.models.spans import SpanAnswers

#: Two windows of <s> and two words: "anna saw" and "the dog".
WINDOWS = [np.array([[-1, -1], [0, 4], [5, 8]]), np.array([[-1, -1], [9, 12], [13, 16]])]
ANSWERS = {"none": ([], []), "found": (["saw"], [5]), "lost": (["saw the"], [5])}


def cell(*names: str) -> CellOutputs:
    items = [
        {"id": name, "cluster": name, "context": "anna saw the dog", "answers": texts, "answer_starts": starts}
        for name, (texts, starts) in ((name, ANSWERS[name]) for name in names)
    ]
    number = len(names)
    bounds = np.arange(0, 6 * number + 1, 3)
    rows = Rows(np.zeros(6 * number, np.int32), np.zeros(6 * number, np.int8), bounds)
    features = Features(rows, None, np.repeat(np.arange(number), 2), places=WINDOWS * number)
    values = {
        "none": [(3, 2), (0, 1), (1, 0), (2, 2), (0, 0), (1, 1)],
        "found": [(0, 0), (1, 0), (2, 1), (0, 1), (0, 2), (1, 1)],
        "lost": [(0, 0), (1, 2), (2, 5), (0, 1), (0, 3), (1, 1)],
    }
    outputs = np.array([pair for name in names for pair in values[name]], dtype=float)
    return CellOutputs("en", items, features, Outputs(outputs, bounds[:-1]))


def test_a_lost_answer_is_not_counted_as_no_answer():
    decoder = SpanAnswers("english")
    decoder.prepare([cell("none", "found", "lost")])
    assert decoder.has_null
    with_lost, without = (
        decoder.fit([cell("none", "found", "lost")], "temperature"),
        decoder.fit([cell("none", "found")], "temperature"),
    )
    assert with_lost[:-1] == without[:-1] and with_lost.n == 2
    with pytest.raises(ValueError, match="at least one development item whose right answer is possible"):
        decoder.fit([cell("lost")], "temperature")
