import tracemalloc

import numpy as np
import pytest
from benchmarks import measure_mining
from sklearn.neighbors import NearestNeighbors

from stiltcal.tasks import mining
from stiltcal.tasks.mining import best_threshold, mine, nearest_both_ways


def unit(rows):
    rows = np.asarray(rows, dtype=float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def random_pairs(n, m, seed=0):
    rng = np.random.default_rng(seed)
    foreign, source = rng.normal(size=(n, 8)), rng.normal(size=(m, 8))
    pairs = min(n, m) // 2
    source[:pairs] = foreign[:pairs] + 0.3 * source[:pairs]
    return unit(foreign), unit(source)


def mine_literally(foreign, source, k):
    """The definition with loops: LASER's `max` retrieval with the ratio margin, of similarities rounded to 2^-30.

    The best is the one with the highest margin, then the lowest foreign row, then the lowest source row; of equal
    similarities the lower row is nearer.
    """
    cos = np.rint(foreign @ source.T * 2**30) / 2**30
    means = [np.sort(c, axis=1)[:, -min(k, c.shape[1]) :].mean(axis=1) for c in (cos, cos.T)]
    margin = cos / ((means[0][:, None] + means[1][None, :]) / 2)
    candidates = []
    for i in range(len(foreign)):
        near = np.argsort(-cos[i], kind="stable")[:k]
        candidates.append(min((-margin[i, j], i, j) for j in near))
    for j in range(len(source)):
        near = np.argsort(-cos[:, j], kind="stable")[:k]
        candidates.append(min((-margin[i, j], i, j) for i in near))
    pairs = []
    for score, i, j in sorted(candidates):
        if i not in {p[1] for p in pairs} and j not in {p[2] for p in pairs}:
            pairs.append((-score, i, j))
    return pairs


def test_nearest_is_exact_search():
    queries, index = random_pairs(1500, 700)
    found, _ = nearest_both_ways(queries, index, 4)
    distances, places = (
        NearestNeighbors(n_neighbors=4, metric="cosine", algorithm="brute").fit(index).kneighbors(queries)
    )
    assert np.array_equal(found.rows, places)
    assert np.allclose(found.similarity, 1 - distances)


def test_nearest_ties_in_row_order_and_few_rows():
    queries, index = unit([[1, 0], [0, 1]]), unit([[0, 1], [1, 0], [1, 0], [1, 0]])
    assert nearest_both_ways(queries, index, 5)[0].rows.tolist() == [[1, 2, 3, 0], [0, 1, 2, 3]]
    found, back = nearest_both_ways(queries, index, 2)
    assert found.rows.tolist() == [[1, 2], [0, 1]], "three are as near: the first two"
    assert found.similarity.tolist() == [[1, 1], [1, 0]]
    assert back.rows.tolist() == [[1, 0], [0, 1], [0, 1], [0, 1]]


def test_vectors_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not finite"):
        nearest_both_ways(np.array([[np.nan, 1], [1, 0]]), unit([[0, 1], [1, 0]]), 1)


def test_mine_by_hand():
    # two foreign rows both nearest to source 0; the margin gives it to the closer one, the other takes source 1
    foreign, source = unit([[1, 0.05], [1, 0.4]]), unit([[1, 0], [0, 1]])
    mined = mine(foreign, source, neighbours=2)
    assert sorted(zip(mined.foreign.tolist(), mined.source.tolist(), strict=True)) == [(0, 0), (1, 1)]
    cos = foreign @ source.T
    expected = cos[1, 1] / ((cos[1].mean() + cos[:, 1].mean()) / 2)
    assert mined.margin[mined.foreign == 1] == pytest.approx(expected)


@pytest.mark.parametrize(("n", "m", "k"), [(40, 60, 4), (30, 3, 4), (25, 25, 1)])
def test_mine_is_the_definition(n, m, k):
    foreign, source = random_pairs(n, m)
    mined, expected = mine(foreign, source, k), mine_literally(foreign, source, k)
    assert [(i, j) for _, i, j in expected] == list(zip(mined.foreign, mined.source, strict=True))
    assert mined.margin.tolist() == [score for score, _, _ in expected]
    assert np.all(np.diff(mined.margin) <= 0)


def test_best_of_equal_margins_is_the_lowest_foreign_then_source_row():
    corners = unit([[1, 0], [0, 1], [1, 0], [0, 1]])
    mined = mine(corners, corners[::-1], neighbours=1)
    assert mined.margin.tolist() == [1, 1], "with one neighbour every mutual pair has margin 1"
    assert list(zip(mined.foreign.tolist(), mined.source.tolist(), strict=True)) == [(0, 1), (1, 0)]


def test_last_bits_of_the_product_change_no_pair():
    """Another processor's product: other last bits, and duplicates that are not quite equal any more."""
    foreign, source = random_pairs(60, 60)
    foreign, source = (np.vstack([side, side[:20], side[:20]]) for side in (foreign, source))
    for k in (1, 4):
        expected = mine(foreign, source, k)
        for seed in range(20):
            noise = 1 + np.random.default_rng(seed).integers(-4, 5, size=(2, 100, 8)) * 2.0**-52
            mined = mine(foreign * noise[0], source * noise[1], k)
            for ours, theirs in zip(mined, expected, strict=True):
                np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("order", ["random", "ever nearer", "ever farther"])
@pytest.mark.parametrize("tile", [1, 7, 16, 1000])
def test_tiles_change_no_neighbour(monkeypatch, tile, order):
    """Also where each tile is nearer than all before, so that each of its similarities counts."""
    foreign, source = random_pairs(50, 130)
    foreign[20:], source[10:20] = foreign[:30], source[:10]
    if order != "random":
        nearer = np.argsort(source @ foreign.mean(axis=0))
        source = source[nearer if order == "ever nearer" else nearer[::-1]]
    forward, backward = nearest_both_ways(foreign, source, 4)
    assert np.array_equal(backward.rows, nearest_both_ways(source, foreign, 4)[0].rows)
    monkeypatch.setattr(mining, "TILE", tile)
    for ours, theirs in zip(nearest_both_ways(foreign, source, 4), (forward, backward), strict=True):
        np.testing.assert_array_equal(ours.rows, theirs.rows)
        np.testing.assert_array_equal(ours.similarity, theirs.similarity)


def test_many_equal_rows_over_many_tiles_keep_their_order(monkeypatch):
    monkeypatch.setattr(mining, "TILE", 8)
    rows = unit([[1, 0], [0, 1]] * 100)
    assert nearest_both_ways(rows, rows, 3)[0].rows.tolist() == [[0, 2, 4], [1, 3, 5]] * 100


def test_vectors_mapped_from_a_file_are_mined_in_little_memory(tmp_path, monkeypatch):
    """A direct product of these sides takes 72 MB; the tiles take a few."""
    monkeypatch.setattr(mining, "TILE", 128)
    sides = random_pairs(3000, 3000)
    expected = mine(*sides)
    for name, side in zip("fs", sides, strict=True):
        np.save(tmp_path / f"{name}.npy", side)
    mapped = [np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in "fs"]
    tracemalloc.start()
    found = nearest_both_ways(*mapped)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3e6
    for ours, theirs in zip(mine(*mapped), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert found[0].rows.shape == found[1].rows.shape == (3000, 4)


def test_the_benchmark_knows_exact_neighbours_from_others(monkeypatch, tmp_path):
    assert measure_mining.is_exact(200)
    seconds, megabytes = measure_mining.measure(200, 32, tmp_path)
    assert seconds > 0 and 0.1 < megabytes < 10
    monkeypatch.setattr(measure_mining, "nearest_both_ways", lambda *sides: nearest_both_ways(*sides)[::-1])
    assert not measure_mining.is_exact(200)


def test_best_threshold_by_hand():
    # F1 after 1, 2, 3, 4 pairs: 2/4, 4/5, 4/6, 6/7
    margins, right = np.array([1.4, 1.3, 1.2, 1.0]), np.array([True, True, False, True])
    assert best_threshold(margins, right, gold=3) == (pytest.approx(1.0), pytest.approx(6 / 7))
    assert best_threshold(margins[:3], right[:3], gold=3) == (pytest.approx(1.25), pytest.approx(4 / 5))
    assert best_threshold(margins, np.zeros(4, bool), gold=3) == (float("inf"), 0.0)
    assert best_threshold(margins[:0], right[:0], gold=3) == (float("inf"), 0.0)


def test_best_threshold_beats_every_other():
    rng = np.random.default_rng(1)
    margins, right = -np.sort(-rng.random(50)), rng.random(50) < 0.5
    threshold, best = best_threshold(margins, right, gold=30)
    scores = [2 * right[margins >= t].sum() / ((margins >= t).sum() + 30) for t in margins]
    assert best == pytest.approx(max(scores))
    assert 2 * right[margins >= threshold].sum() / ((margins >= threshold).sum() + 30) == pytest.approx(best)
