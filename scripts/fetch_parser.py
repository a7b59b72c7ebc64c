"""Fetch Stanza's pretrained models of some languages into a local folder; everything after runs offline."""

import stanza

from stiltcal.jobs import job
from stiltcal.syntax.parsing import PROCESSORS, ParserError


def main(output: str, *, languages: list[str]) -> None:
    """`output`: the folder of models. Raises ParserError for a language that Stanza has no parser for."""
    for language in languages:
        try:
            stanza.download(language, model_dir=output, processors=",".join(PROCESSORS), logging_level="WARN")
        except ValueError as error:  # Stanza's own, for languages and processors that it does not have
            raise ParserError(f"{language}: {error}; train_parser trains a parser on a treebank") from error


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output[0], **snakemake.params)
