import conllu
import pytest

from stiltcal.syntax.treebanks import split_treebank
from stiltcal.syntax.trees import TreeError, format_block, read_blocks, read_fields, write_blocks

PLAIN = """# sent_id = s1
# text = Da kam's an.
1\tDa\tda\tADV\t_\t_\t2\tadvmod\t_\t_
2-3\tkam's\t_\t_\t_\t_\t_\t_\t_\t_
2\tkam\tkommen\tVERB\t_\tTense=Past\t0\troot\t_\t_
3\tes\tes\tPRON\t_\t_\t2\tnsubj\t_\t_
3.1\tleer\t_\t_\t_\t_\t_\t_\t_\t_
4\tan\tan\tADP\t_\t_\t2\tcompound:prt\t_\tSpaceAfter=No
5\t.\t.\tPUNCT\t_\t_\t2\tpunct\t_\t_

"""


def read(tmp_path, text):
    path = tmp_path / "trees.conllu"
    path.write_text(text, encoding="utf-8")
    return list(read_blocks(path))


def test_words_and_tokens(tmp_path):
    (block,) = read(tmp_path, PLAIN)
    assert block.words.forms == ["Da", "kam", "es", "an", "."]
    assert block.words.heads == [1, -1, 1, 1, 1]
    tokens = block.tokens
    assert tokens.forms == ["Da", "kam's", "an", "."]
    assert tokens.heads == [1, -1, 1, 1]
    assert list(zip(tokens.starts, tokens.ends, strict=True)) == [(0, 2), (3, 8), (9, 11), (11, 12)]
    assert tokens.punctuation == [False, False, False, True]


def test_written_and_read_again(tmp_path):
    (block,) = read(tmp_path, PLAIN)
    write_blocks(tmp_path / "new" / "again.conllu", [block])
    assert list(read_blocks(tmp_path / "new" / "again.conllu")) == [block]


def test_text_from_forms_where_there_is_none(tmp_path):
    (block,) = read(tmp_path, PLAIN.replace("# text = Da kam's an.\n", ""))
    assert block.text == "Da kam's an."


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\t2\tadvmod", "\t9\tadvmod", "line 3: found head '9'; it is 0 (root) or a word up to 5"),
        ("\t2\tadvmod", "\t_\tadvmod", "line 3: found head '_'"),
        ("\t2\tadvmod", "\t0\troot", "line 3: found 2 roots (lines 3, 5); a tree has one"),
        ("\t0\troot", "\t1\tdep", "line 3: found 0 roots; a tree has one"),
        ("\t2\tcompound:prt", "\t4\tcompound:prt", "line 8: the heads above word 4 form a cycle"),
        ("\t_\t_\n3\t", "\t_\n3\t", "line 5: found 9 columns; a word has 10"),
        ("4\tan", "5\tan", "line 8: found word 5; the next word is 4"),
        ("2-3\t", "2-2\t", "line 4: found range '2-2'"),
        ("3.1\t", "x\t", "line 7: found ID 'x'"),
        ("4\tan", "4\tum", "line 8: found 'um', but `# text` goes on with 'an.'"),
    ],
)
def test_broken_files_are_explained(tmp_path, old, new, message):
    assert old in PLAIN
    with pytest.raises(TreeError) as error:
        read(tmp_path, PLAIN.replace(old, new, 1))
    assert str(error.value).startswith(str(tmp_path / "trees.conllu"))
    assert message in str(error.value)


def test_given_offsets_are_checked(tmp_path):
    rows = PLAIN.replace("advmod\t_\t_", "advmod\t_\tstart_char=7|end_char=x")
    with pytest.raises(TreeError, match=r"line 3: found MISC 'start_char=7\|end_char=x'"):
        read(tmp_path, rows)


def test_fields_of_items(tmp_path):
    block = "# sent_id = {}\n1\tHi\thi\tINTJ\t_\t_\t0\troot\t_\tstart_char={}|end_char={}\n\n"
    path = tmp_path / "fields.conllu"
    path.write_text(
        block.format("x/1/context/0", 0, 2) + block.format("x/1/context/1", 3, 5) + block.format("x/1/question/0", 0, 2)
    )
    fields = read_fields(path)
    assert [s.starts for s in fields["x/1", "context"]] == [[0], [3]]
    assert list(fields) == [("x/1", "context"), ("x/1", "question")]
    path.write_text(block.format("x/1/context/1", 0, 2))
    with pytest.raises(TreeError, match=r"found sent_id 'x/1/context/1'; expected .* here number 0"):
        read_fields(path)


def test_agrees_with_the_conllu_package(treebanks):
    path = treebanks / "es_gsd-ud-dev.conllu"
    with open(path, encoding="utf-8") as file:
        oracle = list(conllu.parse_incr(file))
    blocks = list(read_blocks(path))
    assert len(blocks) == len(oracle)
    for block, theirs in zip(blocks, oracle, strict=True):
        words = [token for token in theirs if isinstance(token["id"], int)]
        assert block.words.forms == [token["form"] for token in words]
        assert block.words.heads == [token["head"] - 1 for token in words]
        assert block.words.deprels == [token["deprel"] for token in words]
        ranges = [token["id"] for token in theirs if not isinstance(token["id"], int) and token["id"][1] == "-"]
        assert block.groups == [(first - 1, last) for first, _, last in ranges]
        assert block.text == theirs.metadata["text"]


