"""Hold the inputs of a finding: the grid and hypotheses of a study, and its result tables."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from ..tasks.kinds import KINDS


class Scope(NamedTuple):
    """The grid of a study, its declared hypotheses, and the metric, scaling and seed of the finding.

    targets: `kind` and `metrics` by name. hypotheses: as the configuration declares them (families and classes with
    their members, metric, scaling, margin, level, resamples). controls: perturbations that need not preserve meaning.
    lexical: perturbations that change words alone, which the question is not about. external: systems that are not
    ours; the question is not about them either.
    """

    intermediates: Sequence[str]
    targets: Mapping[str, dict]
    perturbations: Sequence[str]
    source_language: str
    seed: str
    metric: str
    scaling: str
    hypotheses: Mapping
    controls: Sequence[str] = ()
    lexical: Sequence[str] = ()
    external: Sequence[str] = ()

    @property
    def trained(self) -> list[str]:
        """The intermediate phases but `none`; [] if the study compares no models."""
        return [name for name in self.intermediates if name != "none"]

    @property
    def other_scaling(self) -> str:
        """The scaling that the finding reports beside its own: `source` for `none`, else `none`."""
        return "source" if self.scaling == "none" else "none"

    @property
    def leading(self) -> dict[str, str]:
        """The leading task metric of each target."""
        return {target: task["metrics"][0] for target, task in self.targets.items()}

    @property
    def guard(self) -> dict[str, str]:
        """The metric of each target that is compared with chance level."""
        return {target: KINDS[task["kind"]].guard for target, task in self.targets.items()}


class Tables(NamedTuple):
    """The result tables of a study, as `formats.results.read_table` returns them."""

    primary: pd.DataFrame
    contrasts: pd.DataFrame
    scores: pd.DataFrame
    comparisons: pd.DataFrame
    hierarchy: pd.DataFrame
    strength: pd.DataFrame

    def without(self, systems: Sequence[str]) -> "Tables":
        """Leave out the rows of some systems."""
        return Tables(*(t[~t.intermediate.isin(systems)] if "intermediate" in t else t for t in self))

    @property
    def one_seed(self) -> bool:
        """True if one training seed was run; statements are then about the trained models."""
        return self.scores.seed[self.scores.seed != "all"].nunique() == 1

    @property
    def seed_sentence(self) -> str:
        """Say what statements are about if one training seed was run; "" if several were."""
        return "One training seed was run: every statement is about these trained models." if self.one_seed else ""


def with_digest(hypotheses: Mapping) -> dict:
    """Return the hypotheses with their `digest`: SHA-256 of their JSON with sorted keys and without spaces."""
    text = json.dumps(hypotheses, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**hypotheses, "digest": hashlib.sha256(text.encode("utf-8")).hexdigest()}
