"""Files of predictions as people have them: encodings, line ends, types, and names that look like numbers."""

import codecs
import gzip
import json
from decimal import Decimal

import pyarrow as pa
import pytest

from stiltcal.calibration.table_file import read_table

ROWS = "confidence,correct,cluster\n" + "".join(f"0.{51 + k},{k % 2},{name}\n" for k, name in enumerate("aabbcd"))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (codecs.BOM_UTF8 + ROWS.encode(), "p.csv"),
        (ROWS.encode("utf-16"), "p.csv"),
        (ROWS.encode("utf-32"), "p.csv"),
        (ROWS.replace("\n", "\r\n").encode(), "p.csv"),
        (ROWS.replace("\n", "\r").encode(), "p.csv"),
        (gzip.compress(ROWS.encode(), mtime=0), "p.csv.gz"),
        (gzip.compress(codecs.BOM_UTF8 + ROWS.encode(), mtime=0), "p.csv"),
        (ROWS.replace(",", "\t").encode(), "P.TSV"),
        (ROWS.replace(",", ", ").encode(), "p.csv"),
        (ROWS.rstrip().encode(), "p.csv"),
    ],
)
def test_encodings_line_ends_and_formats_make_no_difference(show, content, name):
    assert show(content, name)[1:] == show(ROWS)[1:]


NAMES = ["007", "7", "1e2", "100", "1.10", "1.1", "NA", "null", "nan", "inf", "true", "True", " a", "a", "1_0", "1.0"]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_clusters_are_names_whatever_they_look_like(show, ending):
    rows = [{"confidence": 0.5 + k / 100, "correct": k % 2, "cluster": name} for k, name in enumerate(NAMES * 2)]
    table = pa.Table.from_pylist(rows)
    separator = "\t" if ending == "tsv" else ","
    lines = ["confidence,correct,cluster", *(",".join(map(str, row.values())) for row in rows)]
    text = "\n".join(lines).replace(",", separator)
    content = {"jsonl": "\n".join(map(json.dumps, rows)), "parquet": table}.get(ending, text)
    status, found, error = show(content, f"p.{ending}")
    assert (status, error, found["clusters"]) == (0, "", len(NAMES))


def test_numbers_in_json_lines_are_names_as_they_are_written(show):
    clusters = ["100", "1e2", "100.0", '"100"', "12345678901234567890123", "12345678901234567890124", "true"]
    lines = [f'{{"confidence": 0.{k + 1}, "correct": true, "cluster": {name}}}' for k, name in enumerate(clusters)]
    assert show("\n".join(lines) + "\n", "p.jsonl")[1]["clusters"] == len(clusters) - 1
    assert "the first in row 0" in show('{"confidence": 1, "correct": 0, "cluster": NaN}', "p.jsonl")[2]
    assert "line 2: no JSON object" in show('{"confidence": 1, "correct": 0}\n[1]\n', "p.jsonl")[2]
    assert "'a' occurs twice" in show('{"a": 1, "a": 2}', "p.jsonl")[2]


CLUSTERS = [
    pa.array([7, 8, 9, 7]),
    pa.array([7.5, 8.5, 9.5, 7.5]),
    pa.array(["x", "y", "z", "x"], pa.large_string()),
    pa.array(["x", "y", "z", "x"], pa.string_view()),
    pa.array(["x", "y", "z", "x"]).dictionary_encode(),
    pa.array([7, 8, 9, 7]).dictionary_encode(),
    pa.array([b"\xff", b"y", b"z", b"\xff"]),
    pa.array([Decimal("1.10"), Decimal("1.20"), Decimal("2.10"), Decimal("1.10")]),
    pa.array([1, 2, 3, 1], pa.timestamp("ns")),
    pa.array([bytes([k]) * 16 for k in (1, 2, 3, 1)], pa.uuid()),
]


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda column: str(column.type))
def test_clusters_of_every_type_of_parquet(show, cluster):
    columns = {"confidence": [0.5, 0.6, 0.7, 0.8], "correct": [True, False, True, False]}
    assert show({**columns, "cluster": cluster}, "p.parquet")[1]["clusters"] == 3
    missing = pa.concat_arrays([cluster.slice(0, 3), pa.nulls(1, cluster.type)])
    assert (
        "column cluster has 1 empty values, the first in row 3" in show({**columns, "cluster": missing}, "p.parquet")[2]
    )


