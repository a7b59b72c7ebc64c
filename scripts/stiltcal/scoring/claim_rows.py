"""Rows of gains.csv, best_per_target.csv and claims.csv: gains by intermediate, the best of each target, verdicts."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from ..calibration.combinations import combine, mean
from ..calibration.estimate import Estimate, effect_interval, p_value
from ..formats.results import ALL, BEST, BEST_PER_TARGET, CLAIMS
from .claims import ABOVE, Claim, Contrast
from .effects import NONE
from .gains import DevScores, TargetGains
from .simultaneous import max_t

HOLDS, CONTRADICTED = "holds here", "contradicted here"
INCONCLUSIVE, NOT_TESTABLE = "inconclusive", "not testable"


class Choice(NamedTuple):
    """The intermediate with the best dev score; the next one, if there is any; how many share the best score."""

    intermediate: str
    runner_up: str | None
    tied: int


def choose(dev: Mapping[str, float], candidates: Sequence[str]) -> Choice:
    """Choose by dev scores; of equal ones, the first of the candidates."""
    ranked = sorted(candidates, key=lambda name: -dev[name])
    tied = sum(dev[name] == dev[ranked[0]] for name in candidates)
    return Choice(ranked[0], ranked[1] if ranked[1:] else None, tied)


class Results(NamedTuple):
    """Gains, dev scores and choices of all targets, by target; without candidates there are no choices."""

    tests: Mapping[str, TargetGains]
    devs: Mapping[str, DevScores]
    choices: Mapping[str, Choice]

    def source(self, intermediate: str, target: str) -> str:
        """The intermediate behind a row: of the best per target, the one that was chosen."""
        return self.choices[target].intermediate if intermediate == BEST else intermediate

    def gain(self, intermediate: str, target: str) -> Estimate:
        """The gain of an intermediate, or of the best one, on a target."""
        return self.tests[target].gains[self.source(intermediate, target)]

    def estimate(self, contrast: Contrast) -> Estimate:
        """The value of a contrast."""
        return combine(list(contrast.values()), [self.gain(*gain) for gain in contrast])


def gain_rows(found: Results, intermediates: Sequence[str]) -> Iterator[dict]:
    """Yield a row for each target and one for their mean, by intermediate; `none` has scores and no gain."""
    for name in [*intermediates, *([BEST] if found.choices else [])]:
        rows = [_gain_row(found, name, target) for target in found.tests]
        gains = [] if name == NONE else [found.gain(name, target) for target in found.tests]
        yield from rows
        yield {
            "intermediate": name,
            "target": ALL,
            "chosen": None,
            "dev_score": fmean(row["dev_score"] for row in rows),
            "score": fmean(row["score"] for row in rows),
            **_interval(mean(gains) if gains else None),
            "n": sum(row["n"] for row in rows),
            "languages": None,
        }


def _gain_row(found: Results, name: str, target: str) -> dict:
    source, test = found.source(name, target), found.tests[target]
    return {
        "intermediate": name,
        "target": target,
        "chosen": source if name == BEST else None,
        "dev_score": found.devs[target].scores[source],
        "score": float(test.scores[source].centre),
        **_interval(None if name == NONE else test.gains[source]),
        "n": test.n,
        "languages": test.languages,
    }


def _interval(estimate: Estimate | None) -> dict[str, float | None]:
    """Estimate, pointwise 95 % interval and p; None for no estimate."""
    if estimate is None:
        return dict.fromkeys(("estimate", "low", "high", "p"))
    low, high = effect_interval(estimate)
    return {
        "estimate": float(estimate.centre),
        "low": float(low),
        "high": float(high),
        "p": float(p_value(estimate)),
    }


def best_rows(found: Results) -> Iterator[dict]:
    """Yield the choice and the gain of each target, then the mean gain over all; nothing without choices."""
    for target, choice in found.choices.items():
        dev = found.devs[target]
        yield {
            "target": target,
            "intermediate": choice.intermediate,
            "dev_score": dev.scores[choice.intermediate],
            "tied": choice.tied,
            "runner_up": choice.runner_up,
            "runner_up_dev_score": None if choice.runner_up is None else dev.scores[choice.runner_up],
            "dev_n": dev.n,
            **_interval(found.gain(BEST, target)),
            "n": found.tests[target].n,
        }
    if found.choices:
        gains = mean([found.gain(BEST, target) for target in found.choices])
        n = {"dev_n": sum(each.n for each in found.devs.values()), "n": sum(each.n for each in found.tests.values())}
        yield {**dict.fromkeys(BEST_PER_TARGET), "target": ALL, **_interval(gains), **n}


def claim_rows(claims: Sequence[Claim], found: Results, level: float, seeds: int) -> list[dict]:
    """Return one row for each claim. Intervals are simultaneous over all claims that can be tested.

    That is over their contrasts (`max_t`): the least of several parts lies between the least of their lower and the
    least of their upper ends.
    """
    estimates = [found.estimate(contrast) for claim in claims if claim.parts for contrast in claim.contrasts]
    together = max_t(estimates, level) if estimates else None
    rows, first = [], 0
    for claim in claims:
        row = dict.fromkeys(CLAIMS) | {"claim": claim.name, "statistic": claim.how, "says": claim.says}
        row |= {"limit": claim.limit, "level": level, "verdict": NOT_TESTABLE, "reason": claim.reason, "seeds": seeds}
        if claim.parts and together:
            last = first + len(claim.contrasts)
            low, high = float(min(together.low[first:last])), float(min(together.high[first:last]))
            estimate = min(float(each.centre) for each in estimates[first:last])
            row |= {"estimate": estimate, "low": low, "high": high, "verdict": _verdict(claim, low, high)}
            row |= _parts(claim, found)
            first = last
        rows.append(row)
    return rows


def _verdict(claim: Claim, low: float, high: float) -> str:
    above, below = low > claim.limit, high < claim.limit
    if not (above or below):
        return INCONCLUSIVE
    return HOLDS if above == (claim.says == ABOVE) else CONTRADICTED


def _parts(claim: Claim, found: Results) -> dict:
    """The number of parts, how many of their estimates are as claimed, and what they compare."""
    values = [float(found.estimate(part).centre) for part in claim.parts]
    as_claimed = [value > claim.limit if claim.says == ABOVE else value < claim.limit for value in values]
    names, targets = (dict.fromkeys(gain[k] for part in claim.parts for gain in part) for k in (0, 1))
    return {
        "parts": len(values),
        "parts_as_claimed": sum(as_claimed),
        "intermediates": " ".join(names),
        "targets": " ".join(targets),
    }
