"""Write the plan as text: a table for each family of targets, and its assumptions in words."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import fill

from .formula import Design, power
from .hypotheses import Hypothesis

#: What may be doubled, with the heading of its column.
DOUBLED = {"items": "items x 2", "languages": "languages x 2", "seeds": "seeds x 2"}
_WIDTH = 120
_COLUMNS = "{:10} {:>13} {:>14} {:>19} {:>11} {:>13} {:>11}"
_CONDITIONAL = (
    "One seed: how much training itself scatters stays unknown. The effects are those of the trained models, not those "
    "of the intermediate tasks; only more seeds tell of these."
)
_UNKNOWN_SEEDS = (
    "The scatter over training seeds was not measured (the reference has one seed), so that more seeds buy an unknown "
    "amount. Effects marked > leave it out: they are lower bounds."
)


def effects(design: Design) -> dict[str, float | None]:
    """Smallest detectable effects of a design and of its doublings; of twice the seeds None where that is unknown."""
    found = {key: power(design.twice(key)) for key in DOUBLED}
    known = {key: None if key == "seeds" and each.is_bound else each.effect for key, each in found.items()}
    return {"effect": power(design).effect} | known


def record(hypothesis: Hypothesis) -> dict:
    """Everything about a hypothesis, for --json; numbers are rounded to six digits, unknown ones None."""
    design = hypothesis.design
    found, smallest = power(design), effects(design)
    sizes = [
        {"target": t.name, "items": t.items, "languages": t.languages, "perturbations": t.perturbations}
        for t in design.targets
    ]
    numbers: dict[str, float | None] = {
        "standard_error": found.error,
        "degrees_of_freedom": found.df,
        "critical": found.critical,
    }
    numbers |= {"smallest_detectable": smallest["effect"]} | {f"doubled_{key}": smallest[key] for key in DOUBLED}
    return {
        **{"family": hypothesis.family, "class": hypothesis.perturbation_class, "intermediates": design.intermediates},
        **{"seeds": design.seeds, "level": design.level, "conditional_on_models": design.seeds == 1},
        **{key: _finite(value) for key, value in numbers.items()},
        **{
            "seed_scatter_left_out": found.is_bound,
            "targets": sizes,
            "notes": [": ".join(note) for note in hypothesis.notes],
        },
    }


def _finite(value: float | None) -> float | None:
    return None if value is None or value == float("inf") else round(value, 6)


def lines(hypotheses: Iterable[Hypothesis], metric: str) -> Iterator[str]:
    """The lines of the plan."""
    hypotheses = list(hypotheses)
    design = hypotheses[0].design
    yield from _wrapped(
        f"Smallest change of {metric} on perturbed text that this study finds with 80 % power (level {design.level:g}, "
        f"over {design.intermediates} intermediate {'task' if design.intermediates == 1 else 'tasks'} at once), "
        "predicted before the run from measured variances (docs/power.md). Where the error of a model is so small that "
        "it may be noise alone, such a change can stay open."
    )
    for _, group in groupby(hypotheses, key=lambda each: each.heading):
        yield from _family(list(group))
    yield ""
    for sentence in dict.fromkeys(sentence for each in hypotheses for sentence, _ in each.notes):
        about = dict.fromkeys(what for each in hypotheses for said, what in each.notes if said == sentence)
        yield from _wrapped(f"{sentence}: {', '.join(about)}.")
    if design.seeds == 1:
        yield from _wrapped(_CONDITIONAL)
    if any(each.design.sigma_seed is None for each in hypotheses):
        yield from _wrapped(_UNKNOWN_SEEDS)


def _family(group: list[Hypothesis]) -> Iterator[str]:
    design = max((each.design for each in group), key=lambda each: len(each.targets))
    items = _range([target.items for target in design.targets])
    languages = _range([target.languages for target in design.targets])
    yield ""
    yield from _wrapped(
        f"{group[0].heading} ({', '.join(target.name for target in design.targets)}): {items} items a language, "
        f"{languages} zero-shot languages, {design.seeds} {'seed' if design.seeds == 1 else 'seeds'}"
    )
    yield _COLUMNS.format("class", "perturbations", "standard error", "smallest detectable", *DOUBLED.values())
    for each in group:
        texts = _range([target.perturbations for target in each.design.targets])
        mark = ">" if power(each.design).is_bound else ""
        found = [_number(value, 3, mark) for value in effects(each.design).values()]
        yield _COLUMNS.format(each.perturbation_class, texts, _number(power(each.design).error, 4), *found)


def _range(values: list[float]) -> str:
    texts = [f"{value:,.0f}" if value == int(value) or value > 20 else f"{value:.1f}" for value in sorted(values)]
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]} to {texts[-1]}"


def _number(value: float | None, decimals: int, mark: str = "") -> str:
    return "unknown" if value is None or value == float("inf") else f"{mark}{value:.{decimals}f}"


def _wrapped(text: str) -> list[str]:
    return fill(text, _WIDTH).split("\n")