def test_a_cluster_that_is_no_name_is_refused(show):
    columns = {"confidence": [0.5, 0.6], "correct": [True, False]}
    nan = show({**columns, "cluster": [1.0, float("nan")]}, "p.parquet")
    assert nan[0] == 2 and "column cluster has 1 empty values, the first in row 1" in nan[2]
    lists = show({**columns, "cluster": [["a"], ["b"]]}, "p.parquet")
    assert lists[0] == 2 and "not names" in lists[2]


@pytest.mark.parametrize(
    "columns",
    [
        {"confidence": pa.array([Decimal("0.50"), Decimal("0.60")]), "correct": pa.array([1, 0], pa.int8())},
        {"confidence": pa.array(["0.5", " 0.6 "], pa.string_view()), "correct": pa.array(["TRUE", "false"])},
        {"confidence": pa.array([0.5, 0.6]).dictionary_encode(), "correct": pa.array(["1", "0"], pa.large_string())},
        {"confidence": pa.array(["5e-1", "6E-1"]).dictionary_encode(), "correct": pa.array([1.0, 0.0])},
    ],
)
def test_numbers_and_outcomes_of_every_type_of_parquet(show, columns):
    assert show(columns, "p.parquet")[1] == show("confidence,correct\n0.5,1\n0.6,0\n")[1]


@pytest.mark.parametrize("names", [("true", "false"), ("00", "01"), ("NA", "null"), ("1e5", "100000"), ("nan", "inf")])
def test_classes_are_names(show, names):
    first, second = names
    head = f"confidence,correct,gold,p_{first},p_{second}\n"
    found = show(head + f"0.6,1,{first},0.6,0.4\n0.7,0,{second},0.7,0.3\n")[1]["classwise_ece_15"]
    assert found["value"] == pytest.approx((0.4 + 0.7) / 2)


@pytest.mark.parametrize(
    ("gold", "classes"), [([True, False], ("True", "False")), ([1.0, 0.0], ("1", "0")), ([1, 0], ("1.0", "0.0"))]
)
def test_classes_of_a_typed_column_are_found_in_either_spelling(show, gold, classes):
    probabilities = dict(zip((f"p_{name}" for name in classes), ([0.6, 0.7], [0.4, 0.3]), strict=True))
    columns = {"confidence": [0.6, 0.7], "correct": [True, False], "gold": gold, **probabilities}
    assert show(columns, "p.parquet")[1]["classwise_ece_15"]["value"] == pytest.approx((0.4 + 0.7) / 2)


@pytest.mark.parametrize(("rows", "length"), [(3, 10), (60000, 40), (3, 3_000_000)])
def test_line_breaks_in_quoted_fields(show, rows, length):
    text = "confidence,correct,context\n"
    text += "".join(f'0.{50 + k % 50},{k % 2},"{"x" * length}\n\n""y"""\n' for k in range(rows))
    assert show(text)[1]["n"] == rows


@pytest.mark.parametrize("last", ['" he said', 'he said"'])
def test_quotes_of_a_text_hide_no_rows_of_a_tsv_file(tmp_path, last):
    path = tmp_path / "a.tsv"
    path.write_text(f'confidence\tcorrect\ttext\n0.9\t1\t"So it goes\n0.8\t0\tplain\n0.7\t0\t{last}\n')
    with pytest.raises(ValueError, match=r'row 0: a field begins with a quote \("\) that does not enclose it'):
        read_table(path)
    path.write_text('confidence\tcorrect\ttext\n0.9\t1\tsays "hi"\n0.8\t0\t"a ""b"" c"\n')
    assert read_table(path)["text"].to_pylist() == ['says "hi"', 'a "b" c']
