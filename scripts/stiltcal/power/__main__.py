"""Predict the power of a study before it runs: `python -m stiltcal.power --config config/paper.yaml`.

Configurations are laid over config.yaml in the order given, as Snakemake does. Prints the smallest detectable effect of
each primary hypothesis and what more items, languages or seeds would buy; docs/power.md has the formula. Invalid input
prints one error message and exits with status 2.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ..study.files import laid_over
from ..study.hypotheses import Hypotheses
from ..study.load import StudyError, load_study
from ..support.command import command
from ..support.yaml_files import YamlProblem
from ..tasks.spec import TaskError
from .hypotheses import hypotheses
from .reference import ReferenceProblem, read_reference
from .table import lines, record

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "resources" / "power" / "reference.csv"


@command("stiltcal.power", YamlProblem, StudyError, TaskError, ReferenceProblem)
def main(arguments: Sequence[str] | None = None) -> None:
    """Print the smallest detectable effects of a study."""
    options = _parser().parse_args(arguments)
    files = [ROOT / "config.yaml", *options.config]
    study = load_study(laid_over(files), ROOT, files)
    found = list(hypotheses(study, read_reference(options.reference)))
    metric = Hypotheses(study).metric
    if options.json:
        print(json.dumps({"metric": metric, "hypotheses": list(map(record, found))}, indent=1))
    elif not found:
        print(
            "There is no hypothesis, and so no power to plan: nothing is compared with none on all targets of a\n"
            "family, or no perturbation is of a class."
        )
    else:
        print("\n".join(lines(found, metric)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stiltcal.power", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--config", nargs="+", default=[], metavar="FILE", help="laid over config.yaml (default: the default study)"
    )
    parser.add_argument("--reference", default=REFERENCE, metavar="FILE", help="table of variances (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser


if __name__ == "__main__":
    sys.exit(main())
