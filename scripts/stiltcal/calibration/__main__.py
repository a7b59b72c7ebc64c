"""Calibration of anybody's predictions: `python -m stiltcal.calibration FILE` prints JSON (docs/calibration.md)."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ..support.command import command


@command("stiltcal.calibration", ValueError)
def main(arguments: Sequence[str] | None = None) -> None:
    """Print the metrics of a file with their 95 % intervals."""
    options = _parser().parse_args(arguments)
    from .summary import summary  # pyarrow and scipy take seconds to import, and Ctrl-C must be quiet then, too

    try:
        result = summary(
            options.file, options.resamples, options.seed, where=options.where, confidence=options.confidence
        )
    except ValueError as error:  # pyarrow's errors of reading are ValueErrors
        message = " ".join(str(error).removeprefix(f"{options.file}: ").split())
        raise ValueError(f"{options.file}: {message}") from None
    print(json.dumps(result, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stiltcal.calibration", description=__doc__)
    parser.add_argument(
        "file",
        type=Path,
        help="CSV, TSV, JSON lines (all three also gzipped) or Parquet; columns confidence, correct and optionally "
        "cluster; gold and p_{class}",
    )
    parser.add_argument("--resamples", type=int, default=2000, help="of the bootstrap, at least 100 (default: 2000)")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap, at least 0 (default: 0)")
    parser.add_argument(
        "--where",
        type=_condition,
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="only the rows that have it, e.g. language=de; may be given several times",
    )
    parser.add_argument(
        "--confidence", default="confidence", metavar="COLUMN", help="the column of confidences (default: confidence)"
    )
    return parser


def _condition(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not COLUMN=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
