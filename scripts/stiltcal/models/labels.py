"""Find the labels that items have."""

from collections.abc import Sequence

from ..tasks.kinds import KINDS


def labels_of(kind: str, items: Sequence[dict]) -> tuple[str, ...]:
    """Return the labels of items, sorted; none for a kind without labels."""
    field = KINDS[kind].label_field
    if field is None:
        return ()
    if KINDS[kind].is_tokenized:
        return tuple(sorted({tag for item in items for tag in item[field]}))
    return tuple(sorted({item[field] for item in items}))
