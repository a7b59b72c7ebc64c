"""Find the largest parts of a study, and what smaller caps would save."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..study.defaults import of_task
from ..study.grid import Study
from .dry_run import Job
from .plan import Priced, price
from .pricing import Cost, total


class Part(NamedTuple):
    """All jobs of one kind of work on one task, and what halving a cap would save of the whole study.

    cap: the key of `data.caps` and its half, say ("train", 500). saved: Cost.
    """

    name: str
    jobs: int
    cost: Cost
    cap: tuple[str, int]
    saved: Cost


def parts(priced: Priced, most: int) -> list[Part]:
    """Return the largest parts of a study by time on the GPU: trainings by task, and predictions by target."""
    groups: dict[tuple[str, str], list[Cost]] = {}
    for job, cost in zip(priced.jobs, priced.costs, strict=True):
        if (key := _part(job)) is not None:
            groups.setdefault(key, []).append(cost)
    largest = sorted(groups.items(), key=lambda each: -total(each[1]).gpu)[:most]
    return [_halved(priced, *key, costs) for key, costs in largest]


def _part(job: Job) -> tuple[str, str] | None:
    wildcards = job.wildcards
    names = {"train_intermediate": "intermediate", "train_target": "train_set", "predict": "target"}
    return (job.rule, wildcards.get(names[job.rule], "all")) if job.rule in names else None


def _halved(priced: Priced, rule: str, name: str, costs: Sequence[Cost]) -> Part:
    """Price the study again with half of the items of the part's tasks."""
    split = "test" if rule == "predict" else "train"
    tasks = _tasks(priced.study, rule, name)
    items = {task: priced.works.sizes.largest(task, split) / 2 for task in tasks}
    other = price(with_sizes(priced.study, split, items), priced.jobs, priced.pricing).total()
    saved = Cost(*(before - after for before, after in zip(priced.total(), other, strict=True)))
    return Part(f"{rule} {name}", len(costs), total(costs), (split, round(max(items.values()))), saved)


def _tasks(study: Study, rule: str, name: str) -> list[str]:
    if rule == "train_intermediate":
        return study.trained_on(name)
    together = study.answered_together if rule == "predict" else study.trained_together
    return together[name]


def with_sizes(study: Study, split: str, items: Mapping[str, float]) -> Study:
    """Return a study with other sizes of a split: of the miniature its sizes, of real data its caps."""
    config = copy.deepcopy(dict(study.config))
    sizes = config["miniature"]["sizes"] if study.is_miniature else config["data"]["caps"]
    for task, number in items.items():
        sizes[task] = {**(of_task(sizes, task) or {}), split: max(1, round(number))}
    return replace(study, config=config)
