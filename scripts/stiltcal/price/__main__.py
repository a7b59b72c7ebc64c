"""Price a study before it runs: `python -m stiltcal.price --config config/paper.yaml`.

Configurations are laid over config.yaml in the order given, as Snakemake does. Prints jobs, GPU-hours, CPU-hours and
disk by stage, the time on several machines, the largest parts, and what smaller caps would save; docs/plan.md says how
they are computed. Invalid input prints one error message and exits with status 2.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ..study.files import laid_over
from ..study.load import StudyError, load_study
from ..support.command import command
from ..support.yaml_files import YamlProblem
from ..tasks.spec import TaskError
from .dry_run import dry_run
from .errors import PriceProblem
from .parts import parts
from .plan import price
from .pricing import DECLARED, Device, Pricing
from .table import lines, record
from .tables import Tables

ROOT = Path(__file__).parents[3]


@command("stiltcal.price", YamlProblem, StudyError, TaskError, PriceProblem)
def main(arguments: Sequence[str] | None = None) -> None:
    """Print the price of a study."""
    options = _parser().parse_args(arguments)
    device = Device(_positive("peak", options.peak) * 1e12, _positive("share", options.share, 1))
    if min(options.gpus) < 0:
        raise PriceProblem(f"--gpus: {min(options.gpus)} must not be negative")
    machines = [(gpus, _positive("cores", options.cores)) for gpus in options.gpus]
    files = [ROOT / "config.yaml", *options.config]
    study = load_study(laid_over(files), ROOT, files)
    priced = price(study, dry_run(ROOT, options.config), Pricing(Tables(ROOT), device))
    schedules = {(gpus, cores): priced.schedule(gpus, cores) for gpus, cores in machines}
    largest = parts(priced, options.largest)
    if options.json:
        print(json.dumps(record(priced, schedules, largest), indent=1))
    else:
        print("\n".join(lines(priced, schedules, largest)))


def _positive(name: str, value, most: float = float("inf")):
    if not 0 < value <= most:
        raise PriceProblem(f"--{name}: {value} must be above 0{f' and at most {most:g}' if most < 1e300 else ''}")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stiltcal.price", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--config", nargs="+", default=[], metavar="FILE", help="laid over config.yaml (default: the default study)"
    )
    parser.add_argument(
        "--gpus", nargs="+", type=int, default=[0, 1, 4, 16], metavar="N", help="numbers of GPUs (%(default)s)"
    )
    parser.add_argument("--cores", type=int, default=16, metavar="N", help="cores for other jobs (%(default)s)")
    parser.add_argument(
        "--peak",
        type=float,
        default=DECLARED.peak / 1e12,
        metavar="TFLOPS",
        help="of a GPU: Tflop/s of bfloat16 (%(default)s)",
    )
    parser.add_argument(
        "--share",
        type=float,
        default=DECLARED.share,
        metavar="S",
        help="of the peak that is reached, in (0, 1] (%(default)s)",
    )
    parser.add_argument("--largest", type=int, default=8, metavar="N", help="parts that are listed (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser


if __name__ == "__main__":
    sys.exit(main())
