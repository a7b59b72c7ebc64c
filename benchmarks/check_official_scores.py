"""Are our scores of span question answering those of the official scripts? On every question of a mirror of the Hub:

python benchmarks/check_official_scores.py MIRROR --mlqa mlqa_evaluation_v1.py --squad-v2 evaluate-v2.0.py

The scripts are not ours to pass on: get them from facebookresearch/MLQA and from SQuAD's site. Answers are made up as a
model gives them: right, shifted, elsewhere, or none. Prints both scores for each file; the exit status is 1 where they
differ by more than 1e-9.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from statistics import fmean

import pyarrow.parquet as pq

sys.path.append(str(Path(__file__).parents[1] / "scripts"))

from stiltcal.tasks.metrics import exact_match, f1, squad_normalize


def load(path: Path):
    """A script as a module."""
    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(generator: random.Random, row: dict) -> str:
    """An answer to a question of a Hub file, as a model gives it."""
    golds, starts = row["answers"]["text"], row["answers"]["answer_start"]
    start = max(0, generator.choice([*starts, 0]) + generator.randint(-8, 8))
    return generator.choice([row["context"][start : start + generator.randint(1, 40)], *golds, ""])


def official(row: dict) -> dict:
    """A question of a Hub file as the scripts read it."""
    return {"id": row["id"], "answers": [{"text": text} for text in row["answers"]["text"]]}


def both(script, rows: list[dict], predictions: dict, language: str | None) -> Iterator[tuple[str, float, float]]:
    """(metric, official, ours), in percent. `language`: MLQA's; None: SQuAD v2."""
    data = [{"paragraphs": [{"qas": list(map(official, rows))}]}]
    if language:
        theirs = script.evaluate(data, predictions, language)
        options = (language, "mlqa")
    else:
        exact, overlap = script.get_raw_scores(data, predictions)
        theirs = {"exact_match": 100 * fmean(exact.values()), "f1": 100 * fmean(overlap.values())}
        options = ()
    for name, score in (("exact_match", exact_match), ("f1", f1)):
        # As `tasks.clean` makes items: of SQuAD v2, gold answers without a word are left out.
        golds = [[g for g in row["answers"]["text"] if language or squad_normalize(g)] for row in rows]
        ours = [score(predictions[row["id"]], gold, *options) for row, gold in zip(rows, golds, strict=True)]
        yield name, theirs[name], 100 * fmean(ours)


def main() -> None:
    """Compare all files of MLQA and of SQuAD v2."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mirror", type=Path)
    parser.add_argument("--mlqa", type=Path, required=True, help="mlqa_evaluation_v1.py")
    parser.add_argument("--squad-v2", type=Path, required=True, help="evaluate-v2.0.py")
    options = parser.parse_args()
    scripts = {"mlqa": load(options.mlqa), "squad_v2": load(options.squad_v2)}
    differences = []
    for path in sorted(options.mirror.rglob("*.parquet")):
        folder = path.relative_to(options.mirror).as_posix()
        if not folder.startswith(("google/xtreme/MLQA.", "rajpurkar/squad_v2/")):
            continue
        language = folder.split(".")[1] if "MLQA" in folder else None
        rows, generator = pq.read_table(path).to_pylist(), random.Random(0)
        predictions = {row["id"]: answer(generator, row) for row in rows}
        for name, theirs, ours in both(scripts["mlqa" if language else "squad_v2"], rows, predictions, language):
            differences.append(abs(theirs - ours))
            print(f"{folder:60} {len(rows):6} {name:12} {theirs:.6f} {ours:.6f}")
    if not differences:
        sys.exit(f"{options.mirror}: holds neither MLQA nor SQuAD v2")
    sys.exit(max(differences) >= 1e-9)


if __name__ == "__main__":
    main()
