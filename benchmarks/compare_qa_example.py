"""Is fine-tuning on SQuAD as good as with the question-answering example of transformers?

Both train on the same items from the same encoder, with the settings of a study, once a seed, on one thread or a GPU;
both answer all of XQuAD's English questions and are scored by torchmetrics. A seed gives both the same new head, but
another order of the windows; `same_order` is our training in the order of the example.

    python benchmarks/compare_qa_example.py --example transformers/examples/pytorch/question-answering \\
        --python EXAMPLE_VENV/bin/python --results results/real_small --mirror ../shared/real/hub --output results/qa

`--results` is a finished study (its encoder and its items of SQuAD are used); `--example` holds run_qa.py, `--python`
has what that needs. Answers that are there are not made again. Prints a table and writes `--output`/comparison.csv.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import torch
import yaml
from snakemake.utils import update_config
from torchmetrics.functional.text.squad import squad

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import train_target
from stiltcal.formats.items import read_items, write_items
from stiltcal.models import training as our_training
from stiltcal.models.encoder import device
from stiltcal.models.encoding import Lengths
from stiltcal.models.fit_scalings import ItemFile, Plan
from stiltcal.models.prediction import Predictor
from stiltcal.models.training import Hyperparameters
from stiltcal.study.load import Parameters, load_study

ROOT = Path(__file__).parents[1]


def xquad(mirror: Path, path: Path) -> None:
    """Write all English items of the mirror as items of ours."""
    (file,) = mirror.glob("google/xtreme/XQuAD.en/*.parquet")
    rows = pq.read_table(file).to_pylist()
    items = [
        {
            "id": row["id"],
            "cluster": row["id"],
            "context": row["context"],
            "question": row["question"],
            "answers": row["answers"]["text"],
            "answer_starts": row["answers"]["answer_start"],
        }
        for row in rows
    ]
    write_items(path, "qa", items)


def gold(items: list[dict]) -> list[dict]:
    """The answers of items of ours as SQuAD has them."""
    return [
        {"id": each["id"], "answers": {"text": each["answers"], "answer_start": each["answer_starts"]}}
        for each in items
    ]


def as_squad(items: list[dict], path: Path) -> None:
    """Write items of ours as the example reads them."""
    texts = [{key: item[key] for key in ("context", "question")} for item in items]
    rows = [text | answers for text, answers in zip(texts, gold(items), strict=True)]
    path.write_text(json.dumps({"data": rows}), encoding="utf-8")


def ours(parameters: Parameters, options, folder: Path, seed: int) -> dict[str, str]:
    """Answers by item id of our training and prediction."""
    train, dev = (str(options.results / "data" / "squad_v1" / split / "en.parquet") for split in ("train", "dev"))
    settings = {
        "tasks": [parameters.head("squad_v1")],
        "trainings": [parameters.hyperparameters("target", "squad_v1")],
    }
    model = folder / "model"
    train_target.main(
        encoder=str(options.results / "models" / "encoder"),
        train=[train],
        dev=[dev],
        models=[str(model)],
        seed=seed,
        **settings,
    )
    predictor = Predictor(model, "qa", Lengths(**parameters.lengths("xquad")))
    _, fitted = predictor.fit(Plan((), (ItemFile("clean", "en", dev),), ("en",)))
    (table,) = predictor.predict([ItemFile("clean", "en", str(options.output / "xquad.parquet"))], fitted)
    return {row["id"]: row["prediction"] for row in table.to_pylist() if row["unit"] == "item"}


def same_order(parameters: Parameters, options, folder: Path, seed: int) -> dict[str, str]:
    """Answers by item id of our training in the order that accelerate's seedable sampler gives the example."""

    def batches(tasks, settings, _seed, _text):
        (task,) = tasks
        lengths, size = task.train.rows.lengths, settings.batch_size
        order = torch.randperm(len(lengths), generator=torch.Generator().manual_seed(seed)).numpy()
        steps = [order[start : start + size] for start in range(0, len(order), size)]
        return ((task, step[np.argsort(lengths[step], kind="stable")]) for step in steps), len(steps)

    with mock.patch.object(our_training, "_batches", batches):
        return ours(parameters, options, folder, seed)


