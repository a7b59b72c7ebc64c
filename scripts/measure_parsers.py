"""Measure the accuracy of parsers on sentences that they were not trained on."""

import pandas as pd

from stiltcal.support.jobs import run_job
from stiltcal.syntax.accuracy import parser_accuracy
from stiltcal.syntax.parsing import load_pipeline


def main(*, models: list[str], treebanks: list[str], parsers: str, languages: list[str]) -> None:
    """Write `parsers` (CSV) from folders of Stanza's `models` and CoNLL-U `treebanks`, in the order of `languages`."""
    rows = [
        {"language": language, **parser_accuracy(load_pipeline(language, folder), treebank)}
        for language, folder, treebank in zip(languages, models, treebanks, strict=True)
    ]
    pd.DataFrame(rows).to_csv(parsers, index=False, float_format="%.10g")


if "snakemake" in globals():
    run_job(main, snakemake)
