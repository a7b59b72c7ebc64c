"""Define the published claims about intermediate-task training (Phang et al. 2020) as contrasts of gains.

docs/claims.md has the definitions in words.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..formats.results import BEST
from ..tasks.phases import MLM, MULTI, NONE, TRANSLATED, Phase, chain

#: A gain in task score below this is none: one point.
NO_GAIN = 0.01
#: The tasks that help most; the two versions of SQuAD count as one.
LEADING = (("squad_v1", "squad_v2"), ("mnli",), ("hellaswag",))
RETRIEVAL = ("bucc", "tatoeba")
MEAN, LEAST = "mean", "least"
ABOVE, BELOW = "above", "below"

Contrast = dict[tuple[str, str], float]
"""Coefficients of the gains of intermediates on targets."""


class Untestable(Exception):
    """A study lacks what a claim is about; the message says what."""


class Claim(NamedTuple):
    """A claim: the mean of its `parts`, or the least of them, is above or below a limit.

    parts: contrasts, without any if the study cannot test the claim; `reason` says why.
    """

    name: str
    parts: list[Contrast]
    how: str = MEAN
    says: str = ABOVE
    limit: float = 0.0
    reason: str = ""

    @property
    def contrasts(self) -> list[Contrast]:
        """The contrasts that decide: the mean of the parts, or each part."""
        return self.parts if self.how == LEAST else [total([(1 / len(self.parts), part) for part in self.parts])]


def total(terms: Iterable[tuple[float, Contrast]]) -> Contrast:
    """Add contrasts times their coefficients."""
    found: Contrast = {}
    for weight, contrast in terms:
        for gain, coefficient in contrast.items():
            found[gain] = found.get(gain, 0.0) + weight * coefficient
    return found


def english(intermediates: Iterable[str]) -> list[str]:
    """Select single phases in the source language alone: tasks and their mix, without variants and chains."""
    phases = {name: chain(name) for name in intermediates if name != NONE}
    return [name for name, found in phases.items() if len(found) == 1 and not found[0].variants]


def claims_of(intermediates: Sequence[str], targets: Sequence[str]) -> list[Claim]:
    """Return all claims, in the order of docs/claims.md, for the grid of a study."""
    grid = _Grid(intermediates, targets)
    asked: tuple[tuple[str, Callable[[], list[Contrast]], dict[str, Any]], ...] = (
        ("leading_tasks", grid.leading_tasks, {}),
        ("mix", grid.mix, {"how": LEAST}),
        ("retrieval", grid.retrieval, {}),
        ("tydiqa", lambda: grid.target("tydiqa"), {}),
        ("xnli", lambda: grid.target("xnli"), {"says": BELOW, "limit": NO_GAIN}),
        (BEST, grid.best, {}),
        ("against_mlm", lambda: grid.against(MLM), {}),
        ("against_translation", lambda: grid.against(TRANSLATED), {}),
    )
    found = []
    for name, parts, options in asked:
        try:
            found.append(Claim(name, parts(), **options))
        except Untestable as error:
            found.append(Claim(name, [], **options, reason=str(error)))
    return found


class _Grid:
    """The parts of each claim; raises Untestable."""

    def __init__(self, intermediates: Sequence[str], targets: Sequence[str]):
        self.intermediates, self.targets = intermediates, targets
        self.english = english(intermediates)
        self.single = [name for name in self.english if name != MULTI]

    def _mean(self, intermediates: Sequence[str], targets: Sequence[str]) -> Contrast:
        """The mean gain over intermediates and targets."""
        number = len(intermediates) * len(targets)
        return {(name, target): 1 / number for name in intermediates for target in targets}

    def _difference(self, name: str, other: Sequence[str]) -> Contrast:
        """The mean gain over all targets with an intermediate, minus that with others."""
        return total([(1, self._mean([name], self.targets)), (-1, self._mean(other, self.targets))])

    def _trained(self) -> list[str]:
        if not self.english:
            raise Untestable("the study has no intermediate task in the source language alone")
        return self.english

    def leading_tasks(self) -> list[Contrast]:
        """Each leading task against the mean of the other single tasks."""
        groups = [[name for name in group if name in self.single] for group in LEADING]
        lacking = [" and ".join(group) for group, there in zip(LEADING, groups, strict=True) if not there]
        others = [name for name in self.single if not any(name in group for group in LEADING)]
        if lacking:
            raise Untestable(f"the study lacks {', '.join(lacking)}")
        if not others:
            raise Untestable("the study has no other single task to compare with")
        return [total([(1 / len(group), self._difference(name, others)) for name in group]) for group in groups]

    def mix(self) -> list[Contrast]:
        """The mix against each single task."""
        if MULTI not in self.english or not self.single:
            lacks = "the mix (multi)" if MULTI not in self.english else "single tasks"
            raise Untestable(f"the study lacks {lacks}")
        return [self._difference(MULTI, [name]) for name in self.single]

    def retrieval(self) -> list[Contrast]:
        """Retrieval and mining against the other targets, for each intermediate."""
        lacking = [target for target in RETRIEVAL if target not in self.targets]
        others = [target for target in self.targets if target not in RETRIEVAL]
        if lacking:
            raise Untestable(f"the study lacks {', '.join(lacking)}")
        if not others:
            raise Untestable("the study has no other target to compare with")
        means = [(self._mean([name], RETRIEVAL), self._mean([name], others)) for name in self._trained()]
        return [total([(1, here), (-1, there)]) for here, there in means]

    def target(self, target: str) -> list[Contrast]:
        """The gain of one target, for each intermediate."""
        if target not in self.targets:
            raise Untestable(f"the study lacks {target}")
        return [{(name, target): 1.0} for name in self._trained()]

    def best(self) -> list[Contrast]:
        """The gain of each target with its best intermediate task."""
        self._trained()
        return [{(BEST, target): 1.0} for target in self.targets]

    def against(self, variant: str) -> list[Contrast]:
        """Each phase in the source language alone against the same with a variant, where the study has both."""
        names = [(name, Phase(chain(name)[0].task, (variant,)).name) for name in self.english]
        pairs = [(name, other) for name, other in names if other in self.intermediates]
        if not pairs:
            raise Untestable(f"the study has no task both with and without +{variant}")
        return [self._difference(name, [other]) for name, other in pairs]
