"""State the limits of a finding, from the results and the grid of the study."""

from collections.abc import Iterable, Sequence

import pandas as pd

from ..formats.results import NEAR_PERFECT
from .data_quality import Checks, contaminated, parsed, unread
from .labels import FIT_UNCERTAINTY, INTERMEDIATES, TARGETS, intermediate_label, perturbation_label, target_label
from .numbers import number
from .quotes import Quotes, listing
from .scope import Scope, Tables


def limits(
    quotes: Quotes,
    tables: Tables,
    errors: pd.DataFrame,
    clean: pd.DataFrame,
    scope: Scope,
    checks: Checks,
) -> list[str]:
    """Return sentences on seeds, languages, cells that were not run, and other limits of the study.

    errors: zero-shot comparisons of the error. clean: scores of the model without intermediate training on clean text.
    """
    found = [
        _seeds(quotes, tables, "intermediate training" if scope.trained else "training"),
        _languages(clean, scope.source_language),
        *_not_run(errors, scope),
        fewer_languages(tables.scores, scope),
        unchanged(errors),
        _left_out("Intermediate tasks", INTERMEDIATES, scope.intermediates),
        _left_out("Targets", TARGETS, scope.targets),
        _controls(scope.controls),
        parsed(quotes, checks),
        contaminated(quotes, checks.contamination),
        unread(quotes, checks.unknown_tokens),
        _chance_unknown(clean, scope.targets),
        FIT_UNCERTAINTY,
        "One encoder was tested, with one definition of confidence for each kind of task.",
    ]
    return [limit for limit in found if limit]


def unsayable(quotes: Quotes, tables: Tables, scope: Scope) -> list[str]:
    """Return sentences on conclusions that the results do not support, with the reasons."""
    primary = tables.primary
    open_, lost = (primary[primary.verdict == verdict] for verdict in ("inconclusive", "task lost"))
    found = [_open(quotes, open_), _gone(quotes, lost), _not_judged(tables, scope)]
    if tables.one_seed:
        found.append(
            "Effects of intermediate training in general: another seed may give another answer, and the variation of "
            "seeds was not measured."
        )
    found += [
        "Absence of an effect: `equivalent` says that an effect is smaller than the margin, not that it is zero.",
        "Confirmation by exploratory results: these were selected after the fact and can only suggest hypotheses.",
    ]
    return [text for text in found if text]


def _open(quotes: Quotes, rows: pd.DataFrame) -> str:
    """Count the inconclusive verdicts, with the effects that the study can detect."""
    if rows.empty:
        return ""
    noise = rows[rows.reason == NEAR_PERFECT]
    known = rows.drop(noise.index).smallest_detectable.dropna()
    text = f"Effects, or their absence, in {quotes.total(rows, 'inconclusive verdict', 'inconclusive verdicts')}"
    if known.empty:
        return f"{text}: {'; '.join(dict.fromkeys(rows.reason.dropna()))}."
    least, most = (rows.loc[label] for label in (known.idxmin(), known.idxmax()))
    reach = quotes.value(least, "smallest_detectable")
    if number(known.min()) != number(known.max()):
        reach = f"{reach} to {quotes.value(most, 'smallest_detectable')}, by hypothesis,"
    text = f"{text}: with 80 % power the study detects effects of {reach} or more"
    unknown = rows[rows.smallest_detectable.isna() & (rows.reason != NEAR_PERFECT)]
    if len(unknown):
        text = f"{text}, and in {quotes.total(unknown, 'of them', 'of them')} none for certain"
    if len(noise):
        text = f"{text}; in {quotes.total(noise, 'of them', 'of them')} {NEAR_PERFECT}, and this does not hold"
    return f"{text}."


