"""Generate the data sets of the miniature: items and gold trees of every task, split and language."""

import random
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from ..formats.items import write_items
from ..syntax.sentence import Sentence as Tree
from ..syntax.sentence import Span
from ..syntax.trees import Block, write_blocks
from ..syntax.words import token_spans
from ..tasks.kinds import KINDS
from . import marked
from .corpus import STAGES, Document, documents
from .drafts import Draft, Drawer
from .drawers import BITEXT, DRAWERS
from .grammar import Clause
from .languages import Language, build_languages
from .realisation import GoldSentence, realise
from .supertags import supertags
from .world import World, build_worlds


class Miniature:
    """Languages and worlds of one seed, and the data sets generated from them."""

    def __init__(self, languages: dict[str, dict], sizes: dict[str, int], facts: int, seed: int):
        """Build languages and worlds.

        languages: traits by code, as in the configuration; the first language is the source. sizes: number of items of
        each split. facts: number of facts in a paragraph of question answering.
        """
        self.languages, names = build_languages(languages, seed)
        self.worlds, self.sizes, self.facts, self.seed = build_worlds(names), sizes, facts, seed
        self.source = next(iter(self.languages.values()))

    def write_task(
        self, task: str, kind: str, outputs: dict[tuple[str, str], Path], trees: dict[tuple[str, str], Path]
    ) -> None:
        """Write the items of a task to `outputs` and their trees to `trees`.

        outputs, trees: paths by (split, language); trees may be missing for any of them. kind: of task.
        """
        for split in sorted({split for split, _ in outputs}):
            for language in (code for s, code in outputs if s == split):
                rows, sentences = self.build(task, kind, split, self.languages[language])
                write_items(outputs[split, language], kind, rows)
                if (split, language) in trees:
                    write_trees(trees[split, language], sentences)

    def build(self, task: str, kind: str, split: str, language: Language) -> tuple[list[dict], dict]:
        """Return the items of a split in one language, and the sentences of every (item id, field)."""
        world, count = self.worlds[split], self.sizes[split]
        rng = random.Random(f"{self.seed}/{task}/{split}")
        if task in BITEXT:
            return self._build_bitext(BITEXT[task], rng, world, count, split, language)
        draw = DRAWERS[task]
        if KINDS[kind].head == "spans":
            draw = partial(draw, facts=self.facts)
        rows: list[dict] = []
        sentences: dict[tuple[str, str], list[GoldSentence]] = {}
        for cluster, draft in _numbered(draw, rng, world, count):
            item_id = f"{split}-{len(rows)}"
            row, fields = _realise_draft(draft, task, kind, language)
            rows.append({"id": item_id, "cluster": f"{split}-{cluster}", **row})
            sentences.update({(item_id, field): of_field for field, of_field in fields.items()})
        return rows, sentences

    def _build_bitext(self, draw, rng, world: World, count: int, split: str, language: Language):
        foreign, source, pairs = draw(rng, world, count)
        partner = {("foreign", i): j for i, j in pairs} | {("source", j): i for i, j in pairs}
        rows, sentences = [], {}
        for side, clauses, spoken in (("foreign", foreign, language), ("source", source, self.source)):
            other = "source" if side == "foreign" else "foreign"
            for number, clause in enumerate(clauses):
                sentence, mate = realise(clause, spoken), partner.get((side, number))
                item_id = f"{split}-{side}-{number}"
                pair = None if mate is None else f"{split}-{other}-{mate}"
                # A pair is resampled as one; `cluster` names it by its foreign side.
                owner = number if side == "foreign" else mate
                cluster = item_id if owner is None else f"{split}-{owner}"
                rows.append({"id": item_id, "cluster": cluster, "side": side, "text": sentence.text, "pair": pair})
                sentences[item_id, "text"] = [sentence]
        return rows, sentences

    def corpus(self, stage: int, count: int) -> Iterator[Document]:
        """Yield `count` documents of a stage (0 to STAGES - 1) of the pretraining text."""
        return documents(self.seed, stage, count, self.worlds["pretraining"], self.languages)

    def marked_corpus(self, kind: str, count: int) -> Iterator[list[marked.Part]]:
        """Yield `count` documents of a kind of `marked.KINDS`."""
        return marked.documents(self.seed, kind, count, self.worlds["pretraining"], self.languages)

    def text(self, language: str, count: int) -> list[str]:
        """Return `count` documents of the hardest stage in one language, others than those of other languages."""
        seed, alone = f"{self.seed}/{language}", {language: self.languages[language]}
        told = documents(seed, STAGES - 1, count, self.worlds["pretraining"], alone)
        return [f"{document.first} {document.second}" for document in told]


