"""Parse texts with Stanza models from a local folder, offline: every text once, offsets into the text kept.

The folder is what `stanza.download` wrote (fetch_parser), or what train_parser wrote: `{language}/{processor}.pt`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from ..support.language_codes import normalized, rules_of
from ..tasks.kinds import KINDS
from .sentence import Sentence, Span
from .trees import Block
from .words import token_spans

#: What a pipeline consists of; Stanza adds `mwt` for the languages that have multi-word tokens.
PROCESSORS = ("tokenize", "pos", "lemma", "depparse")
BATCH = 64


class ParserError(ValueError):
    """Models that are not there; the message says where they were looked for and what is there."""


def load_pipeline(language: str, models: str | Path, *, pretokenized: bool = False):
    """The Stanza pipeline of a language; `pretokenized`: it takes tokens as they are. Raises ParserError."""
    import stanza  # seconds to import, and only needed here

    folder = Path(models)
    language = _code_in(folder, language)
    resources = folder / "resources.json"
    load = partial(
        stanza.Pipeline,
        language,
        dir=str(folder),
        download_method=None,
        tokenize_pretokenized=pretokenized,
        tokenize_no_ssplit=pretokenized,
        use_gpu=None,
        logging_level="ERROR",
    )
    trained = {name: folder / language / f"{name}.pt" for name in ("tokenize", "mwt", *PROCESSORS[1:])}
    if trained["depparse"].is_file():
        names = [name for name, path in trained.items() if path.is_file() and not (pretokenized and name == "mwt")]
        paths = {f"{name}_model_path": str(trained[name]) for name in names}
        with NamedTemporaryFile("w") as nothing:  # Stanza wants a list of models, if only an empty one
            nothing.write("{}")
            nothing.flush()
            paths["resources_filepath"] = nothing.name
            return load(processors=dict.fromkeys(names, "default"), allow_unknown_language=True, **paths)
    if not resources.is_file() or not (folder / _folder_name(language, resources) / "depparse").is_dir():
        found = sorted(path.name for path in folder.glob("*") if path.is_dir()) if folder.is_dir() else []
        raise ParserError(
            f"{folder}: no parser for {language!r}; found: {', '.join(found) or 'nothing'} (fetch_parser fetches one, "
            "train_parser trains one on a treebank)"
        )
    return load(processors=",".join(PROCESSORS))


def _code_in(folder: Path, language: str) -> str:
    """The code by which a folder has the models of a language: as Stanza writes it (`zh-hant`), or its first part."""
    resources = folder / "resources.json"
    known = {path.name for path in folder.glob("*")}
    known |= set(json.loads(resources.read_text(encoding="utf-8"))) if resources.is_file() else set()
    if language in known:
        return language
    return next((code for code in (normalized(language).lower(), rules_of(language)) if code in known), language)


def _folder_name(language: str, resources: Path) -> str:
    """Where the models that Stanza downloaded for a language are: `zh` is an alias, they are in `zh-hans`."""
    return json.loads(resources.read_text(encoding="utf-8")).get(language, {}).get("alias", language)


def parse_items(
    items: Sequence[dict], kind: str, language: str, models: str | Path, *, side: str = "foreign"
) -> Iterator[Block]:
    """The blocks of all texts of items, in their order, with `{item id}/{field}/{number}` as sent_id.

    Equal texts are parsed once. Of bitext, only the side that is in the language has blocks.
    """
    pipeline = load_pipeline(language, models, pretokenized=KINDS[kind].is_tokenized)
    wanted = [item for item in items if item.get("side", side) == side]
    texts = [(item["id"], field, item[field]) for item in wanted for field in KINDS[kind].text_fields]
    if KINDS[kind].is_tokenized:
        parsed = parse_tokens([tokens for _, _, tokens in texts], pipeline)
    else:
        parsed = parse_documents([text for _, _, text in texts], pipeline)
    for item_id, field, text in texts:
        for number, block in enumerate(parsed[tuple(text) if KINDS[kind].is_tokenized else text]):
            yield replace(block, sent_id=f"{item_id}/{field}/{number}")


def parse_texts(texts: Sequence[str], language: str, models: str | Path) -> list[list[Sentence]]:
    """The sentences of each text as surface tokens with trees."""
    parsed = parse_documents(texts, load_pipeline(language, models))
    return [[block.tokens for block in parsed[text]] for text in texts]


def parse_documents(texts: Sequence[str], pipeline) -> dict[str, list[Block]]:
    """The blocks of each distinct text, offsets counting into it; texts without words have none."""
    distinct = [text for text in dict.fromkeys(texts) if text.strip()]
    parsed: dict[str, list[Block]] = {}
    for start in range(0, len(distinct), BATCH):
        batch = distinct[start : start + BATCH]
        for text, document in zip(batch, pipeline.bulk_process(batch), strict=True):
            parsed[text] = [_block(text, sentence) for sentence in document.sentences]
    return {text: parsed.get(text, []) for text in texts}


def parse_tokens(token_lists: Iterable[Sequence[str]], pipeline) -> dict[tuple[str, ...], list[Block]]:
    """The block of each distinct list of tokens; offsets count into the tokens joined by single spaces."""
    distinct = list(dict.fromkeys(map(tuple, token_lists)))
    parsed: dict[tuple[str, ...], list[Block]] = {}
    for start in range(0, len(distinct), BATCH):
        batch = distinct[start : start + BATCH]
        document = pipeline([list(tokens) for tokens in batch])
        for tokens, sentence in zip(batch, document.sentences, strict=True):
            parsed[tokens] = [_block(" ".join(tokens), sentence, tokens)]
    return parsed


def _block(text: str, sentence, tokens: Sequence[str] = ()) -> Block:
    """A block from Stanza's sentence; `tokens`: those that were given, whose offsets are known."""
    found = [(token.start_char, token.end_char) for token in sentence.tokens]
    spans = token_spans(tokens) if tokens else _whole(text, found)
    starts, ends, groups = [], [], []
    for token, (start, end) in zip(sentence.tokens, spans, strict=True):
        if len(token.words) > 1:
            groups.append((len(starts), len(starts) + len(token.words)))
        starts += [start] * len(token.words)
        ends += [end] * len(token.words)
    words, inside = sentence.words, {word for first, end in groups for word in range(first, end)}
    forms = [word.text if k in inside else text[starts[k] : ends[k]] for k, word in enumerate(words)]
    upos = [word.upos or "_" for word in words]
    tree = Sentence(
        forms,
        starts,
        ends,
        [tag == "PUNCT" for tag in upos],
        [word.head - 1 for word in words],
        [word.deprel or "dep" for word in words],
        upos,
        [word.lemma or "_" for word in words],
        [word.feats or "_" for word in words],
    )
    return Block("", text[spans[0][0] : spans[-1][1]], tree, groups)


def _whole(text: str, spans: list[Span]) -> list[Span]:
    """The spans, each extended over characters that no token holds and that are no white space."""
    whole = []
    for k, (start, end) in enumerate(spans):
        following = spans[k + 1][0] if k + 1 < len(spans) else end
        whole.append((start, end + len(text[end:following].rstrip())))
    return whole
