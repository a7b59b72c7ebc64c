"""Uncertainty of fitted scalings: standard errors, what they do to estimates, and the type I error of tests."""

import numpy as np
import pytest
import statsmodels.api as sm

from stiltcal.calibration import logistic, scaling
from stiltcal.calibration.combinations import combine
from stiltcal.calibration.estimate import p_value
from stiltcal.calibration.estimators import METRICS
from stiltcal.calibration.fit_effect import FitEffect, fit_draws
from stiltcal.calibration.influence import BLOCKS, blocks_of, fit_error
from stiltcal.formats.predictions import Units
from stiltcal.scoring.cells import CalibrationMeasure, Resamples


def names(n: int) -> list[str]:
    """Clusters that are in n different blocks."""
    candidates = [f"c{number}" for number in range(100 * n)]
    found = dict(zip(blocks_of(candidates)[::-1].tolist(), candidates[::-1], strict=True))
    return list(found.values())[:n]


def two_options(margin: np.ndarray) -> np.ndarray:
    return np.column_stack([margin, np.zeros(len(margin))])


def test_the_error_of_a_temperature_by_hand():
    """All margins are 2 and 15 of 20 items right: 2 / T = log 3, and Var(2 / T) = 1 / (20 * 0.75 * 0.25)."""
    scores, gold = two_options(np.full(20, 2.0)), np.repeat([0, 1], [15, 5])
    fit = scaling.fit_temperature(scores, gold, cluster=names(20))
    assert fit.value == pytest.approx(2 / np.log(3))
    assert fit.error.errors[0] == pytest.approx(1 / np.sqrt(20 * 0.75 * 0.25) / np.log(3))
    twice = scaling.fit_temperature(np.repeat(scores, 2, axis=0), np.repeat(gold, 2), cluster=np.repeat(names(20), 2))
    assert twice.error.errors[0] == pytest.approx(fit.error.errors[0]), "a cluster counts once"
    assert np.linalg.norm(fit.error.blocks) == pytest.approx(1)


def test_a_temperature_at_a_bound_or_without_influence_has_no_error():
    logits = np.random.default_rng(2).normal(size=(50, 3))
    for scores, gold in ((logits, logits.argmax(1)), (logits, logits.argmin(1)), (np.zeros((3, 4)), np.arange(3))):
        error = scaling.fit_temperature(scores, gold).error
        assert not error.directions.any() and not error.blocks.any()


def test_the_error_of_platt_is_the_sandwich_of_statsmodels():
    rng = np.random.default_rng(4)
    x = 3 + 2 * rng.normal(size=200)
    correct = rng.random(200) < 1 / (1 + np.exp(-(0.6 * x - 1)))
    right = correct.sum()
    target = np.where(correct, (right + 1) / (right + 2), 1 / (200 - right + 2))
    for cluster in (names(200), np.repeat(names(50), 4)):
        error = logistic.fit_platt(x, correct, cluster).error
        _, group = np.unique(cluster, return_inverse=True)
        model = sm.GLM(target, np.column_stack([x, np.ones(200)]), sm.families.Binomial())
        covariance = model.fit(cov_type="cluster", cov_kwds={"groups": group, "use_correction": False}).cov_params()
        assert error.directions.T @ error.directions == pytest.approx(covariance, rel=1e-6)
        assert error.blocks @ error.blocks.T == pytest.approx(np.eye(2), abs=1e-9)
    assert logistic.fit_platt(np.ones(30), np.arange(30) < 20).error.errors[0] == 0, "there is no slope"
    assert not logistic.fit_platt(x, np.zeros(200, bool)).error.blocks.any(), "nothing tells right from wrong"


def span_items(rng, n):
    items = []
    for _ in range(n):
        start, end = 1.5 * rng.normal(size=(2, 1, 4))
        start[0, 0] += 2
        items.append((start, end, [(0, 0, 0), (0, 0, 1)] if rng.random() < 0.7 else [(0, 2, 2)], None))
    return items


