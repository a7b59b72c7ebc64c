"""The floor plan of docs/architecture.md against the imports of the library, and what the Snakefile loads."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import ROOT

LIBRARY = ROOT / "scripts" / "stiltcal"
PLAN = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
HEAVY = ("torch", "transformers", "stanza", "datasets", "pandas", "numpy", "scipy", "pyarrow", "matplotlib")


def table(heading: str) -> list[list[str]]:
    """The cells of the rows below a table's heading, as the names in backticks that each holds."""
    rows = PLAN.split(heading, 1)[1].split("\n\n")[0].splitlines()[2:]
    return [[re.findall(r"`([^`]+)`", cell) for cell in row.strip("|").split("|")] for row in rows]


ROOMS = {
    room: (set(rooms), set(packages)) for (room,), _, rooms, packages in table("| room | job | may import | packages |")
}


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(`room` or `package`, name) of every import of a module, also inside functions."""
    package = path.relative_to(LIBRARY).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            yield "room", next(filter(None, base), node.names[0].name)
        elif isinstance(node, ast.ImportFrom):
            yield "package", node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (("package", alias.name.split(".")[0]) for alias in node.names)


def used(room: str) -> tuple[set[str], set[str]]:
    """The other rooms, and the packages beside Python's own, that a room imports."""
    found = {each for path in (LIBRARY / room).rglob("*.py") for each in imports(path)}
    rooms = {name for sort, name in found if sort == "room"} - {room}
    return rooms, {name for sort, name in found if sort == "package"} - set(sys.stdlib_module_names)


def test_the_plan_has_every_room():
    assert set(ROOMS) == {path.name for path in LIBRARY.iterdir() if (path / "__init__.py").exists()}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_its_row_names(room):
    """No more and no less; `stiltcal` is no package of a room, whose imports of the library are relative."""
    assert used(room) == ROOMS[room]


def test_the_rows_go_up():
    """Then there is no circle."""
    order = list(ROOMS)
    assert all(order.index(lower) < order.index(room) for room, (rooms, _) in ROOMS.items() for lower in rooms)


def test_study_knows_nothing_of_report():
    known, found = set(), {"study"}
    while found:
        known |= found
        found = {room for each in found for room in ROOMS[each][0]} - known
    assert "report" not in known and "scoring" not in known


def named(column):
    """The scripts of a cell of the table; `plot_*` are all that begin so, for a new figure needs no row."""
    return [path.stem for name in column for path in (ROOT / "scripts").glob(f"{name}.py")]


def test_every_rule_file_and_script_has_a_stage():
    stages = table("| stage | rule file | scripts | room |")
    files = [file for _, column, *_ in stages for file in column]
    scripts = [script for _, _, column, _ in stages for script in named(column)]
    assert sorted([*files, "common.smk", "common_models.smk"]) == sorted(
        path.name for path in (ROOT / "rules").glob("*.smk")
    )
    assert sorted(scripts) == sorted(path.stem for path in (ROOT / "scripts").glob("*.py"))


def test_rules_call_the_scripts_of_their_row():
    for _, (file,), scripts, _ in table("| stage | rule file | scripts | room |"):
        text = (ROOT / "rules" / file).read_text(encoding="utf-8")
        assert set(re.findall(r'"\.\./scripts/(\w+)\.py"', text)) == set(named(scripts)), file


def test_what_the_snakefile_imports_is_light():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")))
    modules = re.findall(r"^ *from scripts\.(stiltcal\S+) import", text, re.MULTILINE)
    assert {module.split(".")[1] for module in modules} == {"study", "support", "price"}
    code = f"import sys, {', '.join(modules)}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "scripts", capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
