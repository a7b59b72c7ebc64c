import pytest

from stiltcal.syntax.trees import read_blocks
from stiltcal.syntax.word_order import (
    WordOrderError,
    count_word_order,
    read_word_order,
    word_order_distance,
    write_word_order,
)

FILE = """# text = he saw her
1\the\the\tPRON\t_\t_\t2\tnsubj\t_\t_
2\tsaw\tsee\tVERB\t_\t_\t0\troot\t_\t_
3\ther\tshe\tPRON\t_\t_\t2\tdobj\t_\t_

# text = her he here saw .
1\ther\tshe\tPRON\t_\t_\t4\tobj\t_\t_
2\the\the\tPRON\t_\t_\t4\tnsubj:outer\t_\t_
3\there\there\tNOUN\t_\t_\t4\tnmod\t_\t_
4\tsaw\tsee\tVERB\t_\t_\t0\troot\t_\t_
5\t.\t.\tPUNCT\t_\t_\t4\tpunct\t_\t_

"""


@pytest.fixture
def statistics(tmp_path):
    (tmp_path / "bank.conllu").write_text(FILE, encoding="utf-8")
    return count_word_order("xx", (block.words for block in read_blocks(tmp_path / "bank.conllu")))


def test_counts_by_hand(statistics):
    assert (statistics["sentences"], statistics["words"]) == (2, 8)
    assert statistics["clauses"] == {"OSV": 1, "SVO": 1}
    assert statistics["relations"]["V"]["nsubj"] == {"n": 2, "left": 1.0}
    assert statistics["relations"]["V"]["obj"] == {"n": 2, "left": 0.5}  # version 1's dobj is obj
    assert statistics["relations"]["V"]["obl"] == {"n": 1, "left": 1.0}  # and nmod below a verb obl
    assert statistics["nearer"]["V"]["left"]["nsubj obj"] == {"n": 1, "share": 1.0}
    assert statistics["head_final"] == 0.8


def test_rates_of_few_cases_are_not_used(statistics, tmp_path):
    write_word_order(tmp_path / "xx.json", statistics)
    assert read_word_order(tmp_path / "xx.json").left == {"V": {}}
    assert read_word_order(tmp_path / "xx.json").nearer == {"V": {"left": {}}}
    statistics["relations"]["V"]["obj"]["n"] = statistics["nearer"]["V"]["left"]["nsubj obj"]["n"] = 20
    statistics["nearer"]["V"]["left"]["dep obj"] = {"n": 20, "share": 1.0}
    write_word_order(tmp_path / "xx.json", statistics)
    order = read_word_order(tmp_path / "xx.json")
    assert order.left == {"V": {"obj": 0.5}}
    assert order.nearer == {"V": {"left": {("nsubj", "obj"): 1.0, ("obj", "nsubj"): 0.0}}}


def test_words_of_the_passive_by_hand(tmp_path):
    rows = [
        ("cats", "nsubj:pass", 2),
        ("seen", "root", 0),
        ("were", "aux:pass", 2),
        ("dogs", "obl:agent", 2),
        ("By", "case", 4),
    ]
    lines = [f"{i}\t{form}\t_\tX\t_\t_\t{head}\t{name}\t_\t_\n" for i, (form, name, head) in enumerate(rows, 1)]
    (tmp_path / "bank.conllu").write_text(("".join(lines) + "\n") * 20, encoding="utf-8")
    statistics = count_word_order("xx", (block.words for block in read_blocks(tmp_path / "bank.conllu")))
    assert statistics["passive"] == {
        "auxiliary": {"form": "were", "n": 20, "before": 0.0},
        "agent": {"form": "by", "n": 20, "before": 0.0},
    }
    write_word_order(tmp_path / "xx.json", statistics)
    assert read_word_order(tmp_path / "xx.json").passive == {"auxiliary": ("were", False), "agent": ("by", False)}
    statistics["passive"]["agent"]["n"] = 19
    write_word_order(tmp_path / "xx.json", statistics)
    assert set(read_word_order(tmp_path / "xx.json").passive) == {"auxiliary"}


def test_other_files_are_refused(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(WordOrderError, match=r"x\.json: no word order as measure_word_order writes it"):
        read_word_order(tmp_path / "x.json")


def test_distance_by_hand():
    one = {"relations": {"V": {"obj": {"n": 60, "left": 0.0}, "nsubj": {"n": 40, "left": 1.0}}}}
    other = {"relations": {"V": {"obj": {"n": 80, "left": 1.0}}, "N": {"amod": {"n": 20, "left": 0.5}}}}
    third = {"relations": {"V": {"obj": {"n": 20, "left": 0.5}, "nsubj": {"n": 20, "left": 0.9}}}}
    rare = {"relations": {"V": {"obj": {"n": 19, "left": 1.0}}}}
    assert word_order_distance(one, one) == 0
    assert word_order_distance(one, other) == word_order_distance(other, one) == 1  # obj is all they share
    assert word_order_distance(one, third) == pytest.approx((0.6 + 0.5) / 2 * 0.5 + (0.4 + 0.5) / 2 * 0.1)
    assert word_order_distance(one, rare) == 0
