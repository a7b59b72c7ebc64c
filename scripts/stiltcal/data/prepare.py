"""Make items from fetched files: clean them, hold out dev items, apply caps, and report what was dropped and why."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..formats.items import write_items
from ..tasks.kinds import KINDS
from ..tasks.spec import SOURCE_LANGUAGE, SPLITS, Source, Task, TaskError
from ..tasks.tagging import label_problem
from .bitext import bitext_items, cap_bitext, read_bitext, split_bitext
from .clean import Item, clean_rows, tidy, without_duplicates
from .hub import read_rows
from .lock import write_json
from .sampling import capped, hold_out

_Found = tuple[list[Item], Counter, int]  # items, how many rows for which reason, rows read; of bitext, sentences


def prepare_task(
    task: Task,
    tasks: Mapping[str, Task],
    fetched: Path,
    languages: Iterable[str],
    caps: Mapping[str, int | None],
    seed: int,
    out: Path,
    report: Path,
) -> None:
    """Write `out/{split}/{language}.parquet` for all splits and languages of a task, and the report.

    caps: the largest number of items by split (None: all); for retrieval and mining, about the number of sentences of
    the larger side. The report has for each file the number of rows read, of rows dropped or mended by reason, and of
    items written; for retrieval and mining it counts sentences of both sides. Raises TaskError if the data does not fit
    the task file.
    """
    files = {}
    for split in SPLITS:
        codes = task.split_languages(split, languages)
        found = _split_items(task, tasks, fetched, split, codes, caps.get(split), seed)
        for language, (items, reasons, read) in found.items():
            if not items:
                raise TaskError(f"{task.name}: no item is left in {split}/{language} of {read} rows: {dict(reasons)}")
            write_items(out / split / f"{language}.parquet", task.kind, items)
            files[f"{split}/{language}"] = {"read": read, "reasons": dict(+reasons), "written": len(items)}
    write_json(report, {"task": task.name, "version": task.version, "seed": seed, "files": files})


def _split_items(
    task: Task, tasks: Mapping[str, Task], fetched: Path, split: str, codes: Iterable[str], cap: int | None, seed: int
) -> dict[str, _Found]:
    """Return the items of a split by language.

    The sample of a parallel set takes first the items that all languages have (MLQA has other questions in every
    language).
    """
    if KINDS[task.kind].is_bitext:
        return {code: _bitext_items(task, fetched, split, code, cap, seed) for code in codes}
    found = {code: _language_items(task, tasks, fetched, split, code, seed) for code in codes}
    if task.kind == "qa" and task.parallel and split == "test":
        known = found.get(SOURCE_LANGUAGE) or _language_items(task, tasks, fetched, split, SOURCE_LANGUAGE, seed)
        found = {code: (_named_as(items, known[0]), why, read) for code, (items, why, read) in found.items()}
    if not task.parallel:
        found = _kept_apart(found)
    elif KINDS[task.kind].has_row_names:
        found = _aligned(found)
    names = [{item["id"] for item in items} for items, *_ in found.values()] if task.parallel else []
    shared = set.intersection(*names) if names else set()
    return {code: (capped(items, cap, seed, first=shared), why, read) for code, (items, why, read) in found.items()}


def _kept_apart(found: dict[str, _Found]) -> dict[str, _Found]:
    """Add the language to ids and clusters of paragraphs that other languages have for other ones: who resamples goes
    by names."""
    names = Counter(name for items, *_ in found.values() for name in {item["cluster"] for item in items})
    apart = {}
    for code, (items, reasons, read) in found.items():
        shared = {item["cluster"] for item in items if names[item["cluster"]] > 1}
        apart[code] = [_with_code(item, code) if item["cluster"] in shared else item for item in items], reasons, read
    return apart


def _with_code(item: Item, code: str) -> Item:
    return {**item, **{key: f"{item[key]}-{code}" for key in ("id", "cluster")}}


def _aligned(found: dict[str, _Found]) -> dict[str, _Found]:
    """Rename the items of languages that lack rows, and count them.

    If items are named after their rows, the same name means the same item only in languages with equally many rows. On
    the Hub, PAWS-X lacks a row in Korean.
    """
    most = max((read for *_, read in found.values()), default=0)
    aligned = {}
    for code, (items, reasons, read) in found.items():
        if read < most:
            items = [_with_code(item, code) for item in items]
            reasons = reasons + Counter({"not parallel: rows are missing": len(items)})
        aligned[code] = items, reasons, read
    return aligned


def _language_items(
    task: Task, tasks: Mapping[str, Task], fetched: Path, split: str, language: str, seed: int
) -> _Found:
    origin = task.held_out_from if split == "dev" and task.held_out_from else split
    items, reasons, read = _clean_items(task, tasks, fetched, origin, language)
    if task.holdout and origin == task.held_out_from:
        dev, rest = hold_out(items, task.holdout, seed)
        items = dev if split == "dev" else rest
    distinct = without_duplicates(items)
    reasons["duplicate" if split == "train" else "duplicate, kept"] += len(items) - len(distinct)
    if split == "train":  # what is scored stays as it was published
        items = distinct
    return items, reasons, read


def _clean_items(task: Task, tasks: Mapping[str, Task], fetched: Path, split: str, language: str) -> _Found:
    """Return the clean items of all sources of a split, without dev paragraphs that a target has in its test set."""
    items: list[Item] = []
    reasons: Counter[str] = Counter()
    read = 0
    for source in task.sources:
        if split not in source.splits or language not in source.languages:
            continue
        rows = read_rows(task, source, language, split, fetched)
        found, why = clean_rows(rows, task, source)
        if split == "dev" and source.disjoint_from:
            tested = _tested_paragraphs(tasks[source.disjoint_from], found, fetched)
            why[f"in the test set of {source.disjoint_from}"] = sum(item["context"] in tested for item in found)
            found = [item for item in found if item["context"] not in tested]
        _check_distinct(task, source, items, found)
        items, reasons, read = items + found, reasons + why, read + len(rows)
    if KINDS[task.kind].is_tokenized and not task.labels:
        _check_tags(task, items)
    if task.kind == "qa" and split == "test" and language == SOURCE_LANGUAGE:
        items = _with_articles(items, task, fetched)
    return items, reasons, read


def _check_tags(task: Task, items: list[Item]) -> None:
    """Raise TaskError for tags that would be read as other entities than are meant, where the task lists no labels."""
    if problem := label_problem(sorted({tag for item in items for tag in item["tags"]})):
        raise TaskError(f"{task.name}: tags, which are its {problem}")


def _check_distinct(task: Task, source: Source, items: list[Item], more: list[Item]) -> None:
    """Raise TaskError for an id of another source: clusters, translations and results go by ids."""
    if task.kind == "qa" and (twice := {item["id"] for item in items} & {item["id"] for item in more}):
        raise TaskError(
            f"{task.name}, {source.id}: id {min(twice)!r} is in another source of the same split, too; make one "
            "source of both, with ids that differ"
        )


def _named_as(items: list[Item], english: list[Item]) -> list[Item]:
    """Give translated paragraphs the cluster and the article of the English ones.

    Two paragraphs belong together if a question of the same id is asked about both; the first such question decides.
    """
    names = {item["id"]: {"cluster": item["cluster"], "article": item["article"]} for item in english}
    found: dict[str, dict] = {}
    for item in items:
        if item["id"] in names:
            found.setdefault(item["context"], names[item["id"]])
    return [{**item, **found.get(item["context"], {})} for item in items]


def _with_articles(items: list[Item], task: Task, fetched: Path) -> list[Item]:
    """Give test paragraphs an article that their source does not name, if the task's dev source names it."""
    sources = [source for source in task.sources if "dev" in source.splits and "article" in source.columns]
    rows = [row for source in sources for row in read_rows(task, source, SOURCE_LANGUAGE, "dev", fetched)]
    articles = {tidy(row["context"]): tidy(row["article"]) for row in rows}
    return [{**item, "article": item["article"] or articles.get(item["context"])} for item in items]


def _tested_paragraphs(task: Task, items: list[Item], fetched: Path) -> set[str]:
    """Return the test paragraphs of a task, and the paragraphs of items whose question (by id) is in its test set."""
    sources = [source for source in task.sources if "test" in source.splits]
    rows = [row for source in sources for row in read_rows(task, source, SOURCE_LANGUAGE, "test", fetched)]
    asked = {str(row["id"]) for row in rows}  # as items have them
    return {tidy(row["context"]) for row in rows} | {item["context"] for item in items if item["id"] in asked}


def _bitext_items(task: Task, fetched: Path, split: str, language: str, cap: int | None, seed: int) -> _Found:
    (source,) = task.sources
    bitext, reasons = read_bitext(read_rows(task, source, language, "test", fetched), task)
    dropped = reasons["empty text"] + reasons["duplicate"]  # of sentences; other reasons are of pairs
    read = len(bitext.foreign) + len(bitext.source) + dropped
    if task.holdout:
        bitext = split_bitext(bitext, task.kind, task.holdout, seed)[split]
    return bitext_items(cap_bitext(bitext, cap, seed)), reasons, read
