"""Parse texts offline with Stanza models from a local folder. Equal texts are parsed once.

fetch_parser (`stanza.download`) or train_parser (`{language}/{processor}.pt`) made the folder.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from ..support.language_codes import normalized, rules_of
from ..tasks.kinds import KINDS
from .sentence import Sentence, Span
from .trees import Block
from .words import token_spans

#: Parts of a pipeline. Stanza adds `mwt` for languages with multi-word tokens.
PROCESSORS = ("tokenize", "pos", "lemma", "depparse")
#: Texts that Stanza parses at a time.
BATCH = 64


class ParserError(ValueError):
    """Models are missing. The message names the folder and the languages that it has models for."""


def load_pipeline(language: str, models: str | Path, *, pretokenized: bool = False):
    """Load the Stanza pipeline of a language.

    models: folder of the models. pretokenized: True if the input is lists of tokens. Raises ParserError if the folder
    has no parser for the language.
    """
    import stanza  # takes seconds to import

    folder = Path(models)
    language = stanza_code(language, _codes_in(folder))
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
        with NamedTemporaryFile("w") as empty_list:  # Stanza requires a list of models, even an empty one
            empty_list.write("{}")
            empty_list.flush()
            paths["resources_filepath"] = empty_list.name
            return load(processors=dict.fromkeys(names, "default"), allow_unknown_language=True, **paths)
    if not resources.is_file() or not (folder / _folder_name(language, resources) / "depparse").is_dir():
        available = sorted(path.name for path in folder.glob("*") if path.is_dir()) if folder.is_dir() else []
        raise ParserError(
            f"{folder}: no parser for {language!r}; found: {', '.join(available) or 'nothing'} "
            "(fetch_parser fetches one, train_parser trains one on a treebank)"
        )
    return load(processors=",".join(PROCESSORS))


def stanza_code(language: str, known: Collection[str]) -> str:
    """Return the one of the `known` codes that Stanza has a language under (zh-hant; pt for pt-BR); else `language`.

    Stanza writes codes in lower case, and has most languages without a script or region.
    """
    codes = (language, normalized(language).lower(), rules_of(language))
    return next((code for code in codes if code in known), language)


def _codes_in(folder: Path) -> set[str]:
    """Return the codes under which a folder may have models: of its folders, and of downloaded models."""
    resources = folder / "resources.json"
    listed = json.loads(resources.read_text(encoding="utf-8")) if resources.is_file() else {}
    return {path.name for path in folder.glob("*")} | set(listed)


def _folder_name(language: str, resources: Path) -> str:
    """Return the folder name of downloaded models: `zh`, for one, is an alias of `zh-hans`."""
    return json.loads(resources.read_text(encoding="utf-8")).get(language, {}).get("alias", language)


def parse_items(
    items: Sequence[dict], kind: str, language: str, models: str | Path, *, side: str = "foreign"
) -> Iterator[Block]:
    """Yield the blocks of all texts of items in their order, with `{item id}/{field}/{number}` as sent_id.

    kind: of task. side: of retrieval and mining, only this side of the pairs is in `language` and parsed. Raises
    ParserError if models are missing.
    """
    pipeline = load_pipeline(language, models, pretokenized=KINDS[kind].is_tokenized)
    wanted = [item for item in items if item.get("side", side) == side]
    texts = [(item["id"], field, item[field]) for item in wanted for field in KINDS[kind].text_fields]
    if KINDS[kind].is_tokenized:
        of_tokens = parse_tokens([tokens for _, _, tokens in texts], pipeline)
        parsed = [of_tokens[tuple(tokens)] for _, _, tokens in texts]
    else:
        of_text = parse_documents([text for _, _, text in texts], pipeline)
        parsed = [of_text[text] for _, _, text in texts]
    for (item_id, field, _), blocks in zip(texts, parsed, strict=True):
        for number, block in enumerate(blocks):
            yield replace(block, sent_id=f"{item_id}/{field}/{number}")


def parse_texts(texts: Sequence[str], language: str, models: str | Path) -> list[list[Sentence]]:
    """Return the sentences of each text as tokens with trees; raises ParserError if models are missing."""
    parsed = parse_documents(texts, load_pipeline(language, models))
    return [[block.tokens for block in parsed[text]] for text in texts]


def parse_documents(texts: Sequence[str], pipeline) -> dict[str, list[Block]]:
    """Return the blocks of each distinct text, with offsets into the text; a text without words has no block."""
    distinct = [text for text in dict.fromkeys(texts) if text.strip()]
    parsed: dict[str, list[Block]] = {}
    for start in range(0, len(distinct), BATCH):
        batch = distinct[start : start + BATCH]
        for text, document in zip(batch, pipeline.bulk_process(batch), strict=True):
            parsed[text] = [_block(text, sentence) for sentence in document.sentences]
    return {text: parsed.get(text, []) for text in texts}


def parse_tokens(token_lists: Iterable[Sequence[str]], pipeline) -> dict[tuple[str, ...], list[Block]]:
    """Return the block of each distinct list of tokens, with offsets into the tokens joined by single spaces.

    pipeline: loaded with `pretokenized`.
    """
    distinct = list(dict.fromkeys(map(tuple, token_lists)))
    parsed: dict[tuple[str, ...], list[Block]] = {}
    for start in range(0, len(distinct), BATCH):
        batch = distinct[start : start + BATCH]
        document = pipeline([list(tokens) for tokens in batch])
        for tokens, sentence in zip(batch, document.sentences, strict=True):
            parsed[tokens] = [_block(" ".join(tokens), sentence, tokens)]
    return parsed


def _block(text: str, sentence, tokens: Sequence[str] = ()) -> Block:
    """Build a block from Stanza's sentence. tokens: the pretokenized input, if any."""
    offsets = [(token.start_char, token.end_char) for token in sentence.tokens]
    spans = token_spans(tokens) if tokens else _whole(text, offsets)
    starts: list[int] = []
    ends: list[int] = []
    groups: list[Span] = []
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
    """Extend each span over the characters up to the next one that are not white space and belong to no token."""
    whole = []
    for k, (start, end) in enumerate(spans):
        following = spans[k + 1][0] if k + 1 < len(spans) else end
        whole.append((start, end + len(text[end:following].rstrip())))
    return whole
