"""Train the miniature's tokenizer and encoder on its pretraining text."""

import pyarrow.parquet as pq

from stiltcal.models import encoder as enc
from stiltcal.models.determinism import set_seed
from stiltcal.models.pretraining import LONGEST, build_model, encode_corpus, train_masked_lm
from stiltcal.models.tokenizer import train_tokenizer
from stiltcal.support.files import whole_folder
from stiltcal.support.jobs import run_job


def main(*, corpus: str, model: str, encoder: dict, pretraining: dict, seed: int, threads: int = 1) -> None:
    """Write encoder, tokenizer, training.jsonl and settings.json to `model`.

    encoder: hidden_size, layers, heads, vocabulary. pretraining: documents (unused here), steps, batch_size,
    learning_rate."""
    enc.set_threads(threads)
    set_seed(seed)
    table = pq.read_table(corpus).to_pydict()
    size = dict(encoder)
    tokenizer = train_tokenizer((text for part in ("first", "second") for text in table[part]), size.pop("vocabulary"))
    stages = encode_corpus(tokenizer, table)
    masked_lm = build_model(len(tokenizer), longest=LONGEST, **size)
    training = {name: pretraining[name] for name in ("steps", "batch_size", "learning_rate")}
    with whole_folder(model) as folder:
        train_masked_lm(masked_lm, stages, **training, seed=seed, log=folder / "training.jsonl")
        settings = {"seed": seed, "threads": threads, "encoder": encoder, "training": pretraining}
        enc.save(masked_lm.roberta, tokenizer, folder, settings)


if "snakemake" in globals():
    run_job(main, snakemake)
