"""Find evaluation texts in the training sets: equal texts, near-duplicates, and paragraphs of one article.

A near-duplicate shares word trigrams: cosine of the two binary trigram vectors >= a threshold (two texts of equal
length that share 80 % of their trigrams have 0.8). Texts of fewer than three words can only be equal.
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
    """A training set: its texts, normalised; their trigrams, (features, texts); and the articles they come from."""

    texts: frozenset[str]
    trigrams: csr_matrix
    articles: frozenset[str]


def contamination(training: Iterable[Path], evaluation: Iterable[Path], near: float = 0.8) -> list[dict]:
    """One row per training file, evaluation file and text field of the latter.

    Files are `.../{task}/{split}/{language}.parquet` of items. A row counts distinct texts: all (`texts`), those equal
    to a training text (`exact`), the other near-duplicates (`near`), and paragraphs whose article a training paragraph
    comes from (`same_article`, of `known_article` whose article is known); `closest` is the highest cosine in [0, 1]
    among the texts that are not equal to one.
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
    """Text field -> normalised text -> normalised article (None: not known); without fields that are empty throughout,
    as the context of some multiple-choice tasks."""
    table = pq.read_table(path)
    fields = [field for field in _FIELDS if field in table.column_names]
    articles = table["article"].to_pylist() if "article" in table.column_names else [None] * len(table)
    texts = {field: _articles_of(_texts(field, table[field].to_pylist()), articles) for field in fields}
    return {field: found for field, found in texts.items() if found}


def _texts(field: str, values: list) -> list[list[str]]:
    """The texts of each item: every choice is one; tokens are one together."""
    if field == "choices":
        return values
    return [[" ".join(value) if field == "tokens" else value] for value in values]


def _articles_of(texts: list[list[str]], articles: list) -> dict[str, str | None]:
    known = [article and _normalize(article) for article in articles]
    named = {_normalize(text): article for several, article in zip(texts, known, strict=True) for text in several}
    return {text: article for text, article in named.items() if text}


def _normalize(text: str) -> str:
    """Lower-case words between single spaces, whatever the punctuation (titles write spaces as underscores)."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _name(path: Path) -> str:
    task, split, language = path.with_suffix("").parts[-3:]
    return f"{task}/{split}/{language}"