@pytest.mark.slow
def test_text_tree_text_is_the_identity_on_all_treebanks(treebanks, tmp_path):
    for path in sorted(treebanks.glob("*.conllu")):
        for block in read_blocks(path):
            tokens = block.local_tokens
            between = [
                block.text[end:start]
                for end, start in zip([0, *tokens.ends], [*tokens.starts, len(block.text)], strict=True)
            ]
            assert not "".join(between).strip(), (path, block.sent_id)
            assert [block.text[s:e] for s, e in zip(tokens.starts, tokens.ends, strict=True)] == tokens.forms
            again = format_block(block)
            (tmp_path / "one.conllu").write_text(again, encoding="utf-8")
            (reread,) = read_blocks(tmp_path / "one.conllu")
            assert format_block(reread) == again


WORDS = ["Da", "kam's", "an", "."]


def with_offsets(spans, key="start_char={}|end_char={}", text="Da kam's an."):
    """PLAIN with these offsets, and another `# text` (None: without one)."""
    rows = PLAIN.replace("# text = Da kam's an.\n", f"# text = {text}\n" if text else "").splitlines()
    given = iter(spans)
    for k, row in enumerate(rows):
        if row[:1].isdecimal() and row.split("\t")[0] in ("1", "2-3", "4", "5"):
            rows[k] = "\t".join([*row.split("\t")[:9], key.format(*next(given))])
    return "\n".join(rows) + "\n\n"


AS_IT_WAS = [(100, 102), (104, 109), (112, 114), (114, 115)]


@pytest.mark.parametrize(
    ("spans", "key"),
    [
        (AS_IT_WAS, "start_char={}|end_char={}"),
        (AS_IT_WAS, "SpaceAfter=No|TokenRange={}:{}"),
        ([(0, 2), (3, 9), (9, 12), (12, 13)], "start_char={}|end_char={}"),  # counted in bytes, with one of two
        ([(0, 2), (1, 6), (5, 7), (6, 7)], "start_char={}|end_char={}"),  # they overlap
        ([(900, 902), (0, 5), (6, 8), (8, 9)], "start_char={}|end_char={}"),  # from two texts
    ],
)
def test_offsets_that_do_not_fit_the_text_are_looked_up_in_it(tmp_path, spans, key):
    """As Stanza writes them: its text has one space where there were more, its offsets count all of them."""
    (block,) = read(tmp_path, with_offsets(spans, key))
    assert block.tokens.forms == block.local_tokens.forms == WORDS
    assert list(zip(block.tokens.starts, block.tokens.ends, strict=True)) == [(0, 2), (3, 8), (9, 11), (11, 12)]


@pytest.mark.parametrize("key", ["start_char={}|end_char={}", "TokenRange={}:{}"])
def test_offsets_that_fit_stay(tmp_path, key):
    (block,) = read(tmp_path, with_offsets([(50, 52), (53, 58), (59, 61), (61, 62)], key))
    assert block.tokens.forms == WORDS and block.tokens.starts == [50, 53, 59, 61]
    assert block.local_tokens.starts == [0, 3, 9, 11]


def test_gaps_follow_offsets_where_the_text_is_missing(tmp_path):
    (block,) = read(tmp_path, with_offsets(AS_IT_WAS, text=None))
    assert block.text == "Da  kam's   an." and block.tokens.starts == [100, 104, 112, 114]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Da kam's nicht an.", "line 8: found 'an', but `# text` goes on with 'nicht an.'"),
        ("Da kam's an. Und", "line 9: found the last token, but `# text` goes on with 'Und'"),
        ("Oh da kam's an.", "line 3: found 'Da', but `# text` goes on with"),
    ],
)
def test_a_text_of_other_tokens_is_refused(tmp_path, text, message):
    for rows in (PLAIN.replace("Da kam's an.", text), with_offsets(AS_IT_WAS, text=text)):
        with pytest.raises(TreeError) as error:
            read(tmp_path, rows)
        assert message in str(error.value)


def test_white_space_inside_of_a_token_may_differ(tmp_path):
    row = (
        "# text = 10\u00a0000 Euro\n1\t10 000\t_\tNUM\t_\t_\t2\tnummod\t_\t_\n2\tEuro\t_\tNOUN\t_\t_\t0\troot\t_\t_\n\n"
    )
    (block,) = read(tmp_path, row)
    assert block.tokens.forms == ["10\u00a0000", "Euro"] and block.tokens.ends == [6, 11]


def test_the_text_decides_about_spaces(tmp_path):
    (block,) = read(
        tmp_path, PLAIN.replace("\tSpaceAfter=No", "\t_").replace("advmod\t_\t_", "advmod\t_\tSpaceAfter=No")
    )
    assert block.tokens.starts == [0, 3, 9, 11]


def test_byte_order_marks_are_skipped(tmp_path):
    (block,) = read(tmp_path, PLAIN)
    assert read(tmp_path, f"\ufeff{PLAIN}") == [block]
    assert read(tmp_path, f"\ufeff{PLAIN}\ufeff{PLAIN}") == [block, block]
    parts = ("train", "dev", "test")
    written = {part: tmp_path / f"{part}.conllu" for part in parts}
    split_treebank(dict.fromkeys(parts, tmp_path / "trees.conllu"), written)
    assert written["train"].read_text(encoding="utf-8") == PLAIN + PLAIN
