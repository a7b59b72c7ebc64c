"""Continue the pretraining of the miniature's encoder by three objectives on one encoder.

Masked language modelling goes on. Detection of replaced words (ELECTRA, Clark et al. 2020, arXiv 2003.10555; across
languages XLM-E, Chi et al. 2022, arXiv 2106.16138) makes a word look for itself in the other part of a document.
Selection of the span that says what is hidden (Splinter, Ram et al. 2021, arXiv 2101.00438) makes a word know if the
other part asks for it. An encoder that only fills masks learns to point at an answer late and all at once.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import PreTrainedModel, PreTrainedTokenizerFast, XLMRobertaForMaskedLM

from .pretraining import LOG_EVERY, MASK, PAD, TokenizedDocument, batches, choose_masked, mimic_identity, pad

#: Shares of a batch: masked language modelling, replaced words, hidden words.
SHARES = (0.25, 0.375, 0.375)
#: Weight of the loss of replaced words, which are few.
REPLACED_WEIGHT = 5.0
WARMUP = 100  # steps


def encode_marked(tokenizer: PreTrainedTokenizerFast, rows: Sequence[dict], longest: int) -> list[TokenizedDocument]:
    """Tokenise documents, and leave out those longer than `longest` tokens.

    rows: with the texts `first` and `second`, and `marks`: for either text the characters (first, last + 1) of marked
    words. `answer` of a document flags the tokens of marked words.
    """
    encoded = tokenizer([r["first"] for r in rows], [r["second"] for r in rows], return_offsets_mapping=True)
    documents = []
    for i, row in enumerate(rows):
        ids, offsets, parts = encoded["input_ids"][i], encoded["offset_mapping"][i], encoded.sequence_ids(i)
        if len(ids) <= longest:
            marked = [
                part is not None and any(start < last and end > first for first, last in row["marks"][part])
                for part, (start, end) in zip(parts, offsets, strict=True)
            ]
            documents.append(TokenizedDocument(np.array(ids, dtype=np.int16), np.array(marked)))
    return documents


def with_new_head(encoder: PreTrainedModel) -> XLMRobertaForMaskedLM:
    """Put a new masked-LM head on the encoder, tied to its embeddings."""
    encoder.pooler = None  # it would stay untrained
    model = XLMRobertaForMaskedLM(encoder.config)
    model.roberta = encoder
    model.tie_weights()
    mimic_identity(model.lm_head.dense)
    return model


def train(
    model: XLMRobertaForMaskedLM,
    plain: Sequence[TokenizedDocument],
    replaced: Sequence[TokenizedDocument],
    hidden: Sequence[TokenizedDocument],
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
    log: Path,
) -> None:
    """Train the encoder, and log the losses in nats as one line of JSON every LOG_EVERY steps; the heads are dropped.

    plain: documents without marks.
    """
    rng, width = np.random.default_rng(seed), model.config.hidden_size
    heads = nn.ModuleDict({"masked": model.lm_head, "replaced": nn.Linear(width, 1), "hidden": nn.Linear(width, 2)})
    parameters = list(dict.fromkeys([*model.parameters(), *heads.parameters()]))
    optimizer = torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1, (s + 1) / WARMUP) * max(0.03, 1 - s / steps)
    )
    streams = [
        batches(documents, round(share * batch_size), rng)
        for documents, share in zip((plain, replaced, hidden), SHARES, strict=True)
    ]
    start, losses = time.monotonic(), []
    with open(log, "w", encoding="utf-8") as out:
        for step in range(1, steps + 1):
            parts = _losses(model.roberta, heads, streams, rng)
            loss = parts["masked"] + REPLACED_WEIGHT * parts["replaced"] + parts["hidden"]
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            losses.append([part.item() for part in parts.values()])
            if step % LOG_EVERY == 0 or step == steps:
                means = dict(zip(parts, np.mean(losses, axis=0).tolist(), strict=True))
                line = {"step": step, **means, "seconds": round(time.monotonic() - start)}
                out.write(json.dumps(line) + "\n")
                out.flush()
                losses = []


@torch.no_grad()
def average(encoder: PreTrainedModel, before: Mapping[str, torch.Tensor]) -> None:
    """Set the weights to the mean of those `before` the training and of those after it.

    The mean keeps what the encoder knew, which training alone half forgets (Wortsman et al. 2022, arXiv 2109.01903).
    """
    for name, value in encoder.state_dict().items():
        if value.is_floating_point():
            value.copy_((before[name] + value) / 2)


def _losses(encoder, heads: nn.ModuleDict, streams: Sequence[Iterator], rng) -> dict[str, torch.Tensor]:
    """Return the mean losses of the three objectives on their next batches, by name of the head."""
    plain, replaced, hidden = (pad(next(stream)) for stream in streams)
    masked = torch.from_numpy(choose_masked(*plain, rng))
    ids = torch.from_numpy(plain[0])
    states = _states(encoder, ids, masked)
    filled = cross_entropy(heads["masked"](states[masked]), ids[masked])

    ids, marked = map(torch.from_numpy, replaced)
    words = ids > MASK
    found = binary_cross_entropy_with_logits(
        heads["replaced"](_states(encoder, ids))[words][:, 0], marked[words].float()
    )

    ids, marked = map(torch.from_numpy, hidden)
    ends = heads["hidden"](_states(encoder, ids)).masked_fill((ids == PAD)[..., None], -torch.inf)
    first = marked.int().argmax(1)
    last = marked.shape[1] - 1 - marked.flip(1).int().argmax(1)
    selected = cross_entropy(ends[..., 0], first) + cross_entropy(ends[..., 1], last)
    return {"masked": filled, "replaced": found, "hidden": selected}


def _states(encoder, ids: torch.Tensor, masked: torch.Tensor | None = None) -> torch.Tensor:
    """Return the last hidden states (rows, length, width) of a batch, with `masked` tokens hidden."""
    inputs = ids if masked is None else ids.masked_fill(masked, MASK)
    return encoder(inputs, attention_mask=(ids != PAD).long()).last_hidden_state