def _numbered(draw: Drawer, rng: random.Random, world: World, count: int):
    """Yield exactly `count` pairs (number of the cluster, draft)."""
    made, cluster = 0, 0
    while made < count:
        for draft in draw(rng, world)[: count - made]:
            yield cluster, draft
            made += 1
        cluster += 1


def _text(sentences: list[GoldSentence]) -> str:
    return " ".join(sentence.text for sentence in sentences)


def _realise_draft(draft: Draft, task: str, kind: str, language: Language) -> tuple[dict, dict]:
    """Return the item of a draft in a language, without its id, and the sentences of its fields."""
    fields = {name: [realise(clause, language) for clause in clauses] for name, clauses in draft.fields.items()}
    texts = {name: _text(sentences) for name, sentences in fields.items()}
    head = KINDS[kind].head
    if head == "sequence":
        return {**texts, "label": draft.label}, fields
    if head == "tokens":
        return _tagged(fields["tokens"][0], task), fields
    if head == "spans":
        return {**texts, **_answer(draft, fields["context"])}, fields
    choices = [_choice(clause, role, language) for clause, role in draft.choices]
    return {"context": "", "question": "", **texts, "choices": choices, "answer": draft.right}, fields


def _choice(clause: Clause, role: str | None, language: Language) -> str:
    sentence = realise(clause, language)
    if role is None:
        return sentence.text
    first, last = sentence.words_of(role)
    return sentence.text[first:last]


def _tagged(sentence: GoldSentence, task: str) -> dict:
    tags = {
        "udpos": lambda: [token.upos for token in sentence.tokens],
        "panx": lambda: [token.entity for token in sentence.tokens],
        "ccg": lambda: supertags(sentence),
    }
    return {"tokens": [token.form for token in sentence.tokens], "tags": tags[task]()}


def _answer(draft: Draft, context: list[GoldSentence]) -> dict:
    if draft.answer is None:
        return {"answers": [], "answer_starts": []}
    number, role = draft.answer
    first, last = context[number].words_of(role)
    start = sum(len(sentence.text) + 1 for sentence in context[:number]) + first
    return {"answers": [_text(context)[start : start + last - first]], "answer_starts": [start]}


def write_trees(path: Path, sentences: dict[tuple[str, str], list[GoldSentence]]) -> None:
    """Write gold trees as CoNLL-U with `{item id}/{field}/{number}` as sent_id.

    sentences: of each (item id, field). Character offsets count into the text of the field; for `tokens`, into the
    tokens joined by single spaces.
    """
    write_blocks(path, _blocks(sentences))


def _blocks(sentences: dict[tuple[str, str], list[GoldSentence]]) -> Iterator[Block]:
    for (item_id, field), of_field in sentences.items():
        start = 0
        for number, sentence in enumerate(of_field):
            text = sentence.text
            spans: Sequence[Span] = sentence.offsets
            if field == "tokens":
                forms = [token.form for token in sentence.tokens]
                text, spans = " ".join(forms), token_spans(forms)
            yield Block(f"{item_id}/{field}/{number}", text, _tree(sentence, spans, start), [])
            start += len(text) + 1


def _tree(sentence: GoldSentence, spans: Sequence[Span], start: int) -> Tree:
    """Return the tree of a sentence. spans: characters of its tokens, from `start` on."""
    tokens = sentence.tokens
    return Tree(
        forms=[token.form for token in tokens],
        starts=[start + first for first, _ in spans],
        ends=[start + end for _, end in spans],
        punctuation=[token.upos == "PUNCT" for token in tokens],
        heads=[token.head - 1 for token in tokens],
        deprels=[token.deprel for token in tokens],
        upos=[token.upos for token in tokens],
        lemmas=[token.lemma for token in tokens],
        feats=[token.feats for token in tokens],
    )
