"""Carry the uncertainty of a fitted scaling into estimates: their replicates get + dE/dz z*, z* a replicate of the fit.

z counts standard errors of the fit along independent directions (`influence`), so a variance gains (dE/dz)^2. All cells
of a model share z*, and models fitted on the same dev items have correlated ones: differences, interactions and means
of estimates take care of covariances by themselves.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .estimate import Estimate
from .estimators import metric
from .influence import BLOCKS
from .sample import make_sample


class FitEffect(NamedTuple):
    """Changes of the confidences of n units by one standard error of a fit, in each of k directions.

    change: (k, n), of the confidences. blocks: (k, BLOCKS), of the fit (`influence.FitError`).
    """

    change: np.ndarray
    blocks: np.ndarray

    def take(self, chosen: np.ndarray) -> "FitEffect":
        """Keep some of the units, by a mask or by indices."""
        return self._replace(change=self.change[:, chosen])

    def slopes(self, of: Callable[[np.ndarray], ArrayLike], confidence: np.ndarray) -> np.ndarray:
        """Return (..., k) derivatives of a function (...,) of the confidences (n,): its difference between half a
        standard error up and half a one down."""
        ends = [np.clip([confidence + step / 2, confidence - step / 2], 0, 1) for step in self.change]
        return np.stack([np.asarray(of(up)) - np.asarray(of(down)) for up, down in ends], axis=-1)

    def replicates(self, slopes: np.ndarray, draws: np.ndarray) -> np.ndarray:
        """Return what is added to the replicates, (..., rows), for `slopes` (..., k) and draws (BLOCKS, rows)."""
        return slopes @ (self.blocks @ draws)

    def add(
        self, found: Mapping[str, Estimate], confidence: np.ndarray, correct: np.ndarray, draws: np.ndarray
    ) -> dict[str, Estimate]:
        """Add the uncertainty of the fit to estimates by metric, of units (n,) with these confidences."""
        metrics = [metric(name) for name in found]

        def values(moved: np.ndarray) -> list[float]:
            """Every metric of other confidences."""
            sample = make_sample(moved, correct)
            return [each.value(sample) for each in metrics]

        return self.carry(found, values, confidence, draws)

    def carry(
        self,
        found: Mapping[str, Estimate],
        of: Callable[[np.ndarray], ArrayLike],
        confidence: np.ndarray,
        draws: np.ndarray,
    ) -> dict[str, Estimate]:
        """Add the uncertainty of the fit to estimates; `of` gives their values, in their order, from confidences."""
        added = self.replicates(self.slopes(of, confidence), draws)
        return {
            name: estimate._replace(replicates=estimate.replicates + row)
            for (name, estimate), row in zip(found.items(), added, strict=True)
        }


def fit_draws(n_resamples: int) -> np.ndarray:
    """Draw xi (BLOCKS, n_resamples), N(0, 1): the same in all targets and jobs, for pooled contrasts add replicates."""
    return np.random.default_rng(BLOCKS).standard_normal((n_resamples, BLOCKS)).T
