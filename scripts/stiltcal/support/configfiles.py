"""Check the files of `--configfile` before Snakemake reads them.

Snakemake ends with a traceback for a file that is not UTF-8, is nested too deeply or holds a date that is none. It runs
the Python that a template of its engine YTE holds. Profiles are read earlier, so profiles/default calls this module.
"""

import re
import sys
from collections.abc import Iterator, Sequence

from .messages import for_people
from .yaml_files import YamlProblem, read_mapping

_OPTION = re.compile(r"--configfiles?(=(?P<path>.*))?")


def refuse_unreadable(arguments: Sequence[str]) -> None:
    """End the program with one message if a configuration among the arguments of `snakemake` cannot be used.

    So is a second `--configfile`, for which Snakemake would forget the first.
    """
    if sum(_OPTION.fullmatch(each) is not None for each in arguments) > 1:
        sys.exit("--configfile stands twice, and Snakemake reads the last one alone: give all files after one of them")
    try:
        for path in configfiles(arguments):
            read_mapping(path)
    except YamlProblem as error:
        sys.exit(for_people(str(error)))


def configfiles(arguments: Sequence[str]) -> Iterator[str]:
    """Yield the files that follow `--configfile`, up to the next option."""
    follows = False
    for argument in arguments:
        if option := _OPTION.fullmatch(argument):
            follows = option["path"] is None
            yield from filter(None, [option["path"]])
        elif argument.startswith("-"):
            follows = False
        elif follows:
            yield argument
