"""Read the entities in the tags of a sentence, in one way wherever they are protected, moved or scored.

Schemes: BIO (IOB2), IOB1, BIO without B, IO, IOE, BIOES, BILOU, BMES and BMEWO. A tag is `O`, or a letter, a hyphen and
a type. Tags without a letter (`NOUN`) do not mark entities; they are parts of speech, for instance.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

#: (type, first token, last token)
Entity = tuple[str, int, int]
#: The letters of all schemes, and those of seqeval's default mode: L and E end an entity; U, W and S are a whole one.
_LETTERS = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S"}
OUTSIDE = ("O", "o")


def entities(tags: Sequence[str]) -> list[Entity]:
    """Return the entities of a sentence in their order, as seqeval's default mode finds them.

    An entity begins with its first tag, whatever the letter: I after O begins one (IOB1), and so does another type.

    Tags without a letter are read as in UDPOS, whose bare tags XTREME and jiant give to seqeval: a run of equal tags is
    one entity, but each tag that begins with S is an entity of its own. The type is the whole tag, as in seqeval 0.0.12
    of that time. From 1.0 on, seqeval drops the first letter, which makes CCONJ and SCONJ one type. If some tags are O,
    a run of equal tags is one entity, also if they begin with S.
    """
    # seqeval loads scikit-learn, which takes a second; jobs without tags should not wait for it.
    from seqeval.metrics.sequence_labeling import get_entities

    single = not marks_entities(tags)
    return get_entities([_as_seqeval(tag, single) for tag in tags])


def marks_entities(tags: Iterable[str]) -> bool:
    """Tell whether tags mark entities: one of them is O, or has the letter of a scheme."""
    return any(tag in OUTSIDE or _letter(tag) for tag in tags)


def moved(tags: Sequence[str], origins: Sequence[int], known: Collection[str] | None = None) -> list[str] | None:
    """Return the tags of a sentence whose tokens moved, so that it has the same entities as before.

    origins: for each new token, the number of the old one; the tokens of an entity still follow each other. If an
    entity now stands directly behind one of the same type, its first tag becomes B, which separates the two. known: the
    tags that occur in the data; None: any. Returns None if this needs a B that the data do not have for the type.
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
    """Describe why the labels of a tagging task cannot be read; None if they can."""
    bare = [label for label in labels if label not in OUTSIDE and not _letter(label)]
    backwards = [label for label in bare if label[-2:-1] == "-" and label[-1] in _LETTERS]
    if marks_entities(labels) and (backwards or (bare and any(map(_letter, labels)))):
        return (
            f"labels: found {(backwards or bare)[0]!r} among tags of entities; each is O, or a letter of its scheme "
            "(B, I, E, S; B, I, L, U; B, M, E, S or W), a hyphen and a type, e.g. B-PER"
        )
    return None


def _letter(tag: str) -> str | None:
    """Return the letter that a tag has in seqeval; None for a tag without one."""
    return _LETTERS.get(tag[0].upper()) if tag[1:2] == "-" and tag[2:] else None


def _as_seqeval(tag: str, single: bool) -> str:
    """Write a tag with seqeval's letters. single: a tag that begins with S and has no letter is a whole entity."""
    if tag in OUTSIDE:
        return "O"
    if letter := _letter(tag):
        return f"{letter}{tag[1:]}"
    return f"S-{tag}" if single and tag.startswith("S") else f"I-{tag}"


def _places(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    return [(first, last, kind) for kind, first, last in entities(tags)]
