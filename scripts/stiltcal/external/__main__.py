"""Export the perturbed items of a study for any system: `python -m stiltcal.external RESULTS FOLDER`.

Reads the results folder of a study whose perturb stage has run. Writes FOLDER/{target}.jsonl, one JSON line for each
item under each perturbation: `id`, `language`, `perturbation`, the texts, and what is asked. docs/external.md says how
the answers come back. Invalid input prints one error message and exits with status 2.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..support.command import command
from ..support.messages import suggestion
from ..tasks.load import load_tasks
from .export import ExportError, cells_of, exported, perturbed_targets
from .questions import kind_problem

TASKS = Path(__file__).parents[3] / "tasks"


@command("stiltcal.external", ValueError)
def main(arguments: Sequence[str] | None = None) -> None:
    """Write a file for each target that any system can answer, and say what was written and what was left out."""
    options = _parser().parse_args(arguments)
    tasks, found = load_tasks(TASKS), perturbed_targets(options.results)
    targets = options.targets or found
    for target in targets:
        if target not in found or target not in tasks:
            raise ExportError(
                f"--targets: {options.results} has no {target!r}{suggestion(target, found)}; it has {', '.join(found)}"
            )
        if (problem := kind_problem(tasks[target].kind)) and options.targets:
            raise ExportError(f"--targets: {target} cannot be exported: {problem}")
        if problem:
            print(f"{target}: left out; {problem}", file=sys.stderr)
            continue
        lines = list(exported(tasks[target], cells_of(options.results, target)))
        path = options.folder / f"{target}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        print(f"{path}: {len(lines):,} items")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stiltcal.external", description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path, help="results folder of a study, e.g. results")
    parser.add_argument("folder", type=Path, help="folder to write to; it is made if it is missing")
    parser.add_argument("--targets", nargs="+", metavar="TARGET", help="(default: all that any system can answer)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
