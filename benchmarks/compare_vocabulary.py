"""Compare trainings of an encoder with its whole vocabulary and trimmed: seconds of an update, memory, disk.

    PYTHONPATH=scripts python benchmarks/compare_vocabulary.py ENCODER DATA --maximum 128 --batch 8 --updates 6

ENCODER is a model folder, DATA the folder `results/data` of a study of real data. The encoder is trimmed to the tokens
of all items there. Each way then trains on SQuAD v1 in a process of its own: real SQuAD, no dropout, one thread. Prints
the rows of the table of embeddings, the CPU time of an update, and of its part after the gradients (the means without
the first update; a checkpoint is written after the last and does not count), the largest memory of the process, and the
sizes of the model folder, of its tokenizer and of a checkpoint (weights and two states of the optimizer; after an
evaluation the best weights, too).
"""

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import train_target
import trim_encoder
from stiltcal.models.checkpoint import Checkpoint
from stiltcal.models.training_state import TrainingState
from stiltcal.tasks.load import load_tasks

ROOT = Path(__file__).parents[1]
TASK = "squad_v1"


def trim(encoder: str, data: Path, lengths: dict, trimmed: Path) -> float:
    """Trim an encoder to all items below a folder; return the CPU seconds that it takes."""
    known, start = load_tasks(ROOT / "tasks"), time.process_time()
    paths = {path.name: sorted(map(str, path.glob("*/*.parquet"))) for path in data.iterdir() if path.name in known}
    tasks = [{"name": name, "kind": known[name].kind, "labels": [], "lengths": lengths} for name in paths]
    files = [path for each in paths.values() for path in each]
    numbers = [len(each) for each in paths.values()]
    trim_encoder.main(encoder=encoder, files=files, trimmed=str(trimmed), tasks=tasks, numbers=numbers)
    return time.process_time() - start


def train(encoder: str, data: Path, lengths: dict, args: argparse.Namespace, output: Path) -> None:
    """Train, and write what was measured to `measured.json` in the folder `output`."""
    times, optimizer = [], []
    checkpoint, update = Checkpoint(output / "checkpoint", {}, 1e9), TrainingState.update

    def noted(state: TrainingState, *arguments) -> None:
        start = time.process_time()
        update(state, *arguments)
        times.append(time.process_time())
        optimizer.append(times[-1] - start)
        if len(times) == args.updates:
            checkpoint.write(state)

    TrainingState.update = noted
    train_target.main(
        encoder=encoder,
        train=[str(data / TASK / "train" / "en.parquet")],
        dev=[str(data / TASK / "dev" / "en.parquet")],
        models=[str(output / "model")],
        tasks=[{"name": TASK, "kind": "qa", "labels": [], "lengths": lengths}],
        trainings=[{"batch_size": args.batch, "max_steps": args.updates, "dropout": 0.0, "dev_examples": 8}],
        seed=1,
        checkpoint_minutes=1e9,
    )
    files = {path.name: path.stat().st_size / 1e6 for path in (output / "model").iterdir()}
    measured = {
        "rows": json.loads((output / "model" / "config.json").read_text(encoding="utf-8"))["vocab_size"],
        "s/update": (times[-1] - times[0]) / (len(times) - 1),
        "s/optimizer": sum(optimizer[1:]) / len(optimizer[1:]),
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "model MB": sum(files.values()),
        "tokenizer MB": files["tokenizer.json"],
        "checkpoint MB": (output / "checkpoint").stat().st_size / 1e6,
    }
    (output / "measured.json").write_text(json.dumps(measured), encoding="utf-8")


def main() -> None:
    """Trim, train both ways, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder")
    parser.add_argument("data", type=Path)
    for name, value in (("maximum", 128), ("batch", 8), ("updates", 6)):
        parser.add_argument(f"--{name}", type=int, default=value)
    args = parser.parse_args()
    lengths = {"maximum": args.maximum, "stride": args.maximum // 3, "question": 64}
    processes = multiprocessing.get_context("spawn")  # so that a peak is that of one training
    with tempfile.TemporaryDirectory() as folder:
        trimmed = Path(folder) / "trimmed"
        print(f"trimmed in {trim(args.encoder, args.data, lengths, trimmed):.0f} s")
        found = {}
        for name, encoder in (("whole", args.encoder), ("trimmed", str(trimmed))):
            output = Path(folder) / "trainings" / name
            output.mkdir(parents=True)
            process = processes.Process(target=train, args=(encoder, args.data, lengths, args, output))
            process.start()
            process.join()
            found[name] = json.loads((output / "measured.json").read_text(encoding="utf-8"))
    print(f"{'':14s} {'whole':>10s} {'trimmed':>10s} {'ratio':>6s}")
    for name, value in found["whole"].items():
        print(f"{name:14s} {value:10.2f} {found['trimmed'][name]:10.2f} {found['trimmed'][name] / value:6.2f}")


if __name__ == "__main__":
    main()
