"""Smooth calibration error, smECE (Blasiok & Nakkiran 2023), of one sample and of its resamples at once.

Smoothing multiplies the cosine coefficients of the residuals by those of the kernel. The coefficients of a resample are
computed once; each bandwidth that is tried then costs one matrix product for all resamples.
"""

import math
from functools import lru_cache

import numpy as np

from .resampling import Sums
from .sample import first_of_equals

_EVALUATED = 200  # points where the smoothed residual is evaluated, more below a bandwidth of 0.05
_GRID = 2000  # twice the cells of the grid that residuals are put on, more below a bandwidth of 0.01
_SMALLEST = 0.001
_HALVINGS = 10
_STEPS = 2**_HALVINGS  # bandwidths are multiples of 1 / _STEPS
_FINEST = 2501  # grid points of resamples, at most: at the smallest bandwidth five to one bandwidth
_TOGETHER = 256  # resamples that are smoothed together: so few that their numbers stay in the processor's cache
_MOST = 1000  # points of evaluation of resamples, at most (as many as at a bandwidth of 0.01)
_SLOPE = -0.3  # of the error over the bandwidth: a first guess
_NEGLIGIBLE = 1e-15  # share of the kernel's largest coefficient below which the others are left out


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
    starts = first_of_equals(cell)
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


class Resamples:
    """smECE of the resamples of units (n,) ascending in confidence, in clusters (n,); `value` is their own smECE.

    All bandwidths share one grid: the one that relplot has for `value`, with at most `_FINEST` points. At 0.01 and
    above the result is that of `smece`. The grid's sums are exact, so that blocks of resamples change no digit.
    """

    def __init__(self, confidence: np.ndarray, correct: np.ndarray, cluster: np.ndarray, n_clusters: int, value: float):
        self.first = min(max(math.ceil(value * _STEPS), 2), _STEPS)
        cells = max(_GRID, round(20 * _STEPS / self.first)) // 4 * 2
        self.size = min(cells + 1, _FINEST)
        place = confidence * (self.size - 1)
        cell = place.astype(int).clip(0, self.size - 2)
        share, residual = place - cell, confidence - correct
        columns = np.vstack([residual * (1 - share), residual * share, 1 - share, share])
        self.sums = Sums(cluster, columns, n_clusters, cell, self.size - 1)

    def on_grid(self, weights: np.ndarray) -> np.ndarray:
        """Sum residuals and weights at the grid points, (2 size, rows), from weights (clusters, rows)."""
        left, right = self.sums.replicate(weights).reshape(2, 2, self.size - 1, -1).swapaxes(0, 1)
        grid = np.zeros((2, self.size, weights.shape[1]))
        grid[:, :-1] = left
        grid[:, 1:] += right
        return grid.reshape(2 * self.size, -1)

    def smece(self, grids: np.ndarray) -> np.ndarray:
        """(rows,) smECE of the resamples from the grids (2 size, rows) of all of them."""
        grids = grids.reshape(2, self.size, -1)
        starts = range(0, grids.shape[-1], _TOGETHER)
        return np.concatenate([self._some(grids[..., start : start + _TOGETHER]) for start in starts])

    def _some(self, grids: np.ndarray) -> np.ndarray:
        """Find each row's smallest multiple of 1 / _STEPS that is not below its own error; return that error.

        The error falls with the bandwidth, so an error at one bandwidth bounds the result on both sides. The search
        starts at the sample's bandwidth and follows the secant.
        """
        residual, density = np.ascontiguousarray(grids.transpose(0, 2, 1))
        coefficients, rows = _coefficients(residual), len(density)
        low, high, step = np.zeros(rows, int), np.full(rows, _STEPS), np.full(rows, self.first)
        slope, values, left = np.full(rows, _SLOPE), np.full(rows, np.nan), np.arange(rows)
        before, value_before = step, values
        while len(left):
            error = _at_steps(coefficients[left], density[left], step)
            target = np.ceil(np.maximum(error, _SMALLEST) * _STEPS).astype(int)
            low = np.maximum(low, np.minimum(step, target - 1))
            high = np.maximum(np.minimum(high, np.maximum(step, target)), low + 1)
            values[left] = error
            moved = step != before
            secant = _STEPS * (error - value_before) / np.where(moved, step - before, 1)
            slope = np.where(moved, np.clip(secant, -3, 0), slope)
            ahead = np.ceil(step + (error * _STEPS - step) / (1 - slope)).astype(int)
            following = np.where(high - low > 1, np.clip(ahead, low + 1, high - 1), high)
            go_on = following != step
            left, low, high, slope = left[go_on], low[go_on], high[go_on], slope[go_on]
            before, value_before, step = step[go_on], error[go_on], following[go_on]
        return values


