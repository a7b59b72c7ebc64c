"""Build the tables of data and contamination, claims, settings, trainings and cost."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from ..formats.results import rows_of, where
from ..tasks.kinds import FAMILIES, KINDS
from .claims import verdict_table
from .labels import intermediate_label, perturbation_label, report_order, target_label
from .latex import text_tabular
from .tables import Table

_DASH = "\N{EN DASH}"
_UNITS = {"item": "items", "entity": "entities", "token": "tokens"}
_FOUND = ["exact", "near", "same_article"]
#: Hyper-parameters of the table, with their headings; the CSV twin has all.
_SHOWN = {
    "learning_rate": "learning rate",
    "batch_size": "batch",
    "epochs": "epochs",
    "max_steps": "most updates",
    "warmup": "warm-up",
    "weight_decay": "weight decay",
}


def data_table(
    scores: pd.DataFrame, contamination: pd.DataFrame | None, targets: Mapping[str, dict], seed: str
) -> Table:
    """Return a line for each target: family, training set, languages, test units, and contamination of the test sets.

    targets: with `kind`, `metrics` and `train_set` (None: the encoder is used as it is). contamination:
    `contamination.csv`, or None where data is generated.
    """
    clean = where(scores, intermediate="none", perturbation="clean", scaling="none", seed=seed)
    rows = pd.DataFrame(_data_row(target, targets[target], clean, contamination) for target in report_order(targets))
    head = ["target", "family", "trained on", "languages", "tested", "texts", "the same", "nearly", "same article"]
    lines = [
        [
            target_label(row.target),
            row.family,
            _DASH if pd.isna(row.train_set) else target_label(row.train_set),
            _count(row.languages),
            f"{_count(row.n)} {_UNITS[row.unit]}",
            *(_count(row[column]) for column in ("texts", *_FOUND)),
        ]
        for _, row in rows.iterrows()
    ]
    return Table(rows, text_tabular(head, lines, "lllrrrrrr"))


def _data_row(target: str, task: Mapping, clean: pd.DataFrame, contamination: pd.DataFrame | None) -> dict:
    rows = rows_of(where(clean, target=target, metric=task["metrics"][0]))
    tested = where(rows, language="all").iloc[0]
    languages = rows.language[~rows.language.isin(["all", "zero_shot"])].nunique()
    row = {"target": target, "family": FAMILIES[KINDS[task["kind"]].family], "train_set": task["train_set"]}
    row |= {"languages": languages, "unit": tested.unit, "n": tested.n}
    if contamination is None:
        return row | dict.fromkeys(["texts", *_FOUND, "closest"])
    compared = contamination[contamination.evaluation.str.startswith(f"{target}/test/")]
    return row | compared[["texts", *_FOUND]].sum().to_dict() | {"closest": compared.closest.max()}


def claims_table(claims: pd.DataFrame) -> Table:
    """Return the published claims with their statistics and verdicts, from `claims.csv`."""
    table = verdict_table(claims)
    columns = f"{_wrapped(0.2)}{_wrapped(0.2)}l{_wrapped(0.13)}{_wrapped(0.1)}{_wrapped(0.17)}"
    return Table(claims.drop(columns="line"), text_tabular(table["head"], table["rows"], columns))


def settings_table(settings: Mapping[str, object]) -> Table:
    """Return the settings of the study by name. Lists of intermediates and perturbations are printed as labels."""
    labels = {"intermediates": intermediate_label, "perturbations": perturbation_label}
    lines = [[name, _text(value, labels.get(name, str))] for name, value in settings.items()]
    rows = pd.DataFrame({"setting": list(settings), "value": [_text(value, str) for value in settings.values()]})
    return Table(rows, text_tabular([], lines, f"l{_wrapped(0.75)}"))


def trainings_table(trainings: Sequence[Mapping]) -> Table:
    """Return the hyper-parameters of each training. trainings: `phase`, `name` and the parameters that are set."""
    rows = pd.DataFrame(trainings)
    lines = [
        [each["phase"], intermediate_label(each["name"]), *(_value(each.get(name)) for name in _SHOWN)]
        for each in trainings
    ]
    return Table(rows, text_tabular(["phase", "training", *_SHOWN.values()], lines, f"ll{'r' * len(_SHOWN)}"))


def cost_table(tokens: pd.DataFrame, targets: Mapping[str, dict], models: int) -> Table:
    """Return the work of prediction: for each target its texts and languages, and the tokens that all models read.

    tokens: `unknown_tokens.csv`. models: those that answer each target.
    """
    parts = {target: where(tokens, target=target) for target in report_order(targets)}
    rows = pd.DataFrame(
        {"target": target, "models": models, "cells": len(part), "tokens": int(part.tokens.sum())}
        for target, part in parts.items()
    ).assign(read=lambda row: row.models * row.tokens)
    numbers = ["models", "cells", "tokens", "read"]
    lines = [[target_label(row.target), *(_count(row[name]) for name in numbers)] for _, row in rows.iterrows()]
    lines.append(["all", "", *(_count(rows[name].sum()) for name in numbers[1:])])
    head = ["target", "models", "texts and languages", "tokens of a model", "tokens of all models"]
    return Table(rows, text_tabular(head, lines, "lrrrr"))


def _wrapped(share: float) -> str:
    """A column of text in lines that end where they must, as wide as a share of the page."""
    return f">{{\\raggedright\\arraybackslash}}p{{{share}\\linewidth}}"


def _count(value: float | None) -> str:
    return _DASH if value is None or pd.isna(value) else f"{value:,.0f}"


def _value(value: object) -> str:
    if value is None:
        return _DASH
    return f"{value:g}" if isinstance(value, float) else str(value)


def _text(value: object, label) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(label(str(each)) for each in value)
    return str(value)
