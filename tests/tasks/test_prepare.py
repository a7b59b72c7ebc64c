import json
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

import fetch_dataset
import prepare_items
from stiltcal.formats.items import read_items
from stiltcal.tasks.spec import TaskError

from .conftest import ROOT, lock, question, squad


def pairs(count, label=lambda number: number % 3, language=""):
    return [{"premise": f"p{n} {language}", "hypothesis": f"h{n}", "label": label(n)} for n in range(count)]


def test_train_duplicates_go_and_dev_ones_stay(mirror, prepare):
    mirror.add("nyu-mll/glue", "mnli", "train", pairs(4) + pairs(2))
    mirror.add("nyu-mll/glue", "mnli", "validation_matched", pairs(3) + pairs(1))
    items, report = prepare("mnli", ["en"])
    assert [len(items["train/en"]), len(items["dev/en"])] == [4, 4]
    assert report["train/en"] == {"read": 6, "reasons": {"duplicate": 2}, "written": 4}
    assert report["dev/en"] == {"read": 4, "reasons": {"duplicate, kept": 1}, "written": 4}
    assert items["train/en"][1]["id"] == "glue-train-1"


def test_anli_is_one_mix_in_proportion(mirror, prepare):
    for repository, config, sizes in (
        ("stanfordnlp/snli", "plain_text", {"train": 600, "validation": 3}),
        ("nyu-mll/glue", "mnli", {"train": 300, "validation_matched": 3}),
        ("facebook/anli", "plain_text", {f"{s}_r{r}": 100 for s in ("train", "dev") for r in (1, 2, 3)}),
    ):
        for split, size in sizes.items():
            mirror.add(repository, config, split, pairs(size, language=repository + split))
    items, _ = prepare("anli", ["en"], max_train=400)
    origins = [item["id"].split("-")[0] for item in items["train/en"]]
    assert len(origins) == 400 and set(origins) == {"snli", "glue", "anli"}
    assert origins.count("snli") == pytest.approx(200, abs=40)
    assert len(items["dev/en"]) == 306


def test_pooled_parallel_rows_share_a_cluster(mirror, prepare):
    rows = [
        {"language": language, "sentence1": f"{language} {n}", "sentence2": "b", "gold_label": "neutral"}
        for language in ("ar", "en")
        for n in range(20)
    ]
    mirror.add("google/xtreme", "XNLI", "test", rows)
    mirror.add("google/xtreme", "XNLI", "validation", rows)
    items, _ = prepare("xnli", ["en", "ar"], max_test=5)
    assert set(items) == {"dev/en", "test/ar", "test/en"}
    assert [i["cluster"] for i in items["test/en"]] == [i["cluster"] for i in items["test/ar"]]
    assert [i["text_a"].split()[1] for i in items["test/en"]] == [i["text_a"].split()[1] for i in items["test/ar"]]
    assert items["test/ar"][0]["text_a"].startswith("ar")


def test_dev_paragraphs_are_not_test_paragraphs(mirror, prepare):
    squad(mirror)
    items, report = prepare("xquad", ["en", "de"])
    assert {i["context"] for i in items["dev/en"]} & {i["context"] for i in items["test/en"]} == set()
    assert report["dev/en"]["reasons"] == {"in the test set of xquad": 6}
    assert (
        [i["cluster"] for i in items["test/en"]] == [i["cluster"] for i in items["test/de"]] == ["q0"] * 3 + ["q3"] * 3
    )
    assert items["test/en"][0]["article"] == "T0"  # known from the source of dev
    assert items["dev/en"][0]["article"] == "T2"


def test_dev_paragraphs_with_a_question_of_the_test_are_left_out_though_a_letter_differs(mirror, prepare):
    squad(mirror)
    tested = [question(number, f"Paragraph number {number // 3} of the test", "Paragraph") for number in range(6)]
    path = mirror.folder / "google/xtreme/XQuAD.en/validation-00000-of-00001.parquet"
    pq.write_table(pa.Table.from_pylist(tested), path)
    _, report = prepare("xquad", ["en"])
    assert report["dev/en"]["reasons"] == {"in the test set of xquad": 6}


def test_rows_are_parallel_only_where_none_is_missing(mirror, prepare):
    for language, numbers in {"en": range(9), "de": range(9), "ko": [0, 1, *range(3, 9)]}.items():
        rows = [{"sentence1": f"{language} {n}", "sentence2": f"{n}", "label": n % 2} for n in numbers]
        for split in ("train", "validation", "test") if language == "en" else ("test",):
            mirror.add("google/xtreme", f"PAWS-X.{language}", split, rows)
    items, report = prepare("pawsx", ["en", "de", "ko"])
    names = {language: {item["cluster"] for item in items[f"test/{language}"]} for language in ("en", "de", "ko")}
    assert names["en"] == names["de"] and not names["en"] & names["ko"]
    assert report["test/ko"]["reasons"] == {"not parallel: rows are missing": 8}


