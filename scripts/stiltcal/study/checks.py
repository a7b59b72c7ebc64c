"""Check that everything that a configuration names exists."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from ..perturb.registry import PerturbationError, parse_perturbation
from ..support.language_codes import code_problem
from ..support.messages import suggestion
from ..support.schema import Validator, violations
from ..support.yaml_files import Keys, Place
from ..tasks.kinds import FAMILIES
from ..tasks.phases import MULTI, NONE, chain, name_problem
from ..tasks.spec import HUB, MINIATURE, Task
from .defaults import DEFAULT, own_values
from .grid import Study
from .hypotheses import CLASSES


def schema_problems(config: dict, schema: Path, places: Mapping[Keys, Place]) -> list[str]:
    """Return the violations of the schema, one line each.

    Values that YAML reads as another type than the schema's are replaced in `config` by what was meant.
    """
    return [f"configuration: {problem}" for problem in violations(config, _validator(schema), places)]


@cache
def _validator(schema: Path) -> Draft202012Validator:
    return Validator(yaml.safe_load(schema.read_text(encoding="utf-8")))


def source_problems(config: dict, root: Path) -> list[str]:
    """Return one line for each data source that looks like a misspelt `hub` or `miniature` and is no folder.

    Other folders need not exist: the report of a finished study is made again without its mirror.
    """
    return [
        f"configuration: data.source.{task}: there is no folder {found!r}{suggestion(found.lower(), allowed)}"
        for task, found in config["data"]["source"].items()
        for allowed in [(HUB, MINIATURE) if task == DEFAULT else (HUB,)]
        if found not in allowed
        and "/" not in found
        and suggestion(found.lower(), allowed)
        and not (root / found).is_dir()
    ]


def name_problems(study: Study) -> list[str]:
    """Return one line for each name that does not exist, in a configuration that fits its schema."""
    codes = [*_language_codes(study.config)]
    tasks = [*_unknown_tasks(study.config, study.tasks)]
    languages = [] if codes else [*_unknown_languages(study)]
    found = [*tasks, *codes, *languages, *_unknown_perturbations(study), *_unknown_groups(study.config)]
    return [f"configuration: {problem}" for problem in found]


def _unknown_tasks(config: Mapping, tasks: Mapping[str, Task]) -> Iterable[str]:
    roles = {role: [t.name for t in tasks.values() if role in t.roles] for role in ("intermediate", "target")}
    allowed = {
        "mix": roles["intermediate"],
        "targets": roles["target"],
    }
    for key, names in allowed.items():
        yield from unknown(key, config[key], names)
    yield from _unknown_intermediates("intermediates", config["intermediates"], roles["intermediate"])
    yield from unknown("translated", config["translated"], roles["intermediate"])
    train_sets = sorted({task.train_set for task in tasks.values() if task.train_set})
    shown = config["report"]["intermediate"]
    if shown not in (None, NONE, *config["external"]):  # names of other studies are fine where nothing is compared
        yield from _unknown_intermediates("report.intermediate", [shown], roles["intermediate"])
    for key, part in (("", config), ("miniature.", config["miniature"])):
        phases = own_values(part["training"]["intermediate"])
        yield from _unknown_intermediates(f"{key}training.intermediate", phases, roles["intermediate"], single=True)
        yield from unknown(f"{key}training.target", part["training"]["target"], [DEFAULT, *train_sets])
        yield from unknown(f"{key}lengths", part["lengths"], [DEFAULT, *tasks])
    yield from unknown("data.source", config["data"]["source"], [DEFAULT, *tasks])
    yield from unknown("data.caps", config["data"]["caps"], [DEFAULT, *tasks])
    yield from unknown("miniature.sizes", config["miniature"]["sizes"], [DEFAULT, *tasks])
    # Of targets that are not in the study, too: a file that is laid over another one may leave some out.
    yield from unknown("languages", config["languages"], [DEFAULT, *roles["target"]])
    yield from unknown("sides", config["sides"], roles["target"])


def _unknown_intermediates(key: str, names: Iterable[str], tasks: list[str], single: bool = False) -> Iterable[str]:
    """Yield one line for each name that is none of an intermediate. single: chains and `none` are refused, too."""
    for name in names:
        if problem := name_problem(name, tasks):
            yield f"{key}: {problem}"
        elif single and len(chain(name)) != 1:
            yield f"{key}: found {name!r}; allowed: a task or {MULTI}, also with variants"


def _language_codes(config: Mapping) -> Iterable[str]:
    """Yield the language codes that are not in the form that rules, files and task files use."""
    keys = {
        "source_language": [config["source_language"]],
        **{f"languages.{target}": codes for target, codes in config["languages"].items()},
        "parsers": config["parsers"],
        "treebanks": config["treebanks"],
        "miniature.languages": config["miniature"]["languages"],
        "mlm.text": config["mlm"]["text"],
        **{f"translated.{task}": codes for task, codes in config["translated"].items()},
    }
    for key, codes in keys.items():
        yield from (f"{key}: {problem}" for code in codes if (problem := code_problem(code)))


def _unknown_languages(study: Study) -> Iterable[str]:
    targets = [target for target in study.targets if target in study.tasks]
    offered = sorted({code for target in targets for code in study.offered_languages(target)})
    yield from unknown(f"languages.{DEFAULT}", study.all_languages, offered)
    for target, codes in own_values(study.config["languages"]).items():
        if target in targets:
            yield from unknown(f"languages.{target}", codes, study.all_languages)
    known = sorted({code for task in study.tasks.values() for code in task.languages})
    yield from unknown("parsers", study.config["parsers"], sorted({*known, *study.all_languages}))
    yield from unknown("source_language", [study.source_language], offered)


def _unknown_perturbations(study: Study) -> Iterable[str]:
    """Yield unknown perturbations, and unknown fields of targets."""
    names: dict[tuple, str] = {}
    for name in study.config["perturbations"]:
        try:
            found = parse_perturbation(name)
        except PerturbationError as error:
            yield f"perturbations: {error}"
            continue
        first = names.setdefault((found.declaration.name, found.argument, found.strength), name)
        if first != name:
            yield f"perturbations: {name} is {first} once more; remove one of them"
    for task in (study.tasks[name] for name in study.targets if name in study.tasks):
        try:
            study.texts.fields(task)
        except PerturbationError as error:
            yield f"sides.{task.name}: {error}"


def _unknown_groups(config: Mapping) -> Iterable[str]:
    """Yield unknown families of targets and classes of perturbations."""
    yield from unknown("hypotheses.families", config["hypotheses"]["families"] or [], [*FAMILIES])
    yield from unknown("hypotheses.classes", config["hypotheses"]["classes"] or [], [*CLASSES])


def unknown(key: str, found: Iterable[str], allowed: list[str]) -> Iterable[str]:
    """Yield one line for each name that is not allowed, with the most similar name that is."""
    for name in found:
        if name not in allowed:
            yield f"{key}: unknown {name!r}{suggestion(name, allowed)}; allowed: {', '.join(allowed)}"
