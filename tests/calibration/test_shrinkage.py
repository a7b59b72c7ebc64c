"""The centre of a calibration error's interval against docs/calibration.md, "The centre, step by step".

`reference` is written from that section alone, with loops over the bins and least squares by numpy.polyfit.
"""

from collections.abc import Sequence
from math import erf, exp, pi, sqrt
from typing import NamedTuple

import numpy as np
import pytest

from stiltcal.calibration import bootstrap
from stiltcal.calibration.binning import BinSums, ece, rmsce
from stiltcal.calibration.resampling import resample_weights
from stiltcal.calibration.sample import make_sample
from stiltcal.calibration.shrinkage import population_l1, population_l2, shrink_gaps

BINS, NAMES = 15, ("ece_width_15", "ece_debiased_l2")


class Bin(NamedTuple):
    n: int
    confidence: float
    accuracy: float


class Reference(NamedTuple):
    """What the steps give; `kept` are the garrote's factors of square and cube."""

    centres: tuple[float, float]
    kept: list[float]
    tau2: float
    mean: list[float]
    variance: list[float]


def bins_of(confidence, correct) -> list[Bin | None]:
    """The fifteen bins (lower, upper], None where one is empty."""
    found = []
    for number in range(BINS):
        inside = [
            (c, y)
            for c, y in zip(confidence, correct, strict=True)
            if number / BINS < c <= (number + 1) / BINS or (number == 0 and c == 0)
        ]
        columns = list(zip(*inside, strict=True))
        found.append(Bin(len(inside), float(np.mean(columns[0])), float(np.mean(columns[1]))) if inside else None)
    return found


def orthonormal(degree: int, x: list[float], share: list[float]) -> list[float]:
    """What lower powers leave of x^degree, with a mean square of 1 under the shares."""
    power = [each**degree for each in x]
    lower = np.polyfit(x, power, degree - 1, w=np.sqrt(share)) if degree else [0.0]
    rest = [each - float(np.polyval(lower, at)) for each, at in zip(power, x, strict=True)]
    size = sqrt(sum(w * r**2 for w, r in zip(share, rest, strict=True)))
    return [r / size for r in rest]


def reference(bins: Sequence[Bin], design: float) -> Reference:
    total = sum(each.n for each in bins)
    share, confidence = [each.n / total for each in bins], [each.confidence for each in bins]
    gap = [each.confidence - each.accuracy for each in bins]
    f = [orthonormal(degree, confidence, share) for degree in range(4)]
    c = [sum(w * g * value for w, g, value in zip(share, gap, f_k, strict=True)) for f_k in f]
    noise = []
    for b, each in enumerate(bins):
        lowest = 0.5 / (each.n + 1)
        on_line = min(max(each.confidence - c[0] * f[0][b] - c[1] * f[1][b], lowest), 1 - lowest)
        noise.append(design * on_line * (1 - on_line) / each.n)
    kept = [1.0, 1.0]
    for k in (2, 3):
        variance = sum(w**2 * value**2 * s2 for w, value, s2 in zip(share, f[k], noise, strict=True))
        kept.append(max(0.0, 1 - 2 * variance / c[k] ** 2))
    trend = [sum(kept[k] * c[k] * f[k][b] for k in range(4)) for b in range(len(bins))]
    free = [1 - share[b] * sum(kept[k] * f[k][b] ** 2 for k in range(4)) for b in range(len(bins))]
    over = sum((gap[b] - trend[b]) ** 2 / noise[b] for b in range(len(bins))) - sum(free)
    tau2 = max(0.0, over / sum(free[b] / noise[b] for b in range(len(bins))))
    pull = [tau2 / (tau2 + s2) for s2 in noise]
    mean = [trend[b] + pull[b] * (gap[b] - trend[b]) for b in range(len(bins))]
    variance = [pull[b] * noise[b] for b in range(len(bins))]
    size = [folded(m, sqrt(v)) for m, v in zip(mean, variance, strict=True)]
    l1 = sum(w * each for w, each in zip(share, size, strict=True))
    l2 = sqrt(sum(w * (m**2 + v) for w, m, v in zip(share, mean, variance, strict=True)))
    return Reference((l1, l2), kept[2:], tau2, mean, variance)


def folded(mean: float, deviation: float) -> float:
    """E|N(mean, deviation^2)| (Leone, Nelson & Nottingham 1961)."""
    if deviation == 0:
        return abs(mean)
    z = mean / deviation
    return deviation * sqrt(2 / pi) * exp(-(z**2) / 2) + mean * erf(z / sqrt(2))


def sums_of(bins: Sequence[Bin | None]) -> BinSums:
    rows = [(b.n, b.n * b.confidence, b.n * b.accuracy) if b else (0, 0.0, 0.0) for b in bins]
    return BinSums(*np.array(rows).T)


#: Gaps that bend and scatter, with an empty bin: of square and cube a part is kept, and tau^2 is above 0.
BENT = [
    Bin(20, 0.10, 0.43), Bin(35, 0.22, 0.45), Bin(28, 0.31, 0.31), None, Bin(40, 0.48, 0.42), Bin(60, 0.57, 0.64),
    Bin(33, 0.66, 0.56), Bin(75, 0.78, 0.88), Bin(90, 0.86, 0.85), Bin(110, 0.95, 0.98),
]  # fmt: skip
#: Gaps on a line that leads to an accuracy above 1, with less scatter than noise: neither is kept, and tau^2 is 0.
STRAIGHT = [Bin(6, 0.45, 0.50), Bin(8, 0.62, 0.625), Bin(9, 0.71, 0.78), Bin(20, 0.84, 0.95), Bin(7, 0.97, 1.0)]