def test_held_out_paragraphs_are_not_trained_on(mirror, prepare):
    rows = [question(p * 2 + k, f"paragraph {p}", str(p), "T") for p in range(30) for k in range(2)]
    train = [row | {"id": f"english-{row['id']}"} for row in rows]
    test = [row | {"id": f"{name}-{row['id']}"} for name in ("english", "korean") for row in rows[:4]]
    mirror.add("google/xtreme", "tydiqa", "train", train)
    mirror.add("google/xtreme", "tydiqa", "validation", test)
    items, _ = prepare("tydiqa", ["en", "ko"])
    clusters = [{i["cluster"] for i in items[key]} for key in ("train/en", "dev/en")]
    assert (len(clusters[0]), len(clusters[1]), clusters[0] & clusters[1]) == (27, 3, set())
    assert {key: len(value) for key, value in items.items() if key.startswith("test")} == {"test/en": 4, "test/ko": 4}
    assert all(i["id"].startswith("korean-") for i in items["test/ko"])


def test_caps_take_whole_paragraphs(mirror, prepare):
    squad(mirror, paragraphs=40)
    items, _ = prepare("xquad", ["en"], max_dev=31)
    sizes = sorted([i["cluster"] for i in items["dev/en"]].count(c) for c in {i["cluster"] for i in items["dev/en"]})
    assert len(items["dev/en"]) == 31 and sizes == [1] + [3] * 10


def test_same_seed_same_bytes(mirror, prepare, tmp_path):
    mirror.add("nyu-mll/glue", "mnli", "train", pairs(50))
    mirror.add("nyu-mll/glue", "mnli", "validation_matched", pairs(5))
    runs = {name: prepare("mnli", ["en"], seed, name, max_train=20) for name, seed in (("a", 1), ("b", 1), ("c", 2))}
    files = {name: (tmp_path / name / "items/train/en.parquet").read_bytes() for name in runs}
    assert files["a"] == files["b"] != files["c"]


def test_wrong_columns_and_labels(mirror, prepare):
    mirror.add("nyu-mll/glue", "qqp", "validation", [{"question1": "a", "question2": "b", "label": 0}])
    mirror.add("nyu-mll/glue", "qqp", "train", [{"question_1": "a", "question2": "b", "label": 0}])
    with pytest.raises(
        TaskError, match=r"has no column 'question1' .did you mean 'question_1'.*it has question_1, question2"
    ):
        prepare("qqp", ["en"])


def test_labels_in_another_order(mirror, prepare):
    features = {"label": {"names": ["duplicate", "not_duplicate"], "_type": "ClassLabel"}}
    for name in ("question1", "question2"):
        features[name] = {"dtype": "string", "_type": "Value"}
    schema = pa.schema(
        {"question1": pa.string(), "question2": pa.string(), "label": pa.int64()},
        metadata={"huggingface": json.dumps({"info": {"features": features}})},
    )
    for split in ("train", "validation"):
        mirror.add("nyu-mll/glue", "qqp", split, [{"question1": "a", "question2": "b", "label": 0}], schema)
    with pytest.raises(TaskError, match="the labels of label are duplicate, not_duplicate; qqp has not_duplicate, dup"):
        prepare("qqp", ["en"])


def test_changed_or_incomplete_fetch(mirror, prepare, tmp_path):
    squad(mirror)
    prepare("xquad", ["en"])
    common = {"task": "xquad", "tasks": str(ROOT / "tasks"), "fetched": str(tmp_path / "items/fetched"), "seed": 1}
    common["report"] = str(tmp_path / "out/report")
    remedy = rf"delete the folder {common['fetched']}, and the next run fetches it again"
    with pytest.raises(TaskError, match=rf"google/xtreme:XQuAD\.de:validation was not fetched.*; {remedy}"):
        prepare_items.main(**common, languages=["en", "de"])
    path = next((tmp_path / "items/fetched/google/xtreme/XQuAD.en").glob("*.parquet"))
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(TaskError, match=rf"XQuAD\.en.*is not the file that was fetched .*; {remedy}"):
        prepare_items.main(**common, languages=["en"])
    path.unlink()
    with pytest.raises(TaskError, match=rf"XQuAD\.en.*is missing; {remedy}"):
        prepare_items.main(**common, languages=["en"])
    (tmp_path / "items/fetched/lock.json").unlink()
    with pytest.raises(TaskError, match=rf"has no lock\.json, so it was not fetched; {remedy}"):
        prepare_items.main(**common, languages=["en"])


