"""The formula of docs/power.md against simulations."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri, stdtrit

from stiltcal.power.formula import Components, Design, Target, max_t_critical, mean_correlation, power

PARTS = Components(0.5, 0.3, 0.2, 0.06, 1.25, 2)
DESIGN = Design((Target("a", 40, 5, 6), Target("b", 60, 3, 2)), (PARTS, PARTS), 10, 0.4, 1, None, 0.05)


def simulated_means(target: Target, parts: Components, studies: int, rng: np.random.Generator) -> np.ndarray:
    """Means of correlated normal differences with exactly these components: clusters of two items."""
    p, m, n = int(target.perturbations), int(target.languages), int(target.items)
    texts = np.full((p, p), parts.rho_perturbations) + (1 - parts.rho_perturbations) * np.eye(p)
    languages = np.full((m, m), parts.rho_languages) + (1 - parts.rho_languages) * np.eye(m)
    root = np.linalg.cholesky(np.kron(texts, languages) * parts.variance)
    alike = parts.design_effect - 1  # of two items: 1 + (2 - 1) * correlation
    shared = np.repeat(rng.standard_normal((studies, n // 2, p * m)), 2, axis=1)
    own = rng.standard_normal((studies, n, p * m))
    return ((np.sqrt(alike) * shared + np.sqrt(1 - alike) * own) @ root.T).mean(axis=(1, 2))


def test_standard_error_is_that_of_simulated_studies():
    rng = np.random.default_rng(1)
    means = [simulated_means(t, parts, 3000, rng) for t, parts in zip(DESIGN.targets, DESIGN.parts, strict=True)]
    assert power(DESIGN).error == pytest.approx(np.mean(means, axis=0).std(), rel=0.05)


def test_effect_is_found_in_80_percent():
    found = power(DESIGN)
    rng = np.random.default_rng(2)
    t = (found.effect + found.error * rng.standard_normal(100_000)) / found.error
    spread = np.sqrt(rng.chisquare(found.df, 100_000) / found.df)
    assert np.mean(t / spread > found.critical) == pytest.approx(0.8, abs=0.02)


def test_seeds_add_their_scatter():
    five = replace(DESIGN, seeds=5, sigma_seed=0.05)
    assert power(five).error ** 2 == pytest.approx(power(DESIGN).error ** 2 + 0.05**2 / 5)
    assert 4 <= power(five).df <= 4 + power(DESIGN).df
    assert power(replace(DESIGN, seeds=5)).is_bound, "the scatter of the seeds is unknown"
    assert power(replace(DESIGN, sigma_seed=0.05)).error == power(DESIGN).error, "one seed: conditional on the models"


def test_one_cluster_tells_nothing():
    assert power(replace(DESIGN, targets=(Target("a", 2, 5, 6), Target("b", 60, 3, 2)))).effect is None


def test_an_error_with_a_wider_range_has_larger_effects():
    loud = tuple(replace(parts, variance=400.0) for parts in DESIGN.parts)
    assert power(replace(DESIGN, parts=loud)).effect is None
    assert 1 < power(replace(DESIGN, parts=loud, largest=36.0)).effect < 36


def test_more_of_anything_finds_smaller_effects():
    five = replace(DESIGN, seeds=5, sigma_seed=0.05)
    for key in ("items", "languages", "seeds"):
        assert power(five.twice(key)).effect < power(five).effect
    assert power(DESIGN.twice("items")).error == pytest.approx(power(DESIGN).error / np.sqrt(2))


@pytest.mark.parametrize(("count", "rho"), [(1, 0.0), (10, 0.0), (10, 0.5), (10, 0.9)])
def test_critical_value_is_that_of_a_simulation(count, rho):
    rng = np.random.default_rng(3)
    z = np.sqrt(rho) * rng.standard_normal((200_000, 1)) + np.sqrt(1 - rho) * rng.standard_normal((200_000, count))
    assert max_t_critical(count, rho, 0.05) == pytest.approx(np.quantile(np.abs(z).max(axis=1), 0.95), abs=0.02)


def test_critical_value_of_independent_contrasts_is_sidaks():
    assert max_t_critical(7, 0.0, 0.05) == pytest.approx(-ndtri((1 - 0.95 ** (1 / 7)) / 2), abs=1e-9)
    assert max_t_critical(1, 0.0, 0.05, 12) == pytest.approx(stdtrit(12, 0.975), abs=1e-9)
    assert max_t_critical(5, -0.1, 0.05) == max_t_critical(5, 0.0, 0.05)


def test_mean_correlation():
    assert mean_correlation(np.array([[2.0, 1.0], [1.0, 4.0]])) == pytest.approx(1 / 3)
    assert mean_correlation(np.array([[2.0]])) == 0.0 == mean_correlation(np.zeros((2, 2)))