def example(parameters: Parameters, options, folder: Path, seed: int) -> dict[str, str]:
    """Answers by item id of run_qa.py, with the same settings; the encoder's configuration says the dropout."""
    training = Hyperparameters.of(parameters.hyperparameters("target", "squad_v1"))
    lengths = parameters.lengths("squad_v1")
    encoder = shutil.copytree(options.results / "models" / "encoder", folder / "encoder", dirs_exist_ok=True)
    config = json.loads((encoder / "config.json").read_text(encoding="utf-8"))
    config |= dict.fromkeys(("hidden_dropout_prob", "attention_probs_dropout_prob"), training.dropout)
    (encoder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    settings = {
        "model_name_or_path": encoder,
        "train_file": options.output / "train.json",
        "validation_file": options.output / "test.json",
        "output_dir": folder / "model",
        "seed": seed,
        "learning_rate": training.learning_rate,
        "per_device_train_batch_size": training.batch_size,
        "num_train_epochs": training.epochs,
        "warmup_steps": training.warmup,
        "weight_decay": training.weight_decay,
        "max_seq_length": lengths["maximum"],
        "doc_stride": lengths["stride"],
        "max_answer_length": 30,
        "pad_to_max_length": False,
        "save_strategy": "no",
        "report_to": "none",
    }
    flags = [f"--{name}={value}" for name, value in settings.items()] + ["--do_train", "--do_eval"]
    flags.append("--bf16" if device().type == "cuda" else "--use_cpu")  # as ours
    environment = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    command = [str(options.python), "run_qa.py", *flags]
    subprocess.run(command, cwd=options.example, env=environment, check=True, stdout=sys.stderr)
    return json.loads((folder / "model" / "eval_predictions.json").read_text(encoding="utf-8"))


def answers_of(who: str, parameters: Parameters, options, seed: int) -> dict[str, str]:
    """Answers by item id, from a file where there is one."""
    folder = options.output / who / f"seed{seed}"
    path = folder / "answers.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        answers = WHO[who](parameters, options, folder, seed)
        path.write_text(json.dumps(answers), encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


WHO = {"ours": ours, "same_order": same_order, "example": example}


def score(answers: dict[str, str], items: list[dict]) -> dict[str, float]:
    """Exact match and F1 of SQuAD, in percent."""
    predicted = [{"id": item["id"], "prediction_text": answers[item["id"]]} for item in items]
    return {name: float(value) for name, value in squad(predicted, gold(items)).items()}


def main() -> None:
    """Train and answer with both, seed by seed, and print what they score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--example", type=Path, required=True, help="folder of run_qa.py")
    parser.add_argument("--python", type=lambda path: Path(path).absolute(), default=Path(sys.executable))
    parser.add_argument("--study", type=Path, default=ROOT / "config" / "real_small.yaml")
    parser.add_argument("--results", type=Path, required=True, help="of the study")
    parser.add_argument("--mirror", type=Path, required=True)
    parser.add_argument("--output", type=lambda path: Path(path).absolute(), required=True)
    parser.add_argument("--who", nargs="+", choices=WHO, default=list(WHO))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    update_config(config, yaml.safe_load(options.study.read_text(encoding="utf-8")))
    parameters = Parameters(load_study(config, ROOT))
    options.output.mkdir(parents=True, exist_ok=True)
    xquad(options.mirror, options.output / "xquad.parquet")
    items = read_items(options.output / "xquad.parquet")
    as_squad(read_items(options.results / "data" / "squad_v1" / "train" / "en.parquet"), options.output / "train.json")
    as_squad(items, options.output / "test.json")
    rows = []
    for seed in options.seeds:
        for who in options.who:
            rows.append({"who": who, "seed": seed, **score(answers_of(who, parameters, options, seed), items)})
            print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    table.to_csv(options.output / "comparison.csv", index=False, float_format="%.2f")
    print(table.groupby("who")[["exact_match", "f1"]].agg(["mean", "min", "max"]).round(2).to_string())


if __name__ == "__main__":
    main()
