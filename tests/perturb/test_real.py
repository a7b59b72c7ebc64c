"""All real treebanks and question answering sets: what is promised holds on every one of their texts (sampled here).

`EVERY = 1` checks all of them, in half an hour.
"""

from collections import Counter, defaultdict
from itertools import pairwise
from statistics import fmean

import pyarrow.parquet as pq
import pytest

from stiltcal.perturb.declaration import DECLARATIONS
from stiltcal.perturb.measures import chrf, measure
from stiltcal.perturb.perturber import ItemPerturber, writing_of_items
from stiltcal.perturb.registry import check_sides, names, parse_perturbation
from stiltcal.perturb.text import perturb_text
from stiltcal.perturb.writing import writing_of
from stiltcal.syntax.trees import read_blocks
from stiltcal.syntax.word_order import count_word_order, head_class, read_word_order, relation_of, write_word_order

pytestmark = pytest.mark.slow
EVERY = 10
ORDER = {"ar": "hi", "de": "ja", "en": "tr", "es": "ar", "hi": "ar", "ja": "en", "tr": "es", "zh": "hi"}


@pytest.fixture(scope="module")
def word_orders(treebanks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("word_order")
    for language in ORDER:
        paths = sorted(treebanks.glob(f"{language}_*.conllu"))
        statistics = count_word_order(language, (block.words for path in paths for block in read_blocks(path)))
        write_word_order(folder / f"{language}.json", statistics)
    return {language: read_word_order(folder / f"{language}.json") for language in ORDER}


def full_name(name, language, strength):
    argument = {"shuffle_ngrams": "-2", "reorder_like": f"-{ORDER[language]}"}.get(name, "")
    return f"{name}{argument}-{strength}"


def perturbed(blocks, language, name, word_orders):
    """The changed texts of blocks; None where a perturbation has no rules for the language."""
    perturbation = parse_perturbation(name)
    if perturbation.unavailable(language, has_trees=True):
        return None
    setting = perturbation.setting(language, statistics=word_orders.get(perturbation.word_order_of(language)))
    tokens = [block.local_tokens for block in blocks]
    writing = writing_of(language, [block.text for block in blocks], tokens)
    return [
        perturb_text(block.text, [sentence], perturbation, setting, seed=0, text_id=str(k), writing=writing)
        for k, (block, sentence) in enumerate(zip(blocks, tokens, strict=True))
    ]


def test_treebanks_survive_and_maps_are_bijections(treebanks, word_orders):
    for path in sorted(treebanks.glob("*.conllu")):
        language = path.name[:2]
        blocks = list(read_blocks(path))[::EVERY]
        for name in names():
            if name == "clean":
                continue
            same = perturbed(blocks, language, full_name(name, language, 0.0), word_orders)
            changed = perturbed(blocks, language, full_name(name, language, 1.0), word_orders)
            if same is None:
                continue
            assert [new.text for new in same] == [block.text for block in blocks]
            for block, new in zip(blocks, changed, strict=True):
                olds, news = zip(*new.map, strict=True)
                assert len(set(olds)) == len(olds) and len(set(news)) == len(news)
                if DECLARATIONS[name].family in ("control", "tree"):
                    assert sorted(olds) == sorted(news) == list(range(len(block.tokens)))


STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
#: Rules that move nothing: their strength is in the characters they leave out or misspell.
NO_ORDER = {"crop_adjuncts", "drop_function_words", "typos"}
#: Where a cautious rule finds nothing to do: no clause of the plain kind, no coordination in the treebank.
NOTHING = {"move_clause": {"ar", "hi", "ja", "tr", "zh"}, "swap_conjuncts": {"ja"}}


def mean_tau(blocks, texts):
    """Kendall's tau over the tokens that are left, as the measures of an item take it."""
    return fmean(measure(new.sentences, [])["kendall_tau"] for new in texts)


def mean_similarity(blocks, texts):
    """1 minus the Levenshtein distance as a share of the longer text."""
    distances = [measure([], [(block.text, new.text)]) for block, new in zip(blocks, texts, strict=True)]
    return 1 - fmean(each["levenshtein"] for each in distances)


def mean_chrf(blocks, texts):
    return fmean(chrf(block.text, new.text) for block, new in zip(blocks, texts, strict=True))


@pytest.mark.parametrize("language", ORDER)
def test_measured_strength_grows_with_the_requested_one(treebanks, word_orders, language):
    files = sorted(treebanks.glob(f"{language}_*.conllu"))
    every = [block for path in files for block in read_blocks(path)]
    for name in (name for name in names() if name != "clean"):
        common = DECLARATIONS[name].family in ("control", "tree") or name in NO_ORDER
        blocks = every[:300] if common else every
        levels = [perturbed(blocks, language, full_name(name, language, each), word_orders) for each in STRENGTHS]
        if levels[0] is None:
            continue
        measures = (mean_similarity, mean_chrf) if name in NO_ORDER else (mean_tau,)
        for of_texts in measures:
            values = [of_texts(blocks, texts) for texts in levels]
            falls = [after < before if common else after <= before for before, after in pairwise(values)]
            assert all(falls), (name, values)
            assert (values[-1] < values[0]) == (language not in NOTHING.get(name, ())), (name, values)


@pytest.mark.parametrize("like", ["ar", "hi", "ja", "tr"])
def test_reorder_like_reaches_the_rates_of_the_other_language(treebanks, word_orders, like):
    blocks = list(read_blocks(treebanks / "en_gum-ud-train.conllu"))
    sides = defaultdict(Counter)
    for block, new in zip(blocks, perturbed(blocks, "en", f"reorder_like-{like}-1.0", word_orders), strict=True):
        tokens, place = block.tokens, dict(new.map)
        for token, head in enumerate(tokens.heads):
            if head >= 0 and not tokens.punctuation[token]:
                kind = head_class(tokens.upos[head])
                sides[kind, relation_of(tokens, token)][place[token] < place[head]] += 1
    checked = 0
    for (kind, relation), counts in sides.items():
        rate = word_orders[like].left.get(kind, {}).get(relation)
        if kind in "NV" and rate is not None and counts.total() >= 100:
            checked += 1
            assert counts[True] / counts.total() == pytest.approx(rate, abs=0.05), (kind, relation)
    assert checked >= 15


def qa_items(mirror):
    """(set, its items) of every question answering set: sampled."""
    sets = [
        *mirror.glob("google/xtreme/XQuAD.*"),
        *mirror.glob("google/xtreme/MLQA.*"),
        mirror / "google/xtreme/tydiqa",
    ]
    sets += [*mirror.glob("rajpurkar/squad*/*")]
    for folder in sorted(path for path in sets if path.is_dir()):
        for path in sorted(folder.glob("*.parquet")):
            rows = pq.read_table(path).to_pylist()[::EVERY]
            yield (
                path,
                [
                    {
                        "id": row["id"],
                        "cluster": row["id"],
                        "context": row["context"],
                        "question": row["question"],
                        "answers": row["answers"]["text"],
                        "answer_starts": row["answers"]["answer_start"],
                    }
                    for row in rows
                ],
            )


def test_answers_of_all_sets_survive(treebanks):
    mirror = treebanks.parent / "real" / "hub"
    if not mirror.is_dir():
        pytest.skip("../shared/real/hub is missing: real data is never copied into the project")
    seen = 0
    for path, items in qa_items(mirror):
        writing = writing_of_items("", items, "qa", {}, ())
        for name in ("shuffle_words-0.0", "shuffle_words-1.0", "displace_all-1.0", "typos-0.5"):
            perturbation = parse_perturbation(name)
            sides = check_sides("qa", ["context", "question"])
            perturb = ItemPerturber(perturbation, "qa", sides, perturbation.setting(), 0, {}, writing)
            for item in items:
                new = perturb(item)
                if any(answer != answer.strip() for answer in item["answers"]):
                    continue  # as published; prepare_items has none
                assert new["status"] == "kept", (path, item["id"], new["status"])
                for answer, start in zip(new["answers"], new["answer_starts"], strict=True):
                    assert new["context"][start : start + len(answer)] == answer
                if perturbation.strength == 0:
                    assert (new["context"], new["question"]) == (item["context"], item["question"])
                seen += 1
    assert seen > 1000
