"""Digest the code that an entry script runs, so that an edit reruns the jobs that use it, and no others.

Rules have the digest as a param. Edits of comments, layout, docstrings, type annotations of functions, and the words of
errors and log lines do not change it, because they do not change results.
"""

import ast
import hashlib
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from .file_facts import FileFacts
from .files import sha256

_LIBRARY = Path(__file__).parents[1]
#: Modules on which no result depends.
_WITHOUT_RESULT = tuple(
    _LIBRARY / "support" / name
    for name in ("checked_files.py", "code.py", "jobs.py", "messages.py", "moved.py", "progress_bar.py")
)


def code_of(script: str) -> Callable[[object], str]:
    """Return `code_digest` as a function of wildcards, for a param of a rule.

    Snakemake calls it when it considers a job. The process of a single job, as on a cluster, then reads no other code.
    """
    return lambda wildcards: code_digest(script)


@cache
def code_digest(script: str) -> str:
    """Return the SHA-256 of a script and of all files that `own_files` lists for it. Nothing is imported or run.

    script: name of a file in scripts/, without its ending.
    """
    names = [f"{script}.py", *own_files(script)]
    parts = [f"{name} {_digest(_LIBRARY.parent / name)}" for name in names]
    _facts().save()
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def own_files(script: str) -> list[str]:
    """List the library files that a script depends on: paths below scripts/, sorted.

    These are the modules that it imports, directly or not, and the files beside these modules that they name, such as
    templates. Modules on which no result depends are left out, with what they alone import.
    """
    modules: set[Path] = set()
    waiting = [_LIBRARY.parent / f"{script}.py"]
    while waiting:
        new = set(_imported(waiting.pop())) - modules - {*_WITHOUT_RESULT}
        modules |= new
        waiting += new
    files = {*modules, *(path for module in modules for path in _named(module))}
    return [path.relative_to(_LIBRARY.parent).as_posix() for path in sorted(files)]


@cache
def _digest(path: Path) -> str:
    """Return the SHA-256 of a file: of a module its syntax tree, of any other file its bytes."""
    return _read(path)["digest"] if path.suffix == ".py" else sha256(path)


@cache
def _facts() -> FileFacts:
    """Keep what is known of modules: to parse them all would take 1.5 s of every start of Snakemake.

    It lies where Python keeps its own compiled modules. Its name changes with the code of this module and with Python,
    which decide on digests.
    """
    name = f"digests.{sha256(__file__)[:16]}.{sys.implementation.cache_tag}.json"
    return FileFacts(Path(__file__).with_name("__pycache__") / name)


@cache
def _read(path: Path) -> dict:
    """Return the digest of a module, and the full names in its import statements."""
    return _facts().of(path.relative_to(_LIBRARY.parent).as_posix(), path, _parsed)


def _parsed(path: Path) -> dict:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [name for statement in _statements(tree) for name in _names(statement, path)]
    return {"imports": names, "digest": hashlib.sha256(ast.dump(_Essence().visit(tree)).encode()).hexdigest()}


class _Essence(ast.NodeTransformer):
    """Remove the parts of a syntax tree that do not change results."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Replace docstrings, other bare strings and log lines by `pass`."""
        if isinstance(node.value, ast.Constant) or _called(node.value) in ("print", "warn"):
            return ast.Pass()
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """Keep the type of an error, without its message."""
        if isinstance(node.exc, ast.Call):
            node.exc = node.exc.func
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Remove the annotations of a function."""
        node.returns = None
        for each in ast.walk(node.args):
            if isinstance(each, ast.arg):
                each.annotation = None
        return self.generic_visit(node)


def _called(node: ast.AST) -> str:
    """Return the last part of the name of a called function; "" if the node is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


@cache
def _imported(path: Path) -> list[Path]:
    """List the library modules that a file imports directly, with the `__init__.py` of their packages."""
    found = []
    for parts in (name.split(".") for name in _read(path)["imports"]):
        if parts[0] == _LIBRARY.name:
            places = [_LIBRARY.joinpath(*parts[1 : end + 1]) for end in range(len(parts))]
            found += [file for place in places for file in (place.with_suffix(".py"), place / "__init__.py")]
    return [file for file in found if file.is_file() and file.stat().st_size]


def _statements(parent: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements in a syntax tree. Expressions are skipped: they are most of the tree, and import nothing."""
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield node
            yield from _statements(node)


def _names(node: ast.AST, path: Path) -> Iterator[str]:
    """Yield the full names in an import statement. A name imported from a module may be a module itself."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        origin = [node.module] if node.module else []
        if node.level:
            package = path.relative_to(_LIBRARY.parent).parts[: -node.level]
            origin = [*package, *origin]
        yield from (".".join([*origin, alias.name]) for alias in node.names)


@cache
def _named(module: Path) -> list[Path]:
    """List the files beside a module that it names, other than modules."""
    text = module.read_text(encoding="utf-8")
    return [path for path in module.parent.glob("*.*") if path.suffix not in (".py", ".pyc") and path.name in text]