def test_two_column_file(mirror, prepare, tmp_path):
    folder = mirror.folder / "ccg"
    folder.mkdir(parents=True)
    (folder / "train.tsv").write_text("A\tnp/n \ngirl\u2028s\tn\n\n\nruns\ts\n")
    (folder / "validation.tsv").write_text("runs\ts\n\n")
    items, _ = prepare("ccg", ["en"])
    assert [(i["id"], i["tokens"], i["tags"]) for i in items["train/en"]] == [
        ("ccg-train-0", ["A", "girl\u2028s"], ["np/n", "n"]),
        ("ccg-train-1", ["runs"], ["s"]),
    ]
    (folder / "train.tsv").write_text("A np/n\n")
    Path(lock(tmp_path)).unlink()
    with pytest.raises(TaskError, match=r"train\.tsv, line 1: found 'A np/n'; wanted a token, one tab, and its tag"):
        prepare("ccg", ["en"], name="again")


@pytest.mark.parametrize("line", ["The\t", "\tnp/n", "\u3000\tnp/n"])
def test_two_column_line_without_a_token_or_a_tag(mirror, prepare, line):
    folder = mirror.folder / "ccg"
    folder.mkdir(parents=True)
    for split in ("train", "validation"):
        (folder / f"{split}.tsv").write_text(f"A\tnp/n\n{line}\n")
    with pytest.raises(TaskError, match=re.escape(f"train.tsv, line 2: found {line!r}; wanted a token, one tab, and")):
        prepare("ccg", ["en"])


def test_a_language_without_rows(mirror, prepare):
    row = {"language": "en", "sentence1": "a", "sentence2": "b", "gold_label": "neutral"}
    for split in ("validation", "test"):
        mirror.add("google/xtreme", "XNLI", split, [row])
    with pytest.raises(TaskError, match=r"holds no row in ar .ar.\. Take the language out of those of xnli in"):
        prepare("xnli", ["en", "ar"])
    columns = pa.schema({"question1": pa.string(), "question2": pa.string(), "label": pa.int64()})
    for split in ("train", "validation"):
        mirror.add("nyu-mll/glue", "qqp", split, [], columns)
    with pytest.raises(TaskError, match=r"holds no row in en .en.\. Leave qqp out of the configuration"):
        prepare("qqp", ["en"], name="qqp")


def rte(mirror, folder):
    """The task files with the one of the docs, and its data."""
    example = re.search(r"```yaml\n# tasks/rte.yaml\n(.*?)```", (ROOT / "docs/tasks.md").read_text(), re.DOTALL)[1]
    shutil.copytree(ROOT / "tasks", folder)
    (folder / "rte.yaml").write_text(example)
    for split in ("train", "validation"):
        mirror.add("nyu-mll/glue", "rte", split, [{"sentence1": "a", "sentence2": "b", "label": 1}])
    return folder / "rte.yaml"


def prepared_rte(mirror, folder):
    fetched, out, tasks = (str(folder / name) for name in ("fetched", "items", "tasks"))
    fetch_dataset.main(
        task="rte", tasks=tasks, languages=["en"], source=str(mirror.folder), dataset=fetched, lock=str(folder / "lock")
    )
    prepare_items.main(task="rte", tasks=tasks, fetched=fetched, languages=["en"], report=f"{out}/report.json", seed=1)
    return read_items(folder / "items/train/en.parquet")


def test_the_task_of_the_docs_is_one_file(mirror, tmp_path):
    rte(mirror, tmp_path / "tasks")
    (item,) = prepared_rte(mirror, tmp_path)
    assert (item["id"], item["label"]) == ("glue-train-0", "not_entailment")


def test_two_configurations_of_one_repository_have_different_names(mirror, tmp_path):
    path = rte(mirror, tmp_path / "tasks")
    task = yaml.safe_load(path.read_text())
    (source,) = task["sources"]
    path.write_text(yaml.safe_dump(task | {"sources": [source, source | {"config": "wnli"}]}))
    for split in ("train", "validation"):
        mirror.add("nyu-mll/glue", "wnli", split, [{"sentence1": "c", "sentence2": "d", "label": 0}])
    names = [item["id"] for item in prepared_rte(mirror, tmp_path)]
    assert names == ["nyu-mll-glue-rte-train-0", "nyu-mll-glue-wnli-train-0"]
