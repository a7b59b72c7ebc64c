"""Group targets by the families of their kinds."""

from collections.abc import Mapping

from .kinds import FAMILIES, KINDS


def by_family(kinds: Mapping[str, str]) -> dict[str, list[str]]:
    """Group targets (name -> kind) under the headings of FAMILIES, in that order, without empty groups."""
    groups = {
        heading: [target for target, kind in kinds.items() if KINDS[kind].family == family]
        for family, heading in FAMILIES.items()
    }
    return {heading: targets for heading, targets in groups.items() if targets}
