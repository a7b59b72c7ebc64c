"""Read the names of intermediate phases: a task or the mix of tasks, variants of it, and chains of phases.

    squad_v1                  a task of its own, or `multi`
    squad_v1+translated       with translations of its training items
    squad_v1+mlm              with masked language modelling between its updates
    mnli-then-squad_v1        two phases, one after the other; each may have variants

Names are parts of paths and go through Snakemake's wildcards, shells, LaTeX and HTML. `+` and `-` mean nothing to any
of them (`>` redirects, `:` divides lists of paths, `&` and `%` belong to LaTeX, `=` begins options), and neither is
allowed in the name of a task. A phase has one spelling: its variants stand in the order of VARIANTS.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ..support.messages import suggestion

#: The intermediate phase that trains on the mix of several tasks, and the one that trains on nothing.
MULTI, NONE = "multi", "none"
TRANSLATED, MLM = "translated", "mlm"
VARIANTS = (TRANSLATED, MLM)
_THEN, _WITH = "-then-", "+"


@dataclass(frozen=True)
class Phase:
    """One phase of intermediate training. task: its task, or `multi`. variants: some of VARIANTS."""

    task: str
    variants: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The one spelling of the phase."""
        return _WITH.join([self.task, *sorted(self.variants, key=VARIANTS.index)])

    @property
    def is_translated(self) -> bool:
        """True if the phase also trains on translations of its items."""
        return TRANSLATED in self.variants

    @property
    def has_mlm(self) -> bool:
        """True if masked language modelling goes on during the phase."""
        return MLM in self.variants


def chain(intermediate: str) -> list[Phase]:
    """Return the phases of an intermediate by its name, in their order; [] for `none`."""
    if intermediate == NONE:
        return []
    parts = [phase.split(_WITH) for phase in intermediate.split(_THEN)]
    return [Phase(task, tuple(variants)) for task, *variants in parts]


def chain_name(phases: Iterable[Phase]) -> str:
    """Return the name of an intermediate by its phases; `none` without any."""
    return _THEN.join(phase.name for phase in phases) or NONE


def name_problem(intermediate: str, tasks: list[str]) -> str | None:
    """Return the reason why a name is none of an intermediate; None if it is one.

    tasks: those allowed, without `multi`. A phase must not occur twice in a chain: that would be one longer training.
    """
    allowed = [NONE, *tasks, MULTI]
    phases = chain(intermediate)
    for phase in phases:
        of_chain = f" in {intermediate!r}" if phase.task != intermediate else ""
        if phase.task == NONE:
            return f"{intermediate!r}: none trains on nothing; it has no variants, and is no part of a chain"
        if phase.task not in allowed:
            rule = f"; a phase may have {' and '.join(map(repr, (_WITH + name for name in VARIANTS)))}"
            hint = suggestion(phase.task, allowed)
            return f"unknown {phase.task!r}{of_chain}{hint}; allowed: {', '.join(allowed)}{rule}, a chain '{_THEN}'"
        for variant in phase.variants:
            if variant not in VARIANTS:
                hint = suggestion(variant, VARIANTS)
                return f"unknown variant {variant!r}{of_chain}{hint}; allowed: {', '.join(VARIANTS)}"
    if any(len(set(phase.variants)) < len(phase.variants) for phase in phases):
        return f"{intermediate!r} names a variant twice"
    if (name := chain_name(phases)) != intermediate:
        return f"{intermediate!r} is written {name!r}; a model has one name"
    if twice := [phase.name for phase in phases if phases.count(phase) > 1]:
        return f"{intermediate!r}: {twice[0]} occurs twice; the phases of a chain differ"
    return None
