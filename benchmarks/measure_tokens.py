"""Count for `make plan` the tokens and rows of the items of a study, by task and language.

    PYTHONPATH=scripts python benchmarks/measure_tokens.py FOLDER [--config FILE ...] --source "real_small's items"

FOLDER: the working folder of the study, with <results>/data and <results>/models/encoder (or --encoder). --config: laid
over config.yaml, by default FOLDER/config.yaml. Writes resources/price/tokens.csv. Items are encoded as for training
and prediction, with the study's lengths; of bitext each side counts as its own language.
"""

import argparse
from pathlib import Path

from stiltcal.formats.items import read_items
from stiltcal.models.encoder import load_tokenizer
from stiltcal.models.encoding import Lengths, encode
from stiltcal.price.tables import update
from stiltcal.study.encoder_size import encoder_size
from stiltcal.study.files import laid_over
from stiltcal.study.load import Parameters, load_study
from stiltcal.tasks.kinds import KINDS

ROOT = Path(__file__).parents[1]


def counted(parameters: Parameters, task: str, path: Path, tokenizer) -> dict[str, tuple[int, int, int]]:
    """Return (items, rows, tokens) of a file of items by language."""
    study, kind = parameters.study, parameters.study.kind(task)
    items = read_items(path)
    field = KINDS[kind].label_field
    labels = sorted({item[field] for item in items}) if field == "label" else []
    sides = {path.stem: items}
    if KINDS[kind].is_bitext:
        sides = {
            study.source_language: [item for item in items if item["side"] == "source"],
            path.stem: [item for item in items if item["side"] == "foreign"],
        }
    found = {}
    for language, part in sides.items():
        features = encode(kind, part, tokenizer, Lengths(**parameters.lengths(task)), labels, str(path))
        found[language] = (len(part), len(features.rows), int(features.rows.lengths.sum()))
    return found


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--config", nargs="+", type=Path)
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--tasks", nargs="+", help="default: all of the study")
    parser.add_argument("--source", required=True)
    options = parser.parse_args()
    files = options.config or [options.folder / "config.yaml"]
    parameters = Parameters(load_study(laid_over([ROOT / "config.yaml", *files]), ROOT))
    results = options.folder / parameters.config["pathvars"]["results"]
    tokenizer = load_tokenizer(options.encoder or results / "models" / "encoder")
    vocabulary = encoder_size(parameters).vocabulary
    for task in options.tasks or parameters.study.data_tasks:
        total: dict[str, list[int]] = {}
        for path in sorted((results / "data" / task).glob("t*/*.parquet")):  # train and test
            for language, numbers in counted(parameters, task, path, tokenizer).items():
                total[language] = [sum(each) for each in zip(total.get(language, [0, 0, 0]), numbers, strict=True)]
        rows = [
            {"vocabulary": vocabulary, "task": task, "language": language, "source": options.source}
            | dict(zip(("items", "rows", "tokens"), numbers, strict=True))
            for language, numbers in total.items()
            if numbers[0]
        ]
        update(ROOT, "tokens", rows, ["vocabulary", "task", "language"])


if __name__ == "__main__":
    main()
