"""Pretrain the miniature encoder by masked language modelling: an XLM-R small enough to learn on a CPU.

From the usual initialisation a tiny transformer learns late or never to copy and to match tokens. Two things make it
learn fast and reliably. Mimetic initialisation (Trockman & Kolter 2023, arXiv 2305.09828) starts query times key and
value times output near the identity, so that a token attends to equal tokens and copies their content. Masking only one
of the two parts lets the other part tell the hidden tokens.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaForMaskedLM

PAD, SEPARATOR, MASK = 1, 2, 4
#: Largest number of tokens of a row; every document fits.
LONGEST = 128
#: Gain of the identity in query and key; in value and output; share of the random weights that remains.
MIMETIC = (0.5, 0.7, 0.3)
#: Share of the steps after which the stages of the corpus begin.
STAGE_STARTS = (0.0, 0.12, 0.3)
#: Share of the last stage's steps that draw from the stage before.
REHEARSAL = 0.1
PLAIN_RATE, ANSWER_RATE = 0.2, 0.6
LOG_EVERY = 250


@dataclass(frozen=True)
class TokenizedDocument:
    """Hold the token numbers (n,) of two parts with special tokens; `answer` (n,) marks tokens of an answer."""

    ids: np.ndarray
    answer: np.ndarray


def encode_documents(
    tokenizer: PreTrainedTokenizerFast,
    firsts: Sequence[str],
    seconds: Sequence[str],
    answers: Sequence[tuple[int, int]],
    longest: int,
) -> list[TokenizedDocument]:
    """Tokenise documents, and leave out those longer than `longest` tokens.

    answers: for each document the number of characters at the end of its two parts that answer a question.
    """
    encoded = tokenizer(list(firsts), list(seconds), return_offsets_mapping=True)
    documents = []
    for i, ids in enumerate(encoded["input_ids"]):
        if len(ids) > longest:
            continue
        begin = (len(firsts[i]) - answers[i][0], len(seconds[i]) - answers[i][1])
        parts = encoded.sequence_ids(i)
        ends = [end for _, end in encoded["offset_mapping"][i]]
        answer = [part is not None and end > begin[part] for part, end in zip(parts, ends, strict=True)]
        documents.append(TokenizedDocument(np.array(ids, dtype=np.int16), np.array(answer)))
    return documents


def encode_corpus(tokenizer: PreTrainedTokenizerFast, table: Mapping[str, list]) -> list[list[TokenizedDocument]]:
    """Tokenise the columns of a corpus (`stage` and the fields of a `miniature.corpus.Document`); a list a stage."""
    stages = []
    for stage in sorted(set(table["stage"])):
        rows = [i for i, found in enumerate(table["stage"]) if found == stage]
        columns = ([table[name][i] for i in rows] for name in ("first", "second", "first_answer", "second_answer"))
        firsts, seconds, *answers = columns
        stages.append(encode_documents(tokenizer, firsts, seconds, list(zip(*answers, strict=True)), LONGEST))
    return stages


def build_model(vocabulary: int, *, hidden_size: int, layers: int, heads: int, longest: int) -> XLMRobertaForMaskedLM:
    """Build an XLM-R of the given size, without dropout, with mimetic initialisation."""
    config = XLMRobertaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden_size,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=2 * hidden_size,
        max_position_embeddings=longest + PAD + 1,  # XLM-R counts positions from the padding index
        type_vocab_size=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.1,
        pad_token_id=PAD,
        bos_token_id=0,
        eos_token_id=SEPARATOR,
    )
    model = XLMRobertaForMaskedLM(config)
    match, content, noise = MIMETIC
    identity = torch.eye(hidden_size)
    with torch.no_grad():
        for layer in model.roberta.encoder.layer:
            attention = layer.attention
            for linear in (attention.self.query, attention.self.key):
                linear.weight.mul_(noise).add_(match * identity)
            for linear in (attention.self.value, attention.output.dense):
                linear.weight.mul_(noise).add_(content * identity)
    mimic_identity(model.lm_head.dense)
    return model


@torch.no_grad()
def mimic_identity(linear: torch.nn.Linear) -> None:
    """Make a square layer, whose weights are random, nearly the identity."""
    linear.weight.mul_(MIMETIC[2]).add_(torch.eye(linear.in_features))


def batches(
    documents: Sequence[TokenizedDocument], size: int, rng: np.random.Generator
) -> Iterator[list[TokenizedDocument]]:
    """Yield batches of documents of similar length, in random order, without end."""
    pool = min(32 * size, len(documents))
    while True:
        order = rng.permutation(len(documents))
        for start in range(0, len(order) - pool + 1, pool):
            near = sorted(order[start : start + pool], key=lambda i: len(documents[i].ids))
            rows = [near[i : i + size] for i in range(0, pool, size)]
            for k in rng.permutation(len(rows)):
                yield [documents[i] for i in rows[k]]


def pad(documents: Sequence[TokenizedDocument]) -> tuple[np.ndarray, np.ndarray]:
    """Pad a batch: token numbers and answer flags, (rows, length) each."""
    shape = (len(documents), max(len(document.ids) for document in documents))
    ids, answer = np.full(shape, PAD, dtype=np.int64), np.zeros(shape, dtype=bool)
    for row, document in enumerate(documents):
        ids[row, : len(document.ids)] = document.ids
        answer[row, : len(document.ids)] = document.answer
    return ids, answer


def choose_masked(ids: np.ndarray, answer: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw the mask (rows, length) of the tokens to hide.

    In half of the rows 20 % of all tokens are hidden, in the others 10 to 60 % of one of the two parts. Tokens of
    answers are hidden with probability ANSWER_RATE, special tokens never.
    """
    rows = (len(ids), 1)
    second = np.cumsum(ids == SEPARATOR, axis=1) > 0
    chosen_part = second == (rng.random(rows) < 0.5)
    one_sided = np.where(chosen_part, 0.1 + 0.5 * rng.random(rows), 0.0)
    rate = np.where(rng.random(rows) < 0.5, one_sided, PLAIN_RATE)
    rate = np.where(answer, ANSWER_RATE, rate)
    return (rng.random(ids.shape) < rate) & (ids > MASK)


