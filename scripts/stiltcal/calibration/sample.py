"""Check predictions, sort them, and round them to numbers whose sums are exact."""

from typing import NamedTuple

import numpy as np

#: Values that are all smaller than this are 0: the steps of a grid for them could not be represented.
_NOTHING = 1e-200


#: The most by which sums in single precision miss a probability.
_ROUNDING = 1e-6


class Sample(NamedTuple):
    """Units sorted by confidence, then correctness, then cluster: (n,) each. Clusters are 0 .. n_clusters - 1."""

    confidence: np.ndarray
    correct: np.ndarray
    cluster: np.ndarray
    n_clusters: int


def make_sample(confidence, correct, cluster=None, n_clusters: int | None = None) -> Sample:
    """Return a sample of confidence (n,) in [0, 1], correct (n,) bool or 0/1 and cluster (n,), None: every unit its
    own.

    The order of the rows makes no difference to the result. `cluster` holds names, or numbers below `n_clusters` where
    several samples share their clusters. Raises ValueError that says what is wrong: no units, unequal lengths, a
    confidence that is NaN or outside [0, 1], a correctness that is neither 0 nor 1.
    """
    confidence = checked_confidence(confidence)
    correct = checked_correct(correct)
    if len(confidence) != len(correct):
        raise ValueError(f"{len(confidence)} confidences and {len(correct)} values of correct; they must be as many")
    if cluster is None:
        order = np.lexsort((correct, confidence))
        return Sample(confidence[order], correct[order], np.arange(len(order)), len(order))
    if len(cluster) != len(confidence):
        raise ValueError(f"{len(confidence)} confidences and {len(cluster)} clusters; they must be as many")
    if n_clusters is None:
        names, cluster = np.unique(np.asarray(cluster), return_inverse=True)
        n_clusters = len(names)
    order = np.lexsort((cluster, correct, confidence))
    return Sample(confidence[order], correct[order], np.asarray(cluster)[order], n_clusters)


def first_of_equals(values: np.ndarray) -> np.ndarray:
    """Return the place of the first of every distinct value, of sorted ones (n,) that are not negative."""
    return np.flatnonzero(np.diff(values, prepend=-1))


def checked_confidence(confidence) -> np.ndarray:
    """Return (n >= 1,) floats in [0, 1], read as `decimals` does; 1e-6 outside is rounding. Raises ValueError."""
    values = _inside(decimals(confidence))
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"confidence has shape {values.shape}; it must be (n,) with n >= 1")
    bad = ~((values >= 0) & (values <= 1))
    if bad.any():
        hint = "; divide percentages by 100" if values.min() >= 0 and 1.5 < values.max() <= 100 else ""
        raise ValueError(f"confidence {values[bad][0]} (row {int(bad.argmax())}) is not a probability in [0, 1]{hint}")
    return values


def decimals(values) -> np.ndarray:
    """Convert to double precision; those of single or half precision as the shortest decimals that they stand for.

    Single precision has 0.20000000298 for 0.2, which lies above the edge of a bin. A value that single precision has
    exactly is taken for one of it, also if it was written in double precision. None changes by more than 3e-8 (half
    precision: 2.5e-4).
    """
    values = np.asarray(values)
    kind = np.float16 if values.dtype == np.float16 else np.float32
    values = values.astype(float, order="C")
    flat = values.reshape(-1)
    with np.errstate(over="ignore", invalid="ignore"):  # what is no probability is refused later
        short = flat.astype(kind)
        left = np.flatnonzero(short == flat)
        for places in range(1, 10):
            if not len(left):
                break
            rounded = np.round(flat[left], places)
            fits = rounded.astype(kind) == short[left]
            flat[left[fits]] = rounded[fits]
            left = left[~fits]
    return values


def checked_probabilities(probabilities) -> np.ndarray:
    """Return (n, k) floats in [0, 1] whose rows sum to 1; raises ValueError that names the row and its sum.

    Those rounded to two to six decimals may miss 1 by half a unit of the last one for each class, up to 0.05; others by
    1e-6, in half precision 1e-3.
    """
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 2:
        raise ValueError(f"probabilities have shape {probabilities.shape}; it must be (n, k)")
    values = _inside(decimals(probabilities))
    bad = ~((values >= 0) & (values <= 1))
    if bad.any():
        row, label = np.argwhere(bad)[0]
        raise ValueError(f"{values[row, label]} (row {row}) is not a probability in [0, 1]")
    off = np.abs(values.sum(axis=1) - 1)
    rounding = min(0.05, values.shape[1] * _rounding(values))
    allowed = max(1e-3 if probabilities.dtype == np.float16 else _ROUNDING, rounding)
    if (off > allowed + 1e-9).any():
        row = int(off.argmax())
        sums = f"{values[row].sum():.6g}; from {1 - allowed:.6g} to {1 + allowed:.6g} is allowed"
        raise ValueError(f"the probabilities of row {row} do not sum to 1 but to {sums}")
    return values


def _inside(values: np.ndarray) -> np.ndarray:
    """Values in [0, 1], those that rounding has put outside at its end."""
    ends = np.clip(values, 0.0, 1.0)
    return np.where(np.abs(values - ends) <= _ROUNDING, ends, values)


def _rounding(values: np.ndarray) -> float:
    """The most by which rounding has changed values that have two to six decimals; 0 for those that have more."""
    return next((0.5 * 10.0**-places for places in range(2, 7) if (np.round(values, places) == values).all()), 0.0)


def checked_correct(correct) -> np.ndarray:
    """Return (n,) floats 0.0 and 1.0; raises ValueError."""
    values = np.asarray(correct, dtype=float)
    bad = (values != 0) & (values != 1)
    if values.ndim != 1 or bad.any():
        found = f"{values[bad][0]} (row {int(bad.argmax())})" if bad.any() else f"shape {values.shape}"
        raise ValueError(f"correct has {found}; it must be (n,) of true or false")
    return values


def exact(values: np.ndarray, count: int) -> np.ndarray:
    """Round `values` to a binary grid on which every sum of up to `count` of them is exact in double precision.

    Sums then depend neither on the order of their terms nor on how they are cut into pieces, so row order, chunking and
    the number of threads change no digit. The grid step is max|values| * count / 2**52: at a million confidences the
    rounding is below 1.2e-10 for each, and far less in their mean.
    """
    largest = np.abs(values).max(initial=0.0)
    if largest < _NOTHING:
        return np.zeros_like(values)
    step = 2.0 ** (np.ceil(np.log2(largest * count)) - 52)
    return np.round(values / step) * step
