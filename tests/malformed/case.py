"""Malformed input: one case each, and the ways in which its generators spoil what is right."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

#: Names that lead out of a folder, into a shell, or into the wildcards of a workflow.
HOSTILE = (
    *("../../etc/passwd", "..", "/etc/passwd", "~/x", "a/b", "..\\..\\x", "a\nb", "", " ", "a\0b", "\x1b[31mred"),
    *("%2e%2e/x", "$HOME", "$(touch executed)", "`touch executed`", "; touch executed", "{language}", "<results>"),
    *("\\input{/etc/passwd}", "\\write18{touch executed}", "<script>alert(1)</script>", "<img src=x onerror=y>", "a&b"),
    *("None", "x" * 100_000, "\u202etxt", "sq\u00faad_v1", "\uff4dnli"),
)


class Answer(NamedTuple):
    """What a program says to an input. status: 0 if it accepts it. text: all that it prints for people."""

    status: int
    text: str


@dataclass(frozen=True)
class Case:
    """A malformed input.

    give: writes it to an empty folder, gives it to the program there, and returns the answer. words: parts of the
    answer that name the place: the file, and key, column, row or line.
    """

    family: str
    name: str
    give: Callable[[Path], Answer]
    words: tuple[str, ...]

    @property
    def id(self) -> str:
        """The name of the test."""
        return f"{self.family}: {self.name}"


def misspelt(word: str, rng: random.Random) -> str:
    """Drop, double or swap a letter in the middle of a word (of a short word, double the last) to get another."""
    if len(word) < 4:
        return word + word[-1]
    while True:
        place = rng.randrange(1, len(word) - 1)
        changed = rng.choice(
            [
                word[:place] + word[place + 1 :],
                word[:place] + word[place] + word[place:],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            ]
        )
        if changed != word:
            return changed


def shown(name: str) -> str:
    """The start of a name as messages show it: escaped, without quotes."""
    return repr(name)[1:-1][:20]
