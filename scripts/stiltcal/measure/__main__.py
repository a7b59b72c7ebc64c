"""Calibration of anybody's predictions: `python -m stiltcal.calibration FILE` prints JSON (docs/calibration.md)."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ..support.command import command


@command("stiltcal.calibration", ValueError)
def main(arguments: Sequence[str] | None = None) -> None:
    """Print the metrics of a file with their 95 % intervals, and draw its reliability diagram if asked."""
    options = _parser().parse_args(arguments)
    if options.against_correct and not options.against:
        raise ValueError("--against-correct needs --against, the column of the confidences of the other answers")
    # pyarrow and scipy take seconds to import, and Ctrl-C must be quiet then, too.
    from ..calibration.summary import estimates, groups_of, summary
    from .paired import Columns, paired_differences

    columns = Columns(options.confidence, options.correct)
    other = Columns(options.against, options.against_correct or options.correct)
    draws = {"resamples": options.resamples, "seed": options.seed}
    try:
        tables = groups_of(options.file, options.where, options.by)
        if options.plot:
            from .plot import check_panels, plot  # matplotlib takes as long again

            check_panels(tables)
        found = {}
        for name, table in tables.items():
            own = estimates(table, *columns, **draws)
            found[name] = summary(table, own, *columns, **draws)
            if options.against:
                against = estimates(table, *other, **draws)
                found[name]["against"] = paired_differences(table, (columns, other), (own, against))
        # Before the figure, which may fail: the numbers took long.
        print(json.dumps({"by": options.by, "groups": found} if options.by else found[""], indent=2))
        if options.plot:
            drawn = [columns, other] if options.against else [columns]
            plot(tables, drawn, options.plot, options.file.name, **draws)
    except ValueError as error:  # pyarrow's errors of reading are ValueErrors
        message = " ".join(str(error).removeprefix(f"{options.file}: ").split())
        raise ValueError(f"{options.file}: {message}") from None


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
    parser.add_argument(
        "--correct", default="correct", metavar="COLUMN", help="the column of right and wrong (default: correct)"
    )
    _add_comparisons(parser)
    return parser


def _add_comparisons(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", metavar="COLUMN", help="every metric for each value of a column, e.g. language")
    parser.add_argument(
        "--against",
        metavar="COLUMN",
        help="other confidences of the same rows: every metric minus theirs, with intervals of the paired difference",
    )
    parser.add_argument(
        "--against-correct",
        metavar="COLUMN",
        help="right and wrong of the other answers (default: that of --correct)",
    )
    parser.add_argument("--plot", type=_figure, metavar="FILE", help="draw a reliability diagram, as .pdf or .png")


def _condition(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not COLUMN=VALUE")
    return name, value


def _figure(text: str) -> Path:
    path = Path(text)
    if path.suffix not in (".pdf", ".png"):
        raise argparse.ArgumentTypeError(f"{text!r} ends in neither .pdf nor .png")
    return path


if __name__ == "__main__":
    sys.exit(main())