def fit_of(kind, rng, n=250):
    """(items, function from chosen items to the fit, function from the fit to its parameters)."""
    logits = 2 * rng.normal(size=(n, 3))
    gold = (logits / 2 + rng.gumbel(size=(n, 3))).argmax(1)
    right = rng.random(n) < 1 / (1 + np.exp(-logits[:, 0]))
    spans = span_items(rng, n)
    return {
        "temperature": (
            lambda i: scaling.fit_temperature(logits[i], gold[i]),
            lambda fit: [np.log(fit.value)],
        ),
        "span": (
            lambda i: scaling.fit_span_temperature([spans[k] for k in i]),
            lambda fit: [np.log(fit.value)],
        ),
        "platt": (lambda i: logistic.fit_platt(logits[i, 0], right[i]), lambda fit: [fit.slope, fit.intercept]),
        "vector": (
            lambda i: logistic.fit_vector(logits[i], gold[i]),
            lambda fit: [*fit.weights, *(fit.bias - fit.bias.mean())],
        ),
    }[kind]


@pytest.mark.parametrize("kind", ["temperature", "span", "platt", "vector"])
def test_errors_are_those_of_a_bootstrap(kind):
    rng, n = np.random.default_rng(5), 250
    fit, parameters = fit_of(kind, rng, n)
    refits = [parameters(fit(rng.integers(n, size=n))) for _ in range(120)]
    assert fit(np.arange(n)).error.errors == pytest.approx(np.std(refits, axis=0), rel=0.35)


def test_moving_a_fit_by_its_directions_changes_its_parameters():
    rng = np.random.default_rng(6)
    fits = {kind: fit_of(kind, rng)[0](np.arange(250)) for kind in ("temperature", "platt", "vector")}
    step = fits["temperature"].error.directions[0]
    assert fits["temperature"].moved(step).value == pytest.approx(fits["temperature"].value * np.exp(step[0]))
    moved = fits["platt"].moved(np.array([0.5, -1.0]))
    assert moved[:2] == (fits["platt"].slope + 0.5, fits["platt"].intercept - 1)
    moved = fits["vector"].moved(np.arange(6.0))
    assert moved.weights - fits["vector"].weights == pytest.approx([0, 1, 2])
    assert moved.bias - fits["vector"].bias == pytest.approx([3, 4, 5])
    assert len(fits["vector"].error.directions) == logistic.DIRECTIONS


def test_directions_are_ordered_by_what_they_move():
    influence = np.random.default_rng(7).normal(size=(200, 3)) * [3.0, 1.0, 2.0]
    metric = np.diag([0.0, 1.0, 100.0])
    error = fit_error(influence, names(200), metric=metric, most=2)
    assert error.directions.shape == (2, 3)
    assert np.abs(error.directions[0]).argmax() == 2
    lengths = np.einsum("ka,ab,kb->k", error.directions, metric, error.directions)
    assert lengths[0] > lengths[1] > 0
    with pytest.raises(ValueError, match="3 items and 2 clusters"):
        fit_error(np.ones((3, 1)), ["a", "b"])


def units(confidence, correct, cluster=None, fits=None) -> Units:
    n = len(confidence)
    cluster = np.arange(n) if cluster is None else cluster
    text = np.full(n, "", dtype=object)
    rest = (correct * 1.0, np.zeros(n, bool), text, text, np.ones(n, bool))
    return Units(np.arange(n), cluster, np.zeros(n, int), correct, *rest, {"source": confidence}, fits or {})


NAMES = ("ece_width_15", "ece_mass_15", "smece", "signed_gap", "brier", "auroc", "aurc")


@pytest.fixture(scope="module")
def measured():
    """(measure, function from fits to scores) of a cell."""
    rng = np.random.default_rng(8)
    confidence = rng.beta(3, 1.5, size=150).round(6)
    correct = rng.random(150) < confidence**1.5
    measure = CalibrationMeasure("item", "item", "source", NAMES, Resamples(150, 1, 400, 1))
    change = 0.08 * (confidence - 0.4)
    return measure, lambda fits: measure.scores(units(confidence, correct, fits=fits)), confidence, correct, change


def test_without_an_error_the_bytes_are_the_same(measured):
    _, scores, confidence, *_ = measured
    nothing = FitEffect(np.zeros((2, len(confidence))), np.zeros((2, BLOCKS)))
    plain, with_nothing = scores({}).estimate, scores({"source": nothing}).estimate
    for one, two in zip(plain[:4], with_nothing[:4], strict=True):
        assert np.asarray(one).tobytes() == np.asarray(two).tobytes()


