"""List the settings of a study for the tables of a paper."""

from typing import Any

from ..tasks.kinds import FAMILIES
from ..tasks.phases import NONE
from .parameters import Parameters
from .shown import Shown


def settings_of(parameters: Parameters) -> dict[str, object]:
    """Return the settings of a study by name: its design, and the settings of scores and hypotheses."""
    scores, declared = parameters.config["scores"], parameters.hypotheses.declared
    return parameters.description | {
        "estimators": scores["metrics"],
        "scalings": scores["scalings"],
        "bootstrap resamples": f"{scores['resamples']}; {declared['resamples']} of the hypotheses",
        "margin of equivalence": declared["margin"],
        "level": declared["level"],
    }


def trainings_of(parameters: Parameters) -> list[dict[str, Any]]:
    """Return `phase`, `name` and hyper-parameters of each training: of intermediate phases, then of targets."""
    study = parameters.study
    train_sets = dict.fromkeys(filter(None, map(study.train_set, study.targets)))
    phases = {"intermediate": study.intermediate_models, "target": train_sets}
    return [
        {"phase": phase, "name": name, **parameters.hyperparameters(phase, name)}
        for phase, names in phases.items()
        for name in names
        if name != "none"
    ]


def judged_families(parameters: Parameters) -> dict[str, str]:
    """Return the families of the primary hypotheses: their headings by key.

    {} without intermediate tasks, or perturbations of a class.
    """
    if parameters.study.intermediates == [NONE] or not parameters.hypotheses.classes:
        return {}
    return {key: name for key, name in FAMILIES.items() if name in parameters.hypotheses.declared["families"]}


def tested_targets(parameters: Parameters, shown: Shown) -> dict[str, dict]:
    """Return the targets that are shown, each with its `train_set` (None: the encoder as it is) and `languages`.

    The source language stands first.
    """
    study = parameters.study
    return {
        name: parameters.targets[name]
        | {
            "train_set": study.train_set(name),
            "languages": [language for language in shown.languages if language in study.languages(name)],
        }
        for name in shown.targets
    }
