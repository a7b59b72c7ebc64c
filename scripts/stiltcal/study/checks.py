"""Checks of a configuration: every problem in one line, with what is allowed. Imports are light."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from ..calibration.errors import ERRORS
from ..support.language_codes import code_problem
from ..support.messages import suggestion
from ..support.schema import violations
from ..support.yaml_files import Keys, Place
from ..tasks.spec import HUB, MINIATURE, Task

MULTI = "multi"


def schema_problems(config: dict, schema: Path, places: Mapping[Keys, Place]) -> list[str]:
    """Violations of the schema, a line each; what YAML reads as another type is mended in `config`, where it can be."""
    validator = Draft202012Validator(yaml.safe_load(schema.read_text(encoding="utf-8")))
    return [f"configuration: {problem}" for problem in violations(config, validator, places)]


def source_problems(config: dict, root: Path) -> list[str]:
    """Sources of data that are no folder under `root` and look like a misspelt `hub` or `miniature`, a line each.

    Other folders need not be there: a finished study is reported anew without its mirror.
    """
    data = config["data"]
    named = [("data.source", data["source"], (HUB, MINIATURE))]
    named += [(f"data.folders.{task}", folder, (HUB,)) for task, folder in data["folders"].items()]
    return [
        f"configuration: {key}: there is no folder {found!r}{suggestion(found.lower(), names)}"
        for key, found, names in named
        if found not in names and "/" not in found and suggestion(found.lower(), names) and not (root / found).is_dir()
    ]


def problems(config: dict, tasks: Mapping[str, Task], languages: list[str]) -> list[str]:
    """List names in a configuration (which fits its schema) that do not exist or are not available.

    `languages` are those in which the data source has evaluation data of the targets.
    """
    codes = [*_language_codes(config)]
    named = codes or [*_unknown_languages(config, languages)]
    return [*_unknown_names(config, tasks), *named, *_nothing_to_report(config)]


def _unknown_names(config: dict, tasks: Mapping[str, Task]) -> Iterable[str]:
    roles = {role: [t.name for t in tasks.values() if role in t.roles] for role in ("intermediate", "target")}
    allowed = {
        "intermediates": ["none", *roles["intermediate"], MULTI],
        "mix": roles["intermediate"],
        "targets": roles["target"],
    }
    for key, names in allowed.items():
        yield from _unknown(key, config[key], names)
    train_sets = sorted({task.train_set for task in tasks.values() if task.train_set})
    trained_on = {"intermediate": [*roles["intermediate"], MULTI], "target": train_sets}
    trained = [name for name in config["intermediates"] if name != "none"]
    shown = config["report"]["intermediate"]
    if trained or shown not in (None, "none"):  # with none alone nothing is compared
        yield from _unknown("report.intermediate", [shown], trained or trained_on["intermediate"])
    yield from _unknown("report.perturbation", [config["report"]["perturbation"]], config["perturbations"])
    for key, part in (("", config), ("miniature.", config["miniature"])):
        for phase, names in trained_on.items():
            yield from _unknown(f"{key}training.{phase}.tasks", part["training"][phase].get("tasks", {}), names)
        yield from _unknown(f"{key}lengths", part["lengths"], ["default", *tasks])
    yield from _unknown("data.folders", config["data"]["folders"], [*tasks])
    yield from _unknown("data.overrides", config["data"].get("overrides", {}), [*tasks])
    yield from _unknown("miniature.sizes", config["miniature"]["sizes"], ["default", *tasks])


def _language_codes(config: dict) -> Iterable[str]:
    """Codes of languages in another form than that in which rules, files and task files name them."""
    keys = {
        "source_language": [config["source_language"]],
        "languages": config["languages"],
        **{f"target_languages.{target}": chosen for target, chosen in config["target_languages"].items()},
        "parsers": config["parsers"],
        "treebanks": config["treebanks"],
        "miniature.languages": config["miniature"]["languages"],
    }
    for key, codes in keys.items():
        yield from (f"configuration: {key}: {problem}" for code in codes if (problem := code_problem(code)))


def _unknown_languages(config: dict, languages: list[str]) -> Iterable[str]:
    yield from _unknown("languages", config["languages"], languages)
    for target, chosen in config["target_languages"].items():
        yield from _unknown("target_languages", [target], config["targets"])
        yield from _unknown(f"target_languages.{target}", chosen, config["languages"])
    yield from _unknown("source_language", [config["source_language"]], languages)


def _nothing_to_report(config: dict) -> Iterable[str]:
    """List settings that would fail only at the report, after all other jobs."""
    if config["intermediates"] == ["none"] and config["perturbations"] == ["clean"]:
        yield (
            "configuration: perturbations: only clean is there, and intermediates has only none, so that nothing "
            "is compared; name at least one perturbation or intermediate task"
        )
    if config["languages"] == [config["source_language"]]:
        yield "configuration: languages: only the source language is there; name at least one zero-shot language"
    first, *_ = config["scores"]["metrics"]
    if first not in ERRORS:
        yield f"configuration: scores.metrics: {first} is no error, as the first must be; allowed: {', '.join(ERRORS)}"


def _unknown(key: str, found: Iterable[str], allowed: list[str]) -> Iterable[str]:
    for name in found:
        if name not in allowed:
            yield f"configuration: {key}: unknown {name!r}{suggestion(name, allowed)}; allowed: {', '.join(allowed)}"