def _coefficients(grids: np.ndarray) -> np.ndarray:
    """Cosine coefficients (..., size) of functions on the grid (..., size) that are reflected at both ends."""
    mirrored = np.concatenate([grids, np.flip(grids, axis=-1)[..., 1:-1]], axis=-1)
    found = np.fft.rfft(mirrored).real / mirrored.shape[-1]
    found[..., 1:-1] *= 2
    return found


def _at_steps(coefficients: np.ndarray, density: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """(rows,) smoothed error at each row's own bandwidth steps / _STEPS.

    From coefficients of the residuals and weights on the grid, (rows, size) each.
    """
    size = coefficients.shape[-1]
    points = _points(steps / _STEPS)
    values = np.empty(len(steps))
    for number in np.unique(points):
        chosen = np.flatnonzero(points == number)
        unique, place = np.unique(steps[chosen], return_inverse=True)
        kernels, shares, lengths = zip(*(_kernel(int(step), size) for step in unique), strict=True)
        kernel = np.stack([each[: max(lengths)] for each in kernels])[place]
        smoothed = _absolute(coefficients[chosen, : max(lengths)] * kernel, int(number), size)
        values[chosen] = smoothed / (np.einsum("rs,rs->r", density[chosen], np.stack(shares)[place]) + 0.0001 * number)
    return values


def _absolute(coefficients: np.ndarray, points: int, size: int) -> np.ndarray:
    """(rows,) sums of absolute values at the points of evaluation of functions with cosine coefficients (rows, kept).

    At points that mirror each other in 0.5, the even cosines are equal and the odd ones opposite, and
    abs(even + odd) + abs(even - odd) = 2 max(abs(even), abs(odd)).
    """
    kept = coefficients.shape[1]
    even, odd = (np.abs(coefficients[:, start::2] @ _cosines(points, kept, size, start)) for start in (0, 1))
    larger = np.maximum(even, odd, out=even)
    return 2 * larger.sum(axis=1) - (points % 2) * larger[:, -1]


@lru_cache(maxsize=_STEPS)
def _kernel(step: int, size: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Cosine coefficients (size,) of the Gaussian of bandwidth step / _STEPS, cut off at 0.5.

    With them (size,) the sum, over the points of evaluation, of a smoothed unit weight at each grid point; and the
    number of coefficients without the negligible tail.
    """
    bandwidth, period = step / _STEPS, 2 * (size - 1)
    kernel = np.zeros(period)
    kernel[(np.arange(size) - size // 2) % period] = np.exp(-((np.linspace(0, 1, size) - 0.5) ** 2) / 2 / bandwidth**2)
    found = np.fft.rfft(kernel).real / (np.sqrt(2 * np.pi) * bandwidth)
    left, share = _between(int(_points(bandwidth)), size)
    weights: np.ndarray = np.bincount(left, 1 - share, size) + np.bincount(left + 1, share, size)
    weights[1:-1] /= 2
    smoothed = np.fft.irfft(np.fft.rfft(np.r_[weights, weights[-2:0:-1]]) * found, period)[:size]
    smoothed[1:-1] *= 2
    return found, smoothed, int(np.flatnonzero(np.abs(found) > _NEGLIGIBLE * found[0])[-1]) + 1


@lru_cache(maxsize=128)
def _cosines(points: int, kept: int, size: int, start: int) -> np.ndarray:
    """Every second one of the first `kept` cosines at the points of evaluation up to 0.5, (cosines, points / 2).

    They are interpolated between those of the grid.
    """
    left, share = (each[: (points + 1) // 2] for each in _between(points, size))
    table = np.cos(np.pi * np.arange(2 * (size - 1)) / (size - 1))
    order = np.arange(start, kept, 2)[:, None]
    left_values, right_values = (table[order * at % len(table)] for at in (left, left + 1))
    return left_values * (1 - share) + right_values * share


def _points(bandwidth):
    """Numbers of points of evaluation at bandwidths."""
    return np.clip(np.rint(10 / bandwidth).astype(int), _EVALUATED, _MOST)


def _between(points: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The grid point on the left of each point of evaluation, and the weight of the one on its right."""
    place = np.linspace(0, 1, points) * (size - 1)
    left = place.astype(int).clip(0, size - 2)
    return left, place - left
