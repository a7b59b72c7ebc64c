"""Check that the scalings of a study have what they need."""

from collections.abc import Iterable

from ..support.messages import suggestion
from ..tasks.kinds import KINDS
from .grid import Study


def scaling_problems(study: Study) -> Iterable[str]:
    """Yield one line for each entry of `scores.scalings`, or of `report.scaling`, that the study cannot have."""
    names, shown = study.config["scores"]["scalings"], study.config["report"]["scaling"]
    if shown not in names:
        hint, allowed = suggestion(shown, names), ", ".join(names)
        yield f"report.scaling: {shown!r} is not in scores.scalings{hint}; allowed: {allowed}"
    unfit = [target for target in study.targets if not KINDS[study.kind(target)].label_field]
    if shown == "vector" and unfit:
        yield f"report.scaling: vector needs fixed labels, which {', '.join(unfit)} do not have"
    if "vector" in names and len(unfit) == len(study.targets):
        yield "scores.scalings: vector needs fixed labels, which no target of this study has"
    if "target" in names:
        yield from _without_dev(study)
    if "perturbed" in names:
        yield from _never_perturbed(study)


def _without_dev(study: Study) -> Iterable[str]:
    for target in study.targets:
        made = study.split_languages(target, "dev")
        if lacking := [code for code in study.languages(target) if code not in made]:
            found = f"{target} has none in {', '.join(lacking)}"
            yield f"scores.scalings: target needs dev items of every language; {found}"


def _never_perturbed(study: Study) -> Iterable[str]:
    """Yield targets with a perturbation that some test items have and no dev items can have."""
    for target in study.targets:
        task = study.tasks[target]
        for perturbation in study.texts.applicable(task):
            tested, fitted = (
                [study.texts.unavailable(perturbation, task, code) for code in codes]
                for codes in (study.languages(target), study.scaling_languages(target))
            )
            if None in tested and None not in fitted:
                yield f"scores.scalings: perturbed needs dev items of {target}, but {fitted[0]}"