@pytest.mark.parametrize("design", [1.0, 1.3])
@pytest.mark.parametrize("bins", [BENT, STRAIGHT], ids=["bent", "straight"])
def test_gaps_are_shrunk_as_the_documentation_says(bins, design):
    expected, found = reference([each for each in bins if each], design), shrink_gaps(sums_of(bins), design)
    filled = [each is not None for each in bins]
    np.testing.assert_allclose(found.mean[filled], expected.mean, atol=1e-12)
    np.testing.assert_allclose(found.variance[filled], expected.variance, atol=1e-12)


def test_the_examples_take_every_step():
    bent, straight = reference([each for each in BENT if each], 1.0), reference(STRAIGHT, 1.0)
    assert all(0.1 < factor < 0.9 for factor in bent.kept) and bent.tau2 > 0.001
    assert straight.kept == [0, 0] and straight.tau2 == 0
    assert max(each.confidence - m for each, m in zip(STRAIGHT, straight.mean, strict=True)) > 1


@pytest.mark.parametrize("bins", [1, 2])
def test_one_or_two_bins_keep_their_gaps(bins):
    """The trend passes through them, and nothing is left to tell a scatter from: the centre is the plug-in."""
    rng = np.random.default_rng(0)
    n, confidence = rng.integers(10, 400, (bins, 500)), rng.uniform(0.5, 1, (bins, 500))
    sums = BinSums(n, n * confidence, rng.binomial(n, confidence))
    np.testing.assert_allclose(population_l1(shrink_gaps(sums)), ece(sums), atol=1e-12)
    np.testing.assert_allclose(population_l2(shrink_gaps(sums)), rmsce(sums), atol=1e-12)


def design_effect(columns, resamples) -> float:
    """Scatter of the resampled gaps about the sample's, over that of independent units."""
    own = bins_of(*columns)
    n = sum(each.n for each in own if each)
    usable = [b for b, each in enumerate(own) if each and each.n >= 2]
    scatter = 0.0
    for again in (bins_of(*each) for each in resamples):
        for b in usable:
            if again[b]:
                change = (again[b].confidence - again[b].accuracy) - (own[b].confidence - own[b].accuracy)
                total = sum(each.n for each in again if each)
                scatter += again[b].n / total * change**2 * own[b].n / (own[b].n - 1) / len(resamples)
    independent = sum(own[b].n / n * own[b].accuracy * (1 - own[b].accuracy) / (own[b].n - 1) for b in usable)
    return max(1.0, scatter / independent)


def test_centre_and_replicates_of_clustered_units_are_those_of_the_steps():
    """Clusters of four units that are alike in confidence, and mostly right or wrong together."""
    rng = np.random.default_rng(5)
    cluster = np.arange(240) // 4
    confidence = np.round(rng.uniform(0.2, 0.97, 60)[cluster] + rng.uniform(0, 0.03, 240), 3)
    luck = np.where(rng.random(240) < 0.7, rng.random(60)[cluster], rng.random(240))
    correct = luck < confidence**1.7
    (weights,) = resample_weights(60, 12, seed=3)
    resamples = [(np.repeat(confidence, w[cluster]), np.repeat(correct, w[cluster])) for w in weights.T]
    design = design_effect((confidence, correct), resamples)
    assert design > 1.5
    found = bootstrap.estimate(make_sample(confidence, correct, cluster, 60), NAMES, [weights])
    own = reference([each for each in bins_of(confidence, correct) if each], design).centres
    again = [reference([b for b in bins_of(*each) if b], 2 * design).centres for each in resamples]
    for name, centre, replicates in zip(NAMES, own, zip(*again, strict=True), strict=True):
        assert found[name].centre == pytest.approx(centre, abs=1e-9)
        np.testing.assert_allclose(found[name].replicates, replicates, atol=1e-9, err_msg=name)


def shifted(confidence):
    """Overconfident by 0.05 everywhere."""
    return confidence - 0.05


def waved(confidence):
    """Overconfident by 0.04 to 0.16, in waves."""
    return confidence - 0.1 + 0.06 * np.sin(12 * confidence)


def population_ece(right) -> float:
    """The ECE of uniform confidences in [0.3, 1] under the same bins, by the midpoints of a fine grid."""
    confidence = 0.3 + 0.7 * (np.arange(70_000) + 0.5) / 70_000
    gap, place = confidence - right(confidence), np.ceil(confidence * BINS)
    return sum(abs(gap[place == b].sum()) for b in range(1, BINS + 1)) / 70_000


@pytest.mark.parametrize("right", [shifted, waved, lambda confidence: confidence], ids=["shifted", "waved", "perfect"])
def test_the_centre_has_less_than_two_thirds_of_the_bias_of_the_plug_in(right):
    """200 units, whose plug-in ECE is 0.02 to 0.08 too high. Of the perfectly calibrated the centre has half of it."""
    rng, weights, found = np.random.default_rng(1), list(resample_weights(200, 20, seed=1)), []
    for _ in range(80):
        confidence = rng.uniform(0.3, 1, 200)
        sample = make_sample(confidence, rng.random(200) < right(confidence))
        found.append(bootstrap.estimate(sample, ["ece_width_15"], weights)["ece_width_15"])
    truth = population_ece(right)
    plug_in, centre = (np.mean([getattr(each, part) for each in found]) - truth for part in ("value", "centre"))
    assert 0.015 < plug_in < 0.1
    assert abs(centre) < plug_in * 2 / 3
