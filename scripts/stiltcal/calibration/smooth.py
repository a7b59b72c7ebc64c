"""Smooth calibration error, smECE (Blasiok & Nakkiran 2023), of one sample and of its resamples at once."""

import numpy as np

_EVALUATED = 200  # points where the smoothed residual is evaluated, more below a bandwidth of 0.05
_GRID = 2000  # twice the cells of the grid that residuals are put on, more below a bandwidth of 0.01
_SMALLEST = 0.001
_HALVINGS = 10


def smece(confidence: np.ndarray, correct: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(b,) smECE, in [0, 1], of units (n,) ascending in confidence with weights (b, n) >= 0, one row a resample.

    The residuals (confidence - correct) are smoothed by a Gaussian reflected at 0 and 1; smECE is the mean absolute
    smoothed residual at the bandwidth that equals it, found by ten halvings. Grids, bandwidths and the weight 0.0001
    that is added to every density are those of relplot 1.0.3, its authors' package, so that the numbers agree.
    """
    rows = len(weights)
    high, low = np.ones(rows), np.zeros(rows)
    coarse: dict[int, np.ndarray] = {}
    for _ in range(_HALVINGS):
        middle = (high + low) / 2
        below = middle < np.maximum(_at_bandwidths(confidence, correct, weights, middle, coarse), _SMALLEST)
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return _at_bandwidths(confidence, correct, weights, high, coarse)


def _at_bandwidths(confidence, correct, weights, bandwidths: np.ndarray, coarse: dict[int, np.ndarray]) -> np.ndarray:
    """(b,) smoothed error of each row at its own bandwidth; `coarse` keeps the grid that most bandwidths share."""
    values = np.empty(len(weights))
    for bandwidth in np.unique(bandwidths):
        chosen = bandwidths == bandwidth
        size = max(_GRID, round(20 / bandwidth)) // 2 + 1
        if size == _GRID // 2 + 1:
            if size not in coarse:
                coarse[size] = _on_grid(confidence, correct, weights, size)
            grid = np.compress(chosen, coarse[size], axis=1)
        else:
            grid = _on_grid(confidence, correct, weights[chosen], size)
        residual, density = _smooth(grid, bandwidth)
        values[chosen] = np.abs(residual).sum(axis=-1) / (density + 0.0001).sum(axis=-1)
    return values


def _on_grid(confidence, correct, weights: np.ndarray, size: int) -> np.ndarray:
    """(2, b, size): summed residuals and weights, each unit shared by its two neighbours among `size` grid points."""
    place = confidence * (size - 1)
    cell = place.astype(int).clip(0, size - 2)
    share = place - cell
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    grid = np.zeros((2, len(weights), size))
    for layer, values in enumerate((confidence - correct, np.ones_like(confidence))):
        for offset, part in ((0, values * (1 - share)), (1, values * share)):
            grid[layer][:, cell[starts] + offset] += np.add.reduceat(weights * part, starts, axis=-1)
    return grid


def _smooth(grid: np.ndarray, bandwidth: float) -> np.ndarray:
    """Convolution of the last axis with the reflected Gaussian, interpolated at the points of evaluation."""
    size = grid.shape[-1]
    period = 2 * (size - 1)
    mirrored = np.concatenate([grid, np.flip(grid, axis=-1)[..., 1:-1]], axis=-1)
    offsets = np.arange(size) - (size - 1 - size // 2)
    kernel = np.zeros(period)
    kernel[offsets % period] = np.exp(-((np.linspace(0, 1, size) - 0.5) ** 2) / (2 * bandwidth**2))
    kernel /= np.sqrt(2 * np.pi) * bandwidth
    smoothed = np.fft.irfft(np.fft.rfft(mirrored) * np.conj(np.fft.rfft(kernel)), period)
    points = np.linspace(0, 1, max(round(10 / bandwidth), _EVALUATED))
    left = (points * (size - 1)).astype(int).clip(0, size - 2)
    share = points * (size - 1) - left
    left_values, right_values = np.take(smoothed, left, axis=-1), np.take(smoothed, left + 1, axis=-1)
    return left_values * (1 - share) + right_values * share
