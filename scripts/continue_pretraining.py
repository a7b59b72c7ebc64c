"""Continue the pretraining of the miniature's encoder on documents with marks."""

import pyarrow.parquet as pq

from stiltcal.miniature.corpus import STAGES
from stiltcal.models import continued
from stiltcal.models import encoder as enc
from stiltcal.models.determinism import set_seed
from stiltcal.models.pretraining import LONGEST, encode_corpus
from stiltcal.support.files import whole_folder
from stiltcal.support.jobs import run_job


def main(
    *, pretrained: str, corpus: str, marked_corpus: str, model: str, continuation: dict, seed: int, threads: int = 1
) -> None:
    """Write encoder, tokenizer, training.jsonl and settings.json to `model`.

    pretrained: the encoder to start from. continuation: documents (unused here), steps, batch_size, learning_rate.
    """
    enc.set_threads(threads)
    set_seed(seed)
    tokenizer = enc.load_tokenizer(pretrained)
    table = pq.read_table(marked_corpus).to_pylist()
    data = {
        kind: continued.encode_marked(tokenizer, [row for row in table if row["kind"] == kind], LONGEST)
        for kind in ("replaced", "hidden")
    }
    hardest = pq.read_table(corpus, filters=[("stage", "=", STAGES - 1)])
    [plain] = encode_corpus(tokenizer, hardest.to_pydict())
    training = {name: continuation[name] for name in ("steps", "batch_size", "learning_rate")}
    with whole_folder(model) as folder:
        encoder = enc.load_encoder(pretrained)
        masked_lm = continued.with_new_head(encoder)
        before = {name: value.clone() for name, value in encoder.state_dict().items()}
        continued.train(masked_lm, plain, **data, **training, seed=seed, log=folder / "training.jsonl")
        continued.average(encoder, before)
        enc.save(encoder, tokenizer, folder, {"seed": seed, "threads": threads, "training": continuation})


if "snakemake" in globals():
    run_job(main, snakemake)
