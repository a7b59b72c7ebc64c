import pandas as pd
import pytest

import check_contamination
from stiltcal.formats.items import write_items


def qa(folder, name, rows):
    path = folder / f"{name}.parquet"
    items = [
        {"id": str(n), "cluster": str(n), "context": c, "question": q, "answers": [], "answer_starts": [], "article": a}
        for n, (c, q, a) in enumerate(rows)
    ]
    write_items(path, "qa", items)
    return str(path)


def table(tmp_path, training, evaluation, **choice):
    check_contamination.main(training=training, evaluation=evaluation, table=str(tmp_path / "out.csv"))
    rows = pd.read_csv(tmp_path / "out.csv")
    return rows[(rows[list(choice)] == pd.Series(choice)).all(axis=1)].iloc[0]


TEXT = "the quick brown fox jumps over the lazy dog and runs far away"


def test_equal_near_and_article(tmp_path):
    train = qa(
        tmp_path, "squad/train/en", [(TEXT, "Who jumps over dogs?", "A_fox"), ("Old words are here", "What?", None)]
    )
    test = qa(
        tmp_path,
        "xquad/test/en",
        [
            (
                "The quick brown fox, jumps over the LAZY dog and runs far away!",
                "Is it new?",
                None,
            ),  # equal but for form
            (TEXT + " now", "How far does it run?", "A fox"),  # 11 of 12 trigrams: cosine 11 / sqrt(11 * 12) = 0.957
            ("The quick brown cat sleeps all day long", "Who jumps over dogs?", "A cat"),
        ],
    )
    row = table(tmp_path, [train], [test], field="context")
    assert row.to_dict() == {
        "train": "squad/train/en",
        "evaluation": "xquad/test/en",
        "field": "context",
        "texts": 3,
        "exact": 1,
        "near": 1,
        "known_article": 2,
        "same_article": 1,
        "closest": pytest.approx(0.957, abs=0.001),
    }
    assert table(tmp_path, [train], [test], field="question")["exact"] == 1


@pytest.mark.parametrize(("others", "cosine", "near"), [(2, 9 / 11, 1), (3, 8 / 11, 0)])
def test_texts_are_near_duplicates_from_a_cosine_of_four_fifths(tmp_path, others, cosine, near):
    """Each other word at the end costs both texts one of their eleven trigrams."""
    words = ["zebras", "sing", "songs"]
    train = qa(tmp_path, "squad/train/en", [(TEXT, "Who?", None)])
    test = qa(tmp_path, "xquad/test/en", [(" ".join([*TEXT.split()[:-others], *words[:others]]), "What?", None)])
    row = table(tmp_path, [train], [test], field="context")
    assert (row["exact"], row["near"]) == (0, near)
    assert row["closest"] == pytest.approx(cosine, abs=0.001)


def test_choices_of_training_sets_are_texts_of_their_own(tmp_path):
    train, test = tmp_path / "hellaswag/train/en.parquet", tmp_path / "xnli/dev/en.parquet"
    choices = {"context": "A dog.", "question": "", "choices": ["It sleeps.", TEXT], "answer": 0}
    write_items(train, "multiple_choice", [{"id": "1", "cluster": "1", **choices}])
    pair = {"text_a": TEXT + " now", "text_b": "It sleeps!", "label": "neutral"}
    write_items(test, "classification", [{"id": "1", "cluster": "1", **pair}])
    found = {field: table(tmp_path, [str(train)], [str(test)], field=field) for field in ("text_a", "text_b")}
    assert {field: (row["exact"], row["near"]) for field, row in found.items()} == {"text_a": (0, 1), "text_b": (1, 0)}
    assert found["text_a"]["evaluation"] == "xnli/dev/en"


def test_a_field_that_is_empty_throughout_is_left_out(tmp_path):
    paths = [tmp_path / "csqa/train/en.parquet", tmp_path / "xcopa/dev/en.parquet"]
    item = {"context": "", "question": "Why?", "choices": ["It rained.", "It shone."], "answer": 0}
    for path in paths:
        write_items(path, "multiple_choice", [{"id": "1", "cluster": "1", **item}])
    train, test = map(str, paths)
    assert table(tmp_path, [train], [test], field="question")["exact"] == 1
    assert table(tmp_path, [train], [test], field="choices")["texts"] == 2


def test_other_kinds_are_compared_too(tmp_path):
    train, test = tmp_path / "udpos/train/en.parquet", tmp_path / "tatoeba/test/de.parquet"
    write_items(train, "tagging", [{"id": "1", "cluster": "1", "tokens": TEXT.split(), "tags": ["X"] * 13}])
    write_items(test, "retrieval", [{"id": "1", "cluster": "1", "side": "source", "text": TEXT.title(), "pair": None}])
    row = table(tmp_path, [str(train)], [str(test)], field="text")
    assert (row["exact"], row["near"], row["known_article"]) == (1, 0, 0)
