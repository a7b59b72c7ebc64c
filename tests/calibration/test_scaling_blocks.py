"""Temperatures are fitted in blocks of options: the numbers of one block, in little memory."""

import tracemalloc

import numpy as np
import pytest

from stiltcal.calibration import scaling


def spans(number: int, length: int, rng: np.random.Generator) -> list:
    """Items with two windows each, every third without an answer; most right answers have the highest score."""
    scores = 3 * rng.normal(size=(number, 2, 2, length)).astype(np.float32)
    scores[..., : length // 4] = -np.inf
    items = []
    for place, (start, end) in enumerate(scores):
        gold = [(0, length // 2, length // 2 + 3), (1, length - 1, length - 1)] if place % 3 else []
        if place % 5:
            start[0, length // 2], end[0, length // 2 + 3] = (9, 9) if gold else (0, 0)
        items.append((start, end, gold, float(rng.normal()) + (0 if gold else 20)))
    return items


def same(one: scaling.Temperature, two: scaling.Temperature) -> bool:
    return one[:-1] == two[:-1] and all(map(np.array_equal, one.error, two.error))


@pytest.mark.parametrize("held", [1, 7, 5000])
def test_blocks_change_no_bit(monkeypatch, held):
    rng = np.random.default_rng(0)
    logits, items = rng.normal(size=(120, 5)), spans(30, 40, rng)
    logits[rng.random(logits.shape) < 0.2] = -np.inf
    gold = logits.argmax(axis=1)
    gold[::3] = (logits[::3] + rng.normal(size=logits[::3].shape)).argmax(axis=1)
    names = [str(number // 4) for number in range(120)]
    whole = scaling.fit_temperature(logits, gold, cluster=names), scaling.fit_span_temperature(items)
    assert all(0.05 < fit.value < 20 and fit.error.errors[0] > 0 for fit in whole)
    monkeypatch.setattr(scaling, "_HELD", held)
    parts = scaling.fit_temperature(logits, gold, cluster=names), scaling.fit_span_temperature(items)
    assert all(map(same, whole, parts))


def test_a_span_takes_eight_bytes(monkeypatch):
    """80 bytes were taken: 4.2 GB for 9,380 questions."""
    monkeypatch.setattr(scaling, "_HELD", 2**14)
    items = spans(60, 200, np.random.default_rng(1))
    number = sum(int(np.isfinite(scaling.span_scores(start, end, 30)).sum()) for start, end, *_ in items)
    tracemalloc.start()
    try:
        scaling.fit_span_temperature(items)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 8 * number < peak < 8 * number + 80 * (2**14 + 2 * 200 * 30) + 10**6
