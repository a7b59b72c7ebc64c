"""Change the case of the first letter of a word, by the rules of its language.

Python changes case without regard to the language. The rules of single languages come from Unicode (SpecialCasing.txt)
and CLDR (title case in nl, lt and hy). PyICU has both, but no wheels. Scripts without case stay unchanged.
"""

from unicodedata import normalize

_DOT = "\N{COMBINING DOT ABOVE}"
#: Turkish, Azerbaijani, Crimean Tatar and Gagauz distinguish a dotted and a dotless i.
_TURKIC = {f"i{_DOT}": "İ", "i": "İ", "ı": "I"}, {f"I{_DOT}": "i", "İ": "i", "I": "ı"}
#: Dutch treats ij as one letter, which may carry two accents. No single character exists for j with an acute.
_ACUTE = "\N{COMBINING ACUTE ACCENT}"
_DUTCH = {small: small.upper() for small in (f"íj{_ACUTE}", f"i{_ACUTE}j{_ACUTE}", "íj", f"i{_ACUTE}j", "ij")}
#: Lithuanian i and j keep their dot below another accent; the capitals have none.
_LITHUANIAN = {f"{i}{_DOT}{accent}": f"{i.upper()}{accent}" for i in "ijį" for accent in "\u0300\u0301\u0303"}
_LITHUANIAN_CAPITALS = {capital: small for small, capital in _LITHUANIAN.items()}
_LITHUANIAN_CAPITALS |= {normalize("NFC", capital): small for small, capital in _LITHUANIAN.items()}
#: By language: capital of each small letter, and small letter of each capital, where Python gives another one.
_RULES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    **dict.fromkeys(("tr", "az", "crh", "gag"), _TURKIC),
    "nl": (_DUTCH, {capital: small for small, capital in _DUTCH.items()}),
    "lt": ({small: normalize("NFC", capital) for small, capital in _LITHUANIAN.items()}, _LITHUANIAN_CAPITALS),
    "hy": ({"և": "Եվ"}, {}),  # `and`: a ligature without a capital
}
_NO_RULES: tuple[dict[str, str], dict[str, str]] = ({}, {})
#: Short words after an apostrophe that stay small at the beginning of a sentence: the next word has the capital.
_CLITICS = {"nl": frozenset("d k m n r s t".split()), "af": frozenset("k n s t".split())}
_APOSTROPHES = "'’‘`ʼ"


def is_capital(character: str) -> bool:
    """Tell whether a character is a capital or a digraph that begins with one (`ǅ` in Croatian)."""
    return character.isupper() or character.istitle()


def only_first_is_capital(form: str, language: str) -> bool:
    """Tell whether the first letter of a word is a capital and all others are small. `form` is not empty."""
    first = _prefix(form, _RULES.get(language, _NO_RULES)[1]) or form[0]
    return is_capital(form[0]) and not any(map(is_capital, form[len(first) :]))


def with_capital(form: str, language: str) -> str:
    """Return a word with a capital first letter.

    The word stays unchanged where the capital is more than one character (`ß`). `form` is not empty.
    """
    return _recased(form, _RULES.get(language, _NO_RULES)[0], form[0].title())


def without_capital(form: str, language: str) -> str:
    """Return a word with a small first letter. `form` is not empty."""
    if language == "hy" and form == "Եվ":
        return "և"
    return _recased(form, _RULES.get(language, _NO_RULES)[1], form[0].lower())


def is_clitic(form: str, before: str, language: str) -> bool:
    """Tell whether a word stays small at the beginning of a sentence (`'s` in Dutch).

    before: punctuation directly before the word, or "".
    """
    if language == "af" and form == "ŉ":
        return True
    written = before + form
    return written[0] in _APOSTROPHES and written[1:].lower() in _CLITICS.get(language, ())


def _recased(form: str, special: dict[str, str], first: str) -> str:
    """Replace the first letter by the rules in `special`, or else by `first` if that is one character."""
    if prefix := _prefix(form, special):
        return special[prefix] + form[len(prefix) :]
    return first + form[1:] if len(first) == 1 else form


def _prefix(form: str, letters: dict[str, str]) -> str:
    """Return the first of `letters` that begins the form, or "". Longer letters come first in `letters`."""
    return next((letter for letter in letters if form.startswith(letter)), "")
