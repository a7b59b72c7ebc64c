"""Read the entities in the tags of a sentence, in one way wherever they are protected, moved or scored.

Schemes: BIO (IOB2), IOB1, BIO without B, IO, IOE, BIOES, BILOU, BMES and BMEWO. A tag is `O`, or a letter, a hyphen and
a type. Tags without a letter (`NOUN`) do not mark entities; they are parts of speech, for instance.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

#: (type, first token, last token)
Entity = tuple[str, int, int]
#: The letters of all schemes, and those of seqeval's default mode: L and E end an entity; U, W and S are a whole one.
_LETTERS = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S"}
OUTSIDE = ("O", "o")
#: A type with a scheme's letter in another form (`B_PER`, `PER-B`), and a letter without a type.
_SEPARATED = re.compile("(?P<first>[BIMELSUW])[_:/.\u2013](?P<of>.+)|(?P<type>.+)[-_:/.\u2013](?P<last>[BIMELSUW])")
_LONE = re.compile("[BI][-_:/.\u2013]?")


def entities(tags: Sequence[str], known: Collection[str] = ()) -> list[Entity]:
    """Return the entities of a sentence in their order, as seqeval's default mode finds them.

    An entity begins with its first tag, whatever the letter: I after O begins one (IOB1), and so does another type.

    Tags without a letter are read as in UDPOS, whose bare tags XTREME and jiant give to seqeval: a run of equal tags is
    one entity, but each tag that begins with S is an entity of its own. The type is the whole tag, as in seqeval 0.0.12
    of that time. From 1.0 on, seqeval drops the first letter, which makes CCONJ and SCONJ one type. If some tags are O,
    a run of equal tags is one entity, also if they begin with S. known: other tags of the data, of which O may be one.
    """
    # seqeval loads scikit-learn, which takes a second; jobs without tags should not wait for it.
    from seqeval.metrics.sequence_labeling import get_entities

    single = not marks_entities([*known, *tags])
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
    others = known or ()
    if not marks_entities([*others, *tags]):
        return new
    place = {old: now for now, old in enumerate(origins)}
    wanted = sorted((place[first], place[last], kind) for kind, first, last in entities(tags, others))
    if _places(new, others) == wanted:
        return new
    for (_, end, before), (start, _, kind) in pairwise(wanted):
        if start == end + 1 and kind == before and _letter(new[start]) == "I":
            new[start] = ("b" if new[start][0].islower() else "B") + new[start][1:]
    fits = known is None or set(new) <= set(known)
    return new if fits and _places(new, others) == wanted else None


def label_problem(labels: Collection[str]) -> str | None:
    """Describe why the labels of a tagging task cannot be read; None if they can.

    Labels that look like those of a scheme in another form (`B_PER`, `PER-B`, `BPER`, a lone `B`) would be read as
    types, and tear entities apart.
    """
    bare = [label for label in labels if label not in OUTSIDE and not _letter(label)]
    mixed = bare if any(map(_letter, labels)) else []
    if wrong := [*mixed, *_other_forms(bare, marks_entities(labels))]:
        return (
            f"labels: found {wrong[0]!r} among tags of entities; each is O, or a letter of its scheme "
            "(B, I, E, S; B, I, L, U; B, M, E, S or W), a hyphen and a type, e.g. B-PER"
        )
    return None


def _other_forms(bare: Collection[str], is_entities: bool) -> Iterator[str]:
    """Yield labels without a scheme's letter and hyphen that mean entities all the same.

    is_entities: O is among the labels. Without it, B and I of one type are needed: a part of speech or a supertag
    (`S/NP`) may have such a name.
    """
    letters: dict[str, set[str]] = {}
    forms = {label: form for label in bare if (form := _SEPARATED.fullmatch(label))}
    for form in forms.values():
        letters.setdefault(form["of"] or form["type"], set()).add(form["first"] or form["last"])
    for label, form in forms.items():
        if is_entities or letters[form["of"] or form["type"]] >= {"B", "I"}:
            yield label
    if is_entities:
        fused = (label for label in bare if label[0] in "BI" and {f"B{label[1:]}", f"I{label[1:]}"} <= set(bare))
        yield from (*(label for label in bare if _LONE.fullmatch(label)), *fused)


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


def _places(tags: Sequence[str], known: Collection[str]) -> list[tuple[int, int, str]]:
    return [(first, last, kind) for kind, first, last in entities(tags, known)]
