"""Compare predicting a target under all perturbations with transformers' Trainer, run for one perturbation at a time.

    PYTHONPATH=scripts python benchmarks/compare_predicting.py ENCODER PERTURBED [--language en] [--items 40]

ENCODER is a model folder, PERTURBED the perturbed items of a question answering target of a study
(results/real_qa/perturbed/xquad). Trainer needs accelerate (pip install --no-deps accelerate), which the project does
without. Ours computes equal rows once and batches rows of equal length over all perturbations. Trainer reads the same
rows, with dynamic padding, in its default batches of 8 and in batches of 32. One thread; the head is new, for its
answers do not matter. Prints the CPU time of each way, the number of rows and of distinct ones, and how many times
faster ours is, and checks that the scores are the same.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from transformers import DataCollatorWithPadding, PreTrainedModel, Trainer, TrainingArguments

from stiltcal.formats.items import read_items
from stiltcal.models import encoder as enc
from stiltcal.models.batching import Padding
from stiltcal.models.encoding import Lengths, Rows, encode
from stiltcal.models.inference import compute, head_scores


def read(folder: Path, language: str, items: int, tokenizer, lengths: Lengths) -> dict[str, Rows]:
    """Return the rows of the first items by perturbation."""
    found = {}
    for path in sorted(folder.glob(f"*/{language}.parquet")):
        found[path.parent.name] = encode("qa", read_items(path)[:items], tokenizer, lengths, (), str(path)).rows
    return found


def by_us(model: PreTrainedModel, parts: dict[str, Rows], padding: Padding) -> tuple[float, list[np.ndarray]]:
    """Return CPU seconds, and the scores of all rows."""
    start = time.process_time()
    outputs = compute(model, head_scores("qa"), list(parts.values()), padding)
    seconds = time.process_time() - start
    scores = [
        output.row(number, length)
        for output, rows in zip(outputs, parts.values(), strict=True)
        for number, length in enumerate(rows.lengths)
    ]
    return seconds, scores


def by_trainer(model: PreTrainedModel, parts: dict[str, Rows], tokenizer, batch: int) -> tuple[float, list[np.ndarray]]:
    """Return CPU seconds, and the scores of all rows."""
    settings = TrainingArguments(
        "unused", use_cpu=True, per_device_eval_batch_size=batch, report_to=[], disable_tqdm=True, save_strategy="no"
    )
    trainer = Trainer(model, settings, DataCollatorWithPadding(tokenizer))
    scores: list[np.ndarray] = []
    start = time.process_time()
    for rows in parts.values():
        read_rows = [
            {"input_ids": rows.ids[a:b].tolist(), "token_type_ids": rows.types[a:b].tolist()}
            for a, b in zip(rows.bounds[:-1], rows.bounds[1:], strict=True)
        ]
        starts, ends = trainer.predict(read_rows).predictions[:2]
        scores += [np.stack(both, axis=-1)[:length] for *both, length in zip(starts, ends, rows.lengths, strict=True)]
    return time.process_time() - start, scores


def main() -> None:
    """Run all ways and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder")
    parser.add_argument("perturbed", type=Path)
    parser.add_argument("--language", default="en")
    for name, value in (("items", 40), ("maximum", 256), ("stride", 64)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    enc.set_threads(1)
    tokenizer = enc.load_tokenizer(options.encoder)
    lengths = Lengths(options.maximum, options.stride, 64)
    parts = read(options.perturbed, options.language, options.items, tokenizer, lengths)
    torch.manual_seed(1)
    model = enc.load_head(options.encoder, enc.Head("qa", ()), 0.0).eval()
    rows = [r.ids[a:b].tobytes() for r in parts.values() for a, b in zip(r.bounds[:-1], r.bounds[1:], strict=True)]
    print(f"{len(parts)} texts, {len(rows)} rows, {len(set(rows))} distinct")
    ours, scores = by_us(model, parts, Padding.of(model, tokenizer.pad_token_id))
    print(f"{'ours':28} {ours:7.1f} s")
    for batch in (8, 32):
        seconds, others = by_trainer(model, parts, tokenizer, batch)
        apart = max(float(np.abs(a - b).max()) for a, b in zip(scores, others, strict=True))
        print(f"{f'Trainer, batches of {batch}':28} {seconds:7.1f} s, {seconds / ours:.1f} times; {apart:.0e} apart")


if __name__ == "__main__":
    main()
