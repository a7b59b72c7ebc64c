"""Read the entities in the tags of a sentence: one reading for protecting, moving and scoring them.

Schemes: BIO (IOB2), IOB1, BIO without B, IO, IOE, BIOES, BILOU, BMES and BMEWO. A tag is `O`, or a letter, a hyphen and
a type. Tags without a letter (`NOUN`) are those of another task, as parts of speech.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

#: (type, first token, last token)
Entity = tuple[str, int, int]
#: The letters of all schemes, and what seqeval's default mode calls them: L and E end an entity; U, W and S are one.
_LETTERS = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S"}
OUTSIDE = ("O", "o")


def entities(tags: Sequence[str]) -> list[Entity]:
    """Return the entities of a sentence in their order, as seqeval's default mode finds them.

    An entity begins with its first tag, whatever the letter: I after O begins one (IOB1), and so does another type.
    Tags without a letter are read as XTREME and jiant read those of UDPOS, who hand the bare tags to seqeval: a run of
    one tag is one unit, but for tags that begin with S, which seqeval reads as units of one token. We do the same, with
    the tag's whole name as type, as the seqeval of their time (0.0.12) did; from 1.0 on it drops the first letter,
    which makes CCONJ and SCONJ one type. Beside O, a run of one tag is one entity, S or not.
    """
    # seqeval loads scikit-learn, which takes a second: nobody should pay for it who reads no tags.
    from seqeval.metrics.sequence_labeling import get_entities

    single = not marks_entities(tags)
    return get_entities([_as_seqeval(tag, single) for tag in tags])


def marks_entities(tags: Iterable[str]) -> bool:
    """Tell tags of entities from others: one of them is O, or has the letter of a scheme."""
    return any(tag in OUTSIDE or _letter(tag) for tag in tags)


def moved(tags: Sequence[str], origins: Sequence[int], known: Collection[str] | None = None) -> list[str] | None:
    """Return the tags of a sentence whose tokens moved, so that they give the entities it had before.

    origins: for each new token the number of the old one; the tokens of an entity still follow each other. Where an
    entity would go on in one of its type that now stands before it, B begins it. known: the tags that the data have;
    None: any. Returns None where no such tags exist, because the data have no B for that type.
    """
    new = [tags[old] for old in origins]
    if not marks_entities(tags):
        return new
    place = {old: now for now, old in enumerate(origins)}
    wanted = sorted((place[first], place[last], kind) for kind, first, last in entities(tags))
    if _places(new) == wanted:
        return new
    for (_, end, before), (start, _, kind) in pairwise(wanted):
        if start == end + 1 and kind == before and _letter(new[start]) == "I":
            new[start] = ("b" if new[start][0].islower() else "B") + new[start][1:]
    fits = known is None or set(new) <= set(known)
    return new if fits and _places(new) == wanted else None


def label_problem(labels: Sequence[str]) -> str | None:
    """Say why the labels of a tagging task cannot be read, or None where they can."""
    bare = [label for label in labels if label not in OUTSIDE and not _letter(label)]
    backwards = [label for label in bare if label[-2:-1] == "-" and label[-1] in _LETTERS]
    if marks_entities(labels) and (backwards or (bare and any(map(_letter, labels)))):
        return (
            f"labels: found {(backwards or bare)[0]!r} among tags of entities; each is O, or a letter of its scheme "
            "(B, I, E, S; B, I, L, U; B, M, E, S or W), a hyphen and a type, e.g. B-PER"
        )
    return None


def _letter(tag: str) -> str | None:
    """The letter by which seqeval knows a tag; None for a tag without one."""
    return _LETTERS.get(tag[0].upper()) if tag[1:2] == "-" and tag[2:] else None


def _as_seqeval(tag: str, single: bool) -> str:
    """A tag in the letters of seqeval; single: tags without a letter that begin with S are units of one token."""
    if tag in OUTSIDE:
        return "O"
    if letter := _letter(tag):
        return f"{letter}{tag[1:]}"
    return f"S-{tag}" if single and tag.startswith("S") else f"I-{tag}"


def _places(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    return [(first, last, kind) for kind, first, last in entities(tags)]