def stage_at(progress: float, rng: np.random.Generator) -> int:
    """Return the stage of the corpus to draw from. progress: share of the steps that are done, in [0, 1)."""
    stage = sum(progress >= start for start in STAGE_STARTS) - 1
    return stage - 1 if stage == len(STAGE_STARTS) - 1 and rng.random() < REHEARSAL else stage


def train_masked_lm(
    model: XLMRobertaForMaskedLM,
    stages: Sequence[Sequence[TokenizedDocument]],
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
    log: Path,
) -> None:
    """Train through all stages of the corpus, and log the loss in nats as one line of JSON every LOG_EVERY steps.

    The optimizer is not restarted between stages: a restart destroys what the model has learnt.
    """
    rng = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=learning_rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1, (s + 1) / 200) * max(0.03, 1 - s / steps))
    streams = [batches(documents, batch_size, rng) for documents in stages]
    start, losses = time.monotonic(), []
    with open(log, "w", encoding="utf-8") as out:
        for step in range(steps):
            stage = stage_at(step / steps, rng)
            ids, answer = pad(next(streams[stage]))
            masked = torch.from_numpy(choose_masked(ids, answer, rng))
            x = torch.from_numpy(ids)
            attention = (x != PAD).long()
            hidden = model.roberta(x.masked_fill(masked, MASK), attention_mask=attention).last_hidden_state
            loss = cross_entropy(model.lm_head(hidden[masked]), x[masked])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            if (step + 1) % LOG_EVERY == 0 or step + 1 == steps:
                seconds = round(time.monotonic() - start)
                line = {"step": step + 1, "stage": stage, "loss": float(np.mean(losses)), "seconds": seconds}
                out.write(json.dumps(line) + "\n")
                out.flush()
                losses = []