def _gone(quotes: Quotes, rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    return (
        f"Calibration in {quotes.total(rows, 'hypothesis', 'hypotheses')} with the verdict `task lost`: a model that "
        "does not do the task can be well calibrated by always being unsure."
    )


def _not_judged(tables: Tables, scope: Scope) -> str:
    """List the declared families and classes without a result."""
    there = set(zip(tables.primary.family, tables.primary["class"], strict=True))
    missing = [
        f"{family} ({class_})"
        for family in scope.hypotheses["families"]
        for class_ in scope.hypotheses["classes"]
        if (family, class_) not in there
    ]
    return f"Effects on {listing(missing)}: declared, but no such cell was run." if missing else ""


def _seeds(quotes: Quotes, tables: Tables, what: str) -> str:
    if tables.one_seed:
        return (
            f"One training seed: everything here is about these trained models, not about {what} in "
            "general; the intervals cover the sampling of test items alone."
        )
    trained = tables.scores[tables.scores.seed != "all"].drop_duplicates("seed")
    return f"There are {quotes.count(trained)} training seeds; rare outcomes of training may be missing."


def _languages(clean: pd.DataFrame, source: str) -> str:
    names = sorted(set(clean.language) - {source, "zero_shot", "all"})
    return f"The zero-shot languages are {listing(names)}; other languages were not tested."


def _not_run(errors: pd.DataFrame, scope) -> Iterable[str]:
    """List the cells of the grid without a comparison: whole texts of a target, then single intermediate tasks."""
    run = set(zip(errors.target, errors.perturbation, errors.intermediate, strict=True))
    trained = scope.trained or ["none"]  # whose comparisons are those with clean text
    texts = [text for text in scope.perturbations if scope.trained or text != "clean"]
    for target in scope.targets:
        missing = {text: [name for name in trained if (target, text, name) not in run] for text in texts}
        whole = [perturbation_label(text) for text, names in missing.items() if names == trained]
        if whole:
            yield f"{target_label(target)} was not run on this text: {listing(whole)}."
        for text, names in missing.items():
            if names and names != trained:
                some = listing(map(intermediate_label, names))
                yield f"{target_label(target)} ({perturbation_label(text)}) was not run with {some}."


def fewer_languages(scores: pd.DataFrame, scope) -> str:
    """Name the perturbations that a target lacks in some zero-shot languages; "" if there are none."""
    single = scores[~scores.language.isin(["zero_shot", "all", scope.source_language])]
    parts = []
    for target in scope.targets:
        there = single[single.target == target].groupby("perturbation").language.agg(set)
        whole = there.get("clean", set())
        lacking: dict[tuple, list[str]] = {}
        for text in scope.perturbations:
            if missing := whole - there.get(text, whole):
                lacking.setdefault(tuple(sorted(missing)), []).append(perturbation_label(text))
        parts += [f"{target_label(target)} lacks {listing(codes)} under {listing(t)}" for codes, t in lacking.items()]
    if not parts:
        return ""
    return (
        f"Not every text exists in every zero-shot language: {'; '.join(parts)}. Comparisons are made within the "
        "languages that have both texts, but means under these are over fewer languages than on clean text."
    )


def unchanged(errors: pd.DataFrame) -> str:
    """Name the perturbations that left all zero-shot texts of a target as they were; "" if there are none."""
    by_text = errors[errors.effect == "perturbation"].groupby(["target", "perturbation"], sort=False).difference
    still = [cell for cell, differences in by_text if (differences == 0).all()]
    alike: dict[tuple, list[str]] = {}
    for target in dict.fromkeys(target for target, _ in still):
        names = tuple(perturbation_label(text) for at, text in still if at == target)
        alike.setdefault(names, []).append(target_label(target))
    parts = [f"{listing(names)} changed nothing of {listing(targets)}" for names, targets in alike.items()]
    return f"Some perturbations left all zero-shot texts as they were: {'; '.join(parts)}." if parts else ""


def _left_out(what: str, design: Iterable[str], used: Iterable[str]) -> str:
    missing = [target_label(name) for name in design if name not in set(used)]
    return f"{what} of the reference design that this study leaves out: {listing(missing)}." if missing else ""


def _controls(controls: Sequence[str]) -> str:
    if not controls:
        return ""
    names = listing(map(perturbation_label, controls))
    return f"Under {names} the gold answer need not follow from the text."


def _chance_unknown(clean: pd.DataFrame, targets: Iterable[str]) -> str:
    known = set(clean.target[clean.metric == "guessing"])
    unknown = [target_label(target) for target in targets if target in set(clean.target) and target not in known]
    return f"The chance level is not known for {listing(unknown)}." if unknown else ""