def test_the_variance_grows_by_the_square_of_the_slope(measured):
    measure, scores, confidence, correct, change = measured
    blocks = np.full((1, BLOCKS), BLOCKS**-0.5)
    plain, wider = scores({}), scores({"source": FitEffect(change[None], blocks)})
    draws = (blocks @ fit_draws(400))[0]
    for name in NAMES:
        up, down = (METRICS[name](np.clip(confidence + sign * change / 2, 0, 1), correct) for sign in (1, -1))
        added = wider.of_metric(name).replicates - plain.of_metric(name).replicates
        assert added == pytest.approx((up - down) * draws, abs=1e-12)
        assert wider.of_metric(name).value == plain.of_metric(name).value
    gap = wider.of_metric("signed_gap")
    assert gap.replicates.var() > plain.of_metric("signed_gap").replicates.var() * 1.1
    swapped = measure.with_outcomes(
        units(confidence, correct, fits={"source": FitEffect(change[None], blocks)}), [correct, ~correct], NAMES[0]
    )
    assert swapped[0].of_metric(NAMES[0]).replicates == pytest.approx(wider.of_metric(NAMES[0]).replicates)


def test_models_that_share_a_fit_share_its_error(measured):
    """Its draws cancel in a difference of cells with equal slopes, and add up where two fits are independent."""
    _, scores, _, _, change = measured
    one, two = np.zeros((2, 1, BLOCKS))
    one[0, :100], two[0, 100:200] = 0.1, 0.1
    cells = [scores({"source": FitEffect(change[None], blocks)}).of_metric("signed_gap") for blocks in (one, one, two)]
    same, other = (combine([1, -1], [cells[0], cells[k]]).replicates for k in (1, 2))
    assert same == pytest.approx(0)
    assert other.var() == pytest.approx(2 * change.mean() ** 2, rel=0.3)


def study(rng, dev: int, n: int, shared: bool) -> list[Units]:
    """Two models of one population, scaled by temperatures from their own or from shared dev items."""
    cells, items = [], rng.normal(size=n)
    ease, luck = rng.normal(size=dev), rng.random(dev)
    for number in range(2):
        if not shared:
            ease, luck = rng.normal(size=dev), rng.random(dev)
        margin = 1 + 1.5 * (0.8 * ease + 0.6 * rng.normal(size=dev))
        wrong = np.where(rng.random(dev) < 0.5, luck, rng.random(dev)) >= 1 / (1 + np.exp(0.3 - 0.7 * margin))
        cluster = [f"{0 if shared else number} {item}" for item in range(dev)]
        fit = scaling.fit_temperature(two_options(margin), wrong.astype(int), cluster=cluster)
        margin = 1 + 1.5 * (0.8 * items + 0.6 * rng.normal(size=n))
        correct = rng.random(n) < 1 / (1 + np.exp(0.6 - 0.7 * margin))
        confidence, up = (1 / (1 + np.exp(-margin / f.value)) for f in (fit, fit.moved(fit.error.directions[0] / 4)))
        cells.append(
            units(confidence, correct, fits={"source": FitEffect((up - confidence)[None] * 4, fit.error.blocks)})
        )
    return cells


@pytest.mark.parametrize("shared", [False, True], ids=["own dev items", "shared dev items"])
def test_two_models_of_one_population_differ_in_five_percent(shared):
    rng, metrics, studies = np.random.default_rng(9), ("signed_gap", "brier"), 250
    found = {"known": [], "fitted": []}
    measure = CalibrationMeasure("item", "item", "source", metrics, Resamples(600, 1, 200, 3))
    for _ in range(studies):
        cells = study(rng, 100, 600, shared)
        for name, chosen in (("fitted", cells), ("known", [units(*_bare(cell)) for cell in cells])):
            scores = [measure.scores(cell) for cell in chosen]
            found[name].append(p_value(combine([1, -1], [each.estimate for each in scores])) < 0.05)
    known, fitted = (np.mean(found[name], axis=0) for name in ("known", "fitted"))
    assert (fitted <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / studies)).all(), fitted
    assert known[0] > 0.15, known


def _bare(cell: Units) -> tuple[np.ndarray, np.ndarray]:
    return cell.confidence["source"], cell.correct
