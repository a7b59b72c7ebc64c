"""On which of our own files a script depends, by its import statements: what is edited reruns what uses it, no more.

Imports are light, for the Snakefile asks this module.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_LIBRARY = Path(__file__).parents[1]
#: What it does changes no result: it writes logs and messages.
_WITHOUT_RESULT = _LIBRARY / "support" / "jobs.py"


@cache
def own_files(script: str) -> list[str]:
    """The modules of this library that scripts/{script}.py imports, directly or not, and the files beside these that
    they name (templates, say): paths below scripts/, sorted. Nothing is imported or run."""
    modules, waiting = set(), [_LIBRARY.parent / f"{script}.py"]
    while waiting:
        found = set(_imported(waiting.pop())) - modules
        modules |= found
        waiting += found
    files = {*modules, *(path for module in modules for path in _named(module))} - {_WITHOUT_RESULT}
    return sorted(path.relative_to(_LIBRARY.parent).as_posix() for path in files)


@cache
def _imported(path: Path) -> list[Path]:
    """The modules of this library that a file imports itself, with what runs first in their packages."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for name in _names(node, path):
            parts = name.split(".")
            if parts[0] == _LIBRARY.name:
                places = [_LIBRARY.joinpath(*parts[1 : end + 1]) for end in range(len(parts))]
                found += [file for place in places for file in (place.with_suffix(".py"), place / "__init__.py")]
    return [file for file in found if file.is_file() and file.stat().st_size]


def _names(node: ast.AST, path: Path) -> Iterator[str]:
    """What an import statement names, with full names; what is imported from a module may be a module itself."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        origin = [node.module] if node.module else []
        if node.level:
            package = path.relative_to(_LIBRARY.parent).parts[: -node.level]
            origin = [*package, *origin]
        yield from (".".join([*origin, alias.name]) for alias in node.names)


def _named(module: Path) -> Iterator[Path]:
    text = module.read_text(encoding="utf-8")
    return (path for path in module.parent.glob("*.*") if path.suffix not in (".py", ".pyc") and path.name in text)
