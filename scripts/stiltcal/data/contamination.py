"""Find evaluation texts in the training sets: equal texts, near-duplicates, and paragraphs of one article.

Two texts are near-duplicates if the cosine of their binary vectors of word trigrams reaches a threshold. Two texts of
equal length that share 80 % of their trigrams have a cosine of 0.8. Texts of fewer than three words can only be equal.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

_FIELDS = ("text_a", "text_b", "context", "question", "choices", "tokens", "text")
_TRIGRAMS = HashingVectorizer(
    ngram_range=(3, 3), token_pattern=r"\w+", lowercase=False, binary=True, alternate_sign=False, n_features=2**21
)
_BLOCK = 1024


class Training(NamedTuple):
    """The normalised texts of a training set, their trigrams (features, texts), and the articles they come from."""

    texts: frozenset[str]
    trigrams: csr_matrix
    articles: frozenset[str]


def contamination(training: Iterable[Path], evaluation: Iterable[Path], near: float = 0.8) -> list[dict]:
    """Compare evaluation files with training files: a row for each pair of files and text field of the evaluation file.

    Files hold items, and are named `.../{task}/{split}/{language}.parquet`. A row counts distinct texts: all (`texts`),
    those that equal a training text (`exact`), other near-duplicates (`near`), paragraphs whose article is known
    (`known_article`), and those of them from an article of the training set (`same_article`). `closest` is the highest
    cosine, in [0, 1], of the texts that equal no training text.
    """
    sets = {path: _training(path) for path in training}
    rows = []
    for path in evaluation:
        for field, articles in _texts_by_field(path).items():
            texts = sorted(articles)
            trigrams = _TRIGRAMS.transform(texts)
            for train_path, train in sets.items():
                counts = _compare(texts, trigrams, articles, train, near)
                rows.append({"train": _name(train_path), "evaluation": _name(path), "field": field, **counts})
    return rows


def _compare(texts: list[str], trigrams: csr_matrix, articles: Mapping, train: Training, near: float) -> dict:
    equal = np.array([text in train.texts for text in texts])
    closest = np.where(equal, 0.0, _highest_cosine(trigrams, train.trigrams))
    known = [articles[text] for text in texts if articles[text]]
    return {
        "texts": len(texts),
        "exact": int(equal.sum()),
        "near": int((closest >= near).sum()),
        "known_article": len(known),
        "same_article": sum(article in train.articles for article in known),
        "closest": round(float(closest.max()), 3),
    }


def _highest_cosine(queries: csr_matrix, index: csr_matrix) -> np.ndarray:
    blocks = [queries[start : start + _BLOCK] @ index for start in range(0, queries.shape[0], _BLOCK)]
    return np.concatenate([block.max(axis=1).toarray()[:, 0] for block in blocks])


def _training(path: Path) -> Training:
    fields = _texts_by_field(path)
    texts = sorted({text for field in fields.values() for text in field})
    articles = {article for field in fields.values() for article in field.values() if article}
    return Training(frozenset(texts), _TRIGRAMS.transform(texts).T.tocsr(), frozenset(articles))


def _texts_by_field(path: Path) -> dict[str, dict[str, str | None]]:
    """Return, by text field, the normalised texts with their normalised articles (None: not known).

    Fields that are always empty are left out, such as the context of some multiple-choice tasks.
    """
    table = pq.read_table(path)
    fields = [field for field in _FIELDS if field in table.column_names]
    articles = table["article"].to_pylist() if "article" in table.column_names else [None] * len(table)
    texts = {field: _articles_of(_texts(field, table[field].to_pylist()), articles) for field in fields}
    return {field: found for field, found in texts.items() if found}


def _texts(field: str, values: list) -> list[list[str]]:
    """Return the texts of each item: each choice is a text, and all tokens together are one."""
    if field == "choices":
        return values
    return [[" ".join(value) if field == "tokens" else value] for value in values]


def _articles_of(texts: list[list[str]], articles: list) -> dict[str, str | None]:
    known = [article and _normalize(article) for article in articles]
    named = {_normalize(text): article for several, article in zip(texts, known, strict=True) for text in several}
    return {text: article for text, article in named.items() if text}


def _normalize(text: str) -> str:
    """Reduce a text to its words in lower case, with single spaces (titles have underscores for spaces)."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _name(path: Path) -> str:
    task, split, language = path.with_suffix("").parts[-3:]
    return f"{task}/{split}/{language}"
