"""Load a study: check its configuration, and derive its grid. The only module of this room that rules import."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..support.yaml_files import Keys, Place, YamlProblem, place_of, read_places
from ..tasks.load import load_tasks
from ..tasks.spec import TaskError
from .availability import availability_problems
from .checks import name_problems, schema_problems, source_problems
from .errors import StudyError
from .external import External
from .fetched import check_fetched
from .grid import Study
from .parameters import Parameters
from .resources import JobResources
from .shown import Shown
from .tabulated import judged_families, settings_of, tested_targets, trainings_of

__all__ = [
    "External",
    "JobResources",
    "Parameters",
    "Shown",
    "Study",
    "StudyError",
    "check_fetched",
    "judged_families",
    "load_study",
    "settings_of",
    "tested_targets",
    "trainings_of",
]

SCHEMA = Path("schemas") / "config.schema.yaml"


def load_study(config: dict, root: str | Path, files: Sequence[str | Path] = ()) -> Study:
    """Check a configuration and return its study.

    root: the clone, with schemas/config.schema.yaml and tasks/*.yaml. files: the files that were laid over each other
    to give `config`, the last one on top; messages name their lines. Values that YAML 1.1 reads as another type than
    the schema's are mended in `config`. Checks that names exist come first, for availability depends on them. Raises
    StudyError.
    """
    root = Path(root)
    try:
        places = read_places(files)
        _refuse(schema_problems(config, root / SCHEMA, places))
        _refuse(_placed(source_problems(config, root), config, places))
        study = Study(config, root, load_tasks(root / "tasks"))
    except (YamlProblem, TaskError) as error:
        raise StudyError(str(error)) from None
    _refuse(_placed(name_problems(study), config, places))
    _refuse(_placed(availability_problems(study), config, places))
    return study


def _refuse(problems: list[str]) -> None:
    if problems:
        raise StudyError("\n".join(problems))


def _placed(problems: list[str], config: Mapping, places: Mapping[Keys, Place]) -> list[str]:
    """Add file and line of the key that each problem begins with, if they are known."""
    return [f"{each} ({place})" if (place := _place(each, config, places)) else each for each in problems]


def _place(problem: str, config: Mapping, places: Mapping[Keys, Place]) -> Place | None:
    """Return the place of the key, or of the part of the configuration that should hold it."""
    _, key, *_ = problem.split(": ", 2)
    keys: Keys = ()
    value: Any = config
    found: Place | None = None
    for part in key.partition(",")[0].split("."):
        if not isinstance(value, Mapping) or part not in value:
            break
        keys, value = (*keys, part), value[part]
        found = place_of(keys, value, places) or found
    return found
