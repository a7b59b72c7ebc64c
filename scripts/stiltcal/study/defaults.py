"""Settings that tasks may change: `{default: value, <task>: value}`, one shape throughout the configuration."""

from collections.abc import Mapping

#: The key of the value for all tasks that have none of their own.
DEFAULT = "default"


def of_task(setting: Mapping, task: str):
    """Return the value of a task, or the default; the keys of a mapping are laid over those of the default."""
    default, own = setting[DEFAULT], setting.get(task)
    if own is None:
        return default
    return {**default, **own} if isinstance(default, Mapping) else own


def own_values(setting: Mapping) -> dict:
    """Return the values that tasks have of their own, by task."""
    return {task: value for task, value in setting.items() if task != DEFAULT}
