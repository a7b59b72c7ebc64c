"""Load a study: check its configuration, and derive its grid. The only module of this room that rules import."""

from collections.abc import Sequence
from pathlib import Path

from ..support.yaml_files import YamlProblem, read_places
from ..tasks.load import load_tasks
from ..tasks.spec import TaskError
from .availability import availability_problems
from .checks import name_problems, schema_problems, source_problems
from .errors import StudyError
from .fetched import check_fetched
from .grid import Study
from .parameters import Parameters
from .resources import JobResources

__all__ = ["JobResources", "Parameters", "Study", "StudyError", "check_fetched", "load_study"]

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
        _refuse(schema_problems(config, root / SCHEMA, read_places(files)))
        _refuse(source_problems(config, root))
        study = Study(config, root, load_tasks(root / "tasks"))
    except (YamlProblem, TaskError) as error:
        raise StudyError(str(error)) from None
    _refuse(name_problems(study))
    _refuse(availability_problems(study))
    return study


def _refuse(problems: list[str]) -> None:
    if problems:
        raise StudyError("\n".join(problems))
