"""State what the checks of the data found: parsers, texts that training and evaluation share, and unknown tokens."""

from typing import NamedTuple

import pandas as pd

from .labels import perturbation_label, target_label
from .quotes import Quotes, listing

#: Columns of contamination.csv, and what they count.
_OVERLAPS = {"exact": "the same texts", "near": "near-duplicates", "same_article": "paragraphs of the same articles"}
#: Largest share of unknown tokens in a cell that needs no warning.
_UNKNOWN = 0.05


class Checks(NamedTuple):
    """Quality checks of a study: tables, each None if the study has none.

    parsers: accuracy of the parsers of its trees. contamination: of its test and dev sets. unknown_tokens: share of
    unknown tokens by cell. parsed: True if parsers made the trees.
    """

    parsers: pd.DataFrame | None = None
    contamination: pd.DataFrame | None = None
    parsed: bool = False
    unknown_tokens: pd.DataFrame | None = None


def parsed(quotes: Quotes, checks: Checks) -> str:
    """Report the accuracy of the parsers behind the trees; "" where none made them."""
    parsers = checks.parsers
    if parsers is None:
        return "Trees were made by parsers whose accuracy was not measured here." if checks.parsed else ""
    scores = listing(f"{quotes.value(row, 'las')} ({row.language})" for _, row in parsers.iterrows())
    return (
        f"Trees were made by parsers; their labelled attachment score on held-out sentences is "
        f"{scores}. Perturbations inherit their errors."
    )


def contaminated(quotes: Quotes, contamination: pd.DataFrame | None) -> str:
    """Report overlap of training sets with test sets and with the dev sets of the scalings; "" without a table."""
    if contamination is None:
        return ""
    split = contamination.evaluation.str.split("/").str[1]
    tested, dev = (contamination[split == name] for name in ("test", "dev"))
    found, fitted = (rows[rows[list(_OVERLAPS)].sum(axis=1) > 0] for rows in (tested, dev))
    if found.empty:
        said = (
            "Training sets hold none of the texts that are tested, nor paragraphs of the same articles as far as these "
            f"are known, in {quotes.count(tested)} comparisons of a field (contamination.csv)."
        )
    else:
        said = (
            f"In {quotes.count(found)} of {quotes.count(tested)} comparisons of a training set with one text field of "
            f"a test set ({_targets(found)}) the two share {_shared(found)} (contamination.csv)."
        )
    if fitted.empty:
        return said
    return (
        f"{said} With dev sets, on which temperatures are fitted, they share {_shared(fitted)} in "
        f"{quotes.count(fitted)} of {quotes.count(dev)} comparisons ({_targets(fitted)})."
    )


def unread(quotes: Quotes, unknown_tokens: pd.DataFrame | None) -> str:
    """Report the cells in which more than 5 % of the tokens are unknown to the encoder; "" without such cells."""
    if unknown_tokens is None or not (unknown_tokens.share > _UNKNOWN).any():
        return ""
    high = unknown_tokens[unknown_tokens.share > _UNKNOWN]
    worst = high.loc[high.share.idxmax()]
    cells = f"{quotes.count(high)} of {quotes.total(unknown_tokens, 'cell')} of target, text and language"
    targets, languages = listing(map(target_label, high.target.unique())), listing(sorted(high.language.unique()))
    return (
        f"The encoder's vocabulary lacks much of some texts: in {cells} too many tokens are unknown, of {targets} in "
        f"{languages} (unknown_tokens.csv). The largest share is {quotes.value(worst, 'share')} "
        f"({target_label(worst.target)}, {perturbation_label(worst.perturbation)}, {worst.language}). Results there "
        "are about what the encoder cannot read, not about transfer."
    )


def _shared(contamination: pd.DataFrame) -> str:
    """Name what training and evaluation share, in any of the comparisons."""
    return listing((text for column, text in _OVERLAPS.items() if contamination[column].any()), "or")


def _targets(contamination: pd.DataFrame) -> str:
    return listing(map(target_label, dict.fromkeys(contamination.evaluation.str.partition("/")[0])))
