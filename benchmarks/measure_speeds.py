"""Measure for `make plan` what a core does: operations of encoders a second, and the start of jobs.

    PYTHONPATH=scripts python benchmarks/measure_speeds.py --source "AMD EPYC without AVX-512, 1 thread"

Writes resources/price/speeds.csv, and the rows `plain`, `torch`, `train encoded` and `score_predictions draw` of
resources/price/rates.csv; with --parts some of them. Encoders have random weights and the shapes of the miniature's, of
all-MiniLM-L6-v2 and of XLM-R Base; updates and forward passes are those of `models.training` (AdamW, one loss a token),
on one thread, without padding. All times are CPU times.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from bench_scoring import write_predictions
from transformers import XLMRobertaConfig, XLMRobertaForTokenClassification

import score_predictions
from stiltcal.models.encoding import Lengths, encode
from stiltcal.models.tokenization import load_tokenizer
from stiltcal.price import flops
from stiltcal.price.tables import update
from stiltcal.study.encoder_size import EncoderSize

ROOT = Path(__file__).parents[1]
#: Shapes, with rows and tokens of a row of an update.
SHAPES = {
    "miniature": (EncoderSize(1028, 128, 3, 256, 4), 32, 24),
    "MiniLM": (EncoderSize(30522, 384, 6, 1536, 12), 8, 128),
    "XLM-R Base": (EncoderSize(250002, 768, 12, 3072, 12), 4, 128),
}
PARTS = ("starts", "draws", "encoding", "speeds")
STARTS = {"plain": "import numpy, pandas, pyarrow.parquet", "torch": "import torch, transformers, pyarrow.parquet"}


def cpu_of(run: Callable[[], object], least: float) -> float:
    """Return the CPU seconds of a call: the mean over as many as take `least` seconds, after one that warms up."""
    run()
    calls, start = 0, time.process_time()
    while (taken := time.process_time() - start) < least:
        run()
        calls += 1
    return taken / calls


def speeds(size: EncoderSize, rows: int, length: int, least: float) -> dict[str, float]:
    """Return the operations a second of updates and of forward passes."""
    config = XLMRobertaConfig(
        vocab_size=size.vocabulary,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        intermediate_size=size.intermediate,
        num_attention_heads=size.heads,
        max_position_embeddings=514,
        num_labels=3,
    )
    model = XLMRobertaForTokenClassification(config)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-5, fused=True)
    ids = torch.randint(5, size.vocabulary, (rows, length))

    def update_once() -> None:
        model.train()
        model(input_ids=ids, labels=ids % 3).loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    def forward_once() -> None:
        model.eval()
        with torch.inference_mode():
            model(input_ids=ids)

    tokens = rows * length
    return {
        "train": flops.training(size, tokens, length) / cpu_of(update_once, least),
        "predict": flops.forward(size, tokens, length) / cpu_of(forward_once, least),
    }


def start_seconds(code: str) -> float:
    """Return the CPU seconds of a Python that runs a line of code: the second of two runs."""
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def draw_seconds() -> float:
    """Return the CPU seconds of drawing one more item in one resample of a cell of classification with two scalings."""
    grid = argparse.Namespace(intermediates=3, languages=2, perturbations=4, items=40)
    found = {}
    for grid.items in (40, 400):
        with tempfile.TemporaryDirectory() as folder:
            paths = write_predictions(Path(folder), "xnli", "classification", grid)
            outputs = {name: f"{folder}/{name}.csv" for name in ("scores", "comparisons", "strength", "measured")}
            settings = {"kind": "classification", "source_language": "l0", "scalings": ["none", "source"]}
            start = time.process_time()
            score_predictions.main(
                predictions=paths,
                perturbed=[],
                **outputs,
                **settings,
                metrics=["ece_width_15", "brier"],
                metric="ece_width_15",
                resamples=500,
            )
            found[grid.items] = time.process_time() - start
    cells = 3 * 2 * 4 * 2
    return max(0.0, found[400] - found[40]) / (cells * 360 * 500)


def encoding_seconds(least: float) -> float:
    """Return the CPU seconds of encoding a row: questions about paragraphs of random words, in one window each."""
    tokenizer = load_tokenizer(ROOT / "resources" / "miniature-encoder")
    words = [word for word in tokenizer.get_vocab() if word.isalpha()]
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(words, 60)) for _ in range(1000)]
    items = [
        {"id": "", "context": text, "question": text[:60], "answers": [text[:5]], "answer_starts": [0]}
        for text in texts
    ]
    return cpu_of(lambda: encode("qa", items, tokenizer, Lengths(384)), least) / len(items)


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", required=True)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="default: all")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement at least (default: 5)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    fixed = {"bytes": 0, "jobs": 1, "units": 1, "source": options.source}
    seconds = {}
    if "starts" in options.parts:
        seconds |= {(rule, "start"): start_seconds(code) for rule, code in STARTS.items()}
    if "draws" in options.parts:
        seconds["score_predictions", "draw"] = draw_seconds()
    if "encoding" in options.parts:
        seconds["train", "encoded"] = encoding_seconds(options.seconds)
    found = [{"rule": rule, "unit": unit, "seconds": f"{value:.4g}"} | fixed for (rule, unit), value in seconds.items()]
    update(ROOT, "rates", found, ["rule", "unit"])
    for name, (size, rows, length) in SHAPES.items() if "speeds" in options.parts else ():
        source = f"{options.source}; {name}, {rows} rows of {length}"
        for work, speed in speeds(size, rows, length, options.seconds).items():
            row = {"work": work, "body": size.body, "flops_per_second": f"{speed:.4g}", "source": source}
            update(ROOT, "speeds", [row], ["work", "body"])


if __name__ == "__main__":
    main()
