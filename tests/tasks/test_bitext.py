"""Retrieval and mining: two sides of sentences, split, sampled and checked."""

import pyarrow as pa
import pytest

from stiltcal.tasks.spec import TaskError


def test_retrieval_searches_all_english_sentences(mirror, prepare):
    rows = [{"source_sentence": f"de {n}", "target_sentence": f"en {n}"} for n in range(50)]
    mirror.add("google/xtreme", "tatoeba.deu", "validation", rows)
    items, _ = prepare("tatoeba", ["de"])
    foreign = {key: [i for i in value if i["side"] == "foreign"] for key, value in items.items()}
    assert (len(foreign["dev/de"]), len(foreign["test/de"])) == (10, 40)
    assert not {i["id"] for i in foreign["dev/de"]} & {i["id"] for i in foreign["test/de"]}
    for value in items.values():
        source = {i["id"]: i for i in value if i["side"] == "source"}
        assert len(source) == 50
        for item in (i for i in value if i["side"] == "foreign"):
            partner = source[item["pair"]]
            assert partner["text"].split()[1] == item["text"].split()[1]
            assert (partner["pair"], partner["cluster"]) == (item["id"], item["cluster"])
    assert sum(i["pair"] is None for i in items["test/de"]) == 10


def test_bitext_is_counted_in_sentences_of_both_sides(mirror, prepare):
    rows = [{"source_sentence": f"de {n}" if n else " ", "target_sentence": f"en {n}"} for n in range(50)]
    mirror.add("google/xtreme", "tatoeba.deu", "validation", rows)
    _, report = prepare("tatoeba", ["de"])
    assert report["test/de"] == {"read": 100, "reasons": {"empty text": 2}, "written": 39 + 49}


def bucc(mirror, gold):
    row = {"sentence1": [f"zh {n}" for n in range(100)], "sentence2": [f"en {n}" for n in range(200)], "gold": gold}
    row["sentence1"][98] = "zh 0"  # as the first, which has a partner
    row["sentence2"][198] = "en 199"
    types = {
        "sentence1": pa.list_(pa.string()),
        "sentence2": pa.list_(pa.string()),
        "gold": pa.list_(pa.list_(pa.int64())),
    }
    mirror.add("mteb/bucc-bitext-mining", "zh-en", "test", [row], pa.schema(types))


def test_gold_that_is_no_pairs_is_refused(mirror, prepare):
    bucc(mirror, [[1, 2, 3]])
    with pytest.raises(TaskError, match=r"bucc, .*: gold has \[1, 2, 3\]; pairs of numbers wanted"):
        prepare("bucc", ["zh"])


def test_mining_splits_pairs_and_distractors(mirror, prepare):
    bucc(mirror, [[n + 1, n + 1] for n in range(20)])
    items, report = prepare("bucc", ["zh"])
    paired = {key: [i for i in value if i["pair"] and i["side"] == "foreign"] for key, value in items.items()}
    assert (len(paired["dev/zh"]), len(paired["test/zh"])) == (4, 16)
    assert report["test/zh"]["reasons"] == {"duplicate": 2}
    assert len(items["dev/zh"]) + len(items["test/zh"]) == 298
    assert not {i["text"] for i in items["dev/zh"]} & {i["text"] for i in items["test/zh"]}
    for item in paired["test/zh"]:
        assert item["pair"].split("-")[-1] == item["id"].split("-")[-1]
    capped, _ = prepare("bucc", ["zh"], name="capped", max_test=80)
    sides = [[i["side"] for i in capped["test/zh"]].count(side) for side in ("foreign", "source")]
    assert sides[1] == pytest.approx(80, abs=1) and sides[0] == pytest.approx(40, abs=1)


@pytest.mark.parametrize(
    ("gold", "words"),
    [
        ([[n, n] for n in range(20)], r"gold names sentence 0 of the foreign side; allowed: 1 to 100"),
        ([[1, 1], [2, 201]], r"gold names sentence 201 of the source side; allowed: 1 to 200"),
    ],
)
def test_mining_pairs_that_cannot_be(mirror, prepare, gold, words):
    bucc(mirror, gold)
    with pytest.raises(TaskError, match=rf"bucc, bucc-bitext-mining-test-zh-0: {words}"):
        prepare("bucc", ["zh"])


def test_of_mining_pairs_with_a_sentence_in_common_the_first_is_kept(mirror, prepare):
    bucc(mirror, [[n + 1, n + 1] for n in range(20)] + [[1, 30], [40, 2], [41, 41]])
    items, report = prepare("bucc", ["zh"])
    paired = [item for split in items.values() for item in split if item["pair"] and item["side"] == "foreign"]
    assert len(paired) == 21
    assert report["test/zh"]["reasons"]["pair of a sentence that is in another"] == 2


def test_mining_sets_of_one_row_a_pair(mirror, prepare):
    rows = [{"sentence1": [f"zh {n}"], "sentence2": [f"en {n}"], "gold": [[1, 1]]} for n in range(3)]
    mirror.add("mteb/bucc-bitext-mining", "zh-en", "test", rows)
    with pytest.raises(TaskError, match=r"bucc, .*test-zh-0 to .*test-zh-2: found 3 rows; a mining set is one row"):
        prepare("bucc", ["zh"])
