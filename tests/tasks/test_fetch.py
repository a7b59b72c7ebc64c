import errno
import json
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

import fetch_dataset
from stiltcal.data import fetch
from stiltcal.data.lock import read_lock, read_record, verify
from stiltcal.data.needs import needs
from stiltcal.support.files import DiskFullError
from stiltcal.tasks.load import load_tasks
from stiltcal.tasks.spec import TaskError

from .conftest import ROOT, lock, question, run


@pytest.fixture
def qa_mirror(mirror):
    for language in ("en", "de"):
        mirror.add("google/xtreme", f"XQuAD.{language}", "validation", [question(1, f"a {language} text", language)])
    mirror.add("rajpurkar/squad", "plain_text", "validation", [question(1, "some other text", "other", "Text")])
    mirror.add("rajpurkar/squad", "plain_text", "train", [question(1, "a third text", "third", "Text")])
    return mirror


def nothing_left(tmp_path):
    return not list((tmp_path / "fetched").glob("*")) and not list((tmp_path / "fetched").glob(".*"))


def test_needs_each_split_once():
    tasks = load_tasks(ROOT / "tasks")
    found = [(need.source.id, need.config, need.split) for need in needs(tasks["xquad"], tasks, ["en", "de"])]
    assert found == [
        ("rajpurkar/squad", "plain_text", "validation"),
        ("google/xtreme", "XQuAD.en", "validation"),
        ("google/xtreme", "XQuAD.de", "validation"),
    ]
    mlqa = [need.config for need in needs(tasks["mlqa"], tasks, ["de"])]
    assert mlqa == ["plain_text", "MLQA.de.de", "XQuAD.en", "MLQA.en.en"], "English names its paragraphs"
    assert len(needs(tasks["tydiqa"], tasks, ["en", "ko"])) == 2  # pooled: one configuration
    assert [need.split for need in needs(tasks["anli"], tasks, ["en"]) if need.source.id == "facebook/anli"] == [
        *("train_r1", "train_r2", "train_r3", "dev_r1", "dev_r2", "dev_r3")
    ]


def test_fetch_copies_and_locks(qa_mirror, tmp_path):
    out = run(qa_mirror, tmp_path)
    record = read_record(out)
    entry = record["google/xtreme:XQuAD.de:validation"]
    assert (entry["rows"], entry["commit"]) == (1, None)
    (path,) = entry["files"]
    original = qa_mirror.folder / "google/xtreme" / path
    assert (out / "google/xtreme" / path).read_bytes() == original.read_bytes()
    assert json.loads(Path(lock(tmp_path)).read_text()) == record
    before = Path(lock(tmp_path)).read_bytes()
    run(qa_mirror, tmp_path)  # again: verified, nothing changes
    assert Path(lock(tmp_path)).read_bytes() == before


def test_tasks_of_a_study_share_a_lock(qa_mirror, tmp_path):
    run(qa_mirror, tmp_path, languages=["en"])
    run(qa_mirror, tmp_path, "squad_v1", ["en"])
    assert list(json.loads(Path(lock(tmp_path)).read_text())) == [
        "google/xtreme:XQuAD.en:validation",
        "rajpurkar/squad:plain_text:train",
        "rajpurkar/squad:plain_text:validation",
    ]


def test_a_mirror_of_links_into_a_cache(qa_mirror, tmp_path):
    """As a folder of snapshots of the Hub's client is: its files are links to blobs, whose names have no ending."""
    (tmp_path / "blobs").mkdir()
    for number, path in enumerate(sorted(qa_mirror.folder.rglob("*.parquet"))):
        path.symlink_to(path.rename(tmp_path / "blobs" / str(number)))
    (tmp_path / "link").symlink_to(qa_mirror.folder, target_is_directory=True)
    out = run(qa_mirror, tmp_path, source=str(tmp_path / "link"))
    (path,) = read_record(out)["google/xtreme:XQuAD.de:validation"]["files"]
    assert path == "XQuAD.de/validation-00000-of-00001.parquet"
    assert (out / "google/xtreme" / path).is_file() and not (out / "google/xtreme" / path).is_symlink()


def test_all_splits_are_of_one_commit_though_the_repository_moves_on(tmp_path, monkeypatch):
    commits = iter(["c1", "c2", "c3"])
    monkeypatch.setattr(fetch, "resolve_commit", lambda source: next(commits))
    monkeypatch.setattr(
        fetch,
        "_copy_parquet",
        lambda task, need, origin, commit, folder: (
            {"id": need.source.id, "revision": need.source.revision, "commit": commit}
        ),
    )
    fetch_dataset.main(
        task="xquad",
        tasks=str(ROOT / "tasks"),
        languages=["en", "de"],
        source="hub",
        dataset=str(tmp_path / "out"),
        lock=lock(tmp_path),
    )
    found = {name: entry["commit"] for name, entry in read_record(tmp_path / "out").items()}
    assert found == {
        "rajpurkar/squad:plain_text:validation": "c1",
        "google/xtreme:XQuAD.en:validation": "c2",
        "google/xtreme:XQuAD.de:validation": "c2",
    }


def test_changed_data_is_not_accepted(qa_mirror, tmp_path):
    run(qa_mirror, tmp_path)
    shutil.rmtree(tmp_path / "fetched")
    path = qa_mirror.folder / "google/xtreme/XQuAD.de/validation-00000-of-00001.parquet"
    pq.write_table(pa.Table.from_pylist([question(1, "a de text", "de"), question(2, "a de text", "text")]), path)
    with pytest.raises(
        TaskError, match=r"study\.json: what was fetched is not what was locked:(.|\n)*locked 1, found 2"
    ):
        run(qa_mirror, tmp_path)
    assert nothing_left(tmp_path)


def test_a_file_that_is_damaged_in_the_middle_is_not_whole(mirror, tmp_path):
    squad = [question(n, " ".join(f"word{n}{k}" for k in range(40)), f"word{n}7", f"T{n}") for n in range(300)]
    mirror.add("rajpurkar/squad", "plain_text", "train", squad)
    path = mirror.add("rajpurkar/squad", "plain_text", "validation", squad)
    content = bytearray(path.read_bytes())
    content[2000:4000] = bytes(2000)
    path.write_bytes(content)
    with pytest.raises(TaskError, match=r"validation.*\.parquet: not a whole parquet file .*; fetch or copy it again"):
        run(mirror, tmp_path, "squad_v1", ["en"])
    assert nothing_left(tmp_path) and not Path(lock(tmp_path)).exists()


def test_label_names_on_a_card_are_in_the_order_of_the_task_file(mirror, tmp_path):
    for split in ("train", "validation"):
        mirror.add("nyu-mll/glue", "qqp", split, [{"question1": "a", "question2": "b", "label": 1}])
    card = mirror.folder / "nyu-mll/glue" / "README.md"
    names = {"names": {"0": "duplicate", "1": "not_duplicate"}}
    features = [
        {"name": "question1", "dtype": "string"},
        {"name": "question2", "dtype": "string"},
        {"name": "label", "dtype": {"class_label": names}},
    ]
    info = yaml.safe_dump({"dataset_info": [{"config_name": "qqp", "features": features}]})
    card.write_text(card.read_text().removesuffix("---\n") + info + "---\n")
    with pytest.raises(TaskError, match=r"README\.md: the labels of label are duplicate, not_duplicate; qqp has not_"):
        run(mirror, tmp_path, "qqp", ["en"])


def test_language_that_the_mirror_lacks(qa_mirror, tmp_path):
    message = r"no configuration 'XQuAD\.tr' .it has XQuAD\.en, XQuAD\.de.*Take the language out of those of xquad"
    with pytest.raises(TaskError, match=message):
        run(qa_mirror, tmp_path, languages=["en", "tr"])
    assert nothing_left(tmp_path)


def test_split_that_the_mirror_lacks(mirror, tmp_path):
    mirror.add("rajpurkar/squad", "plain_text", "train", [question(1, "a text", "text", "T")])
    with pytest.raises(
        TaskError, match=r"no split of configuration 'plain_text' called 'validation' .it has train.*tasks/squad_v1"
    ):
        run(mirror, tmp_path, "squad_v1", ["en"])


@pytest.mark.parametrize(("task", "lacking"), [("mnli", "glue/mnli"), ("squad_v1", "xtreme/XQuAD.en")])
def test_without_what_no_other_language_has_the_task_is_left_out(qa_mirror, tmp_path, task, lacking):
    """Of a single language, or read beside the task's own sources: SQuAD's dev set must not hold XQuAD's paragraphs."""
    qa_mirror.add("nyu-mll/glue", "qqp", "train", [{"label": 1}])
    qa_mirror.cards["google/xtreme"].pop("XQuAD.en")
    qa_mirror.add("google/xtreme", "XQuAD.ar", "validation", [question(1, "a text", "text")])
    message = rf"{lacking.split('/')[0]}: has no configuration .*Leave {task} out of the configuration, or use a source"
    with pytest.raises(TaskError, match=message):
        run(qa_mirror, tmp_path, task, ["en"])


@pytest.mark.parametrize("card", [None, "Text alone.\n", "---\nlicense: mit\n---\n"])
def test_a_mirror_without_a_card_is_told_of_it(qa_mirror, tmp_path, card):
    path = qa_mirror.folder / "google/xtreme" / "README.md"
    path.unlink()
    if card:
        path.write_text(card)
    with pytest.raises(TaskError, match=r"has no configuration 'XQuAD.en'.*write .*README\.md as docs/tasks\.md shows"):
        run(qa_mirror, tmp_path)


def test_the_card_in_the_docs_is_one(qa_mirror, tmp_path):
    docs = (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8")
    (card,) = re.findall(r"```yaml\n(---\nconfigs:\n.*?)```", docs, re.DOTALL)
    (qa_mirror.folder / "google/xtreme" / "README.md").write_text(card)
    assert (run(qa_mirror, tmp_path) / "google/xtreme/XQuAD.de/validation-00000-of-00001.parquet").is_file()


def test_no_mirror(tmp_path, mirror):
    keys = r"names it as data\.source\.xquad, or for all tasks as data\.source\.default"
    with pytest.raises(TaskError, match=rf"mirror: there is no such folder; the configuration {keys}"):
        run(mirror, tmp_path)
    assert nothing_left(tmp_path)


def test_repository_that_the_mirror_lacks(mirror, tmp_path):
    mirror.folder.mkdir()
    with pytest.raises(TaskError, match=r"rajpurkar/squad(.|\n)*A mirror has the Hub's layout"):
        run(mirror, tmp_path, "squad_v1", ["en"])


@pytest.mark.parametrize("damage", [lambda whole: whole[:-100], lambda whole: whole[:-60] + b"?" * 50 + whole[-10:]])
def test_truncated_or_damaged_parquet(qa_mirror, tmp_path, damage):
    path = next((qa_mirror.folder / "google/xtreme/XQuAD.de").glob("*.parquet"))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(TaskError, match=r"XQuAD\.de.*not a whole parquet file.*fetch or copy it again"):
        run(qa_mirror, tmp_path)
    assert nothing_left(tmp_path)


@pytest.mark.parametrize(("module", "function"), [(shutil, "copyfile"), (pq, "ParquetFile")])
def test_full_disk_leaves_nothing(qa_mirror, tmp_path, monkeypatch, module, function):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, function, full)
    with pytest.raises(DiskFullError, match="xquad: the disk is full; nothing was kept"):
        run(qa_mirror, tmp_path)
    assert nothing_left(tmp_path)
    assert not Path(lock(tmp_path)).exists()


def test_broken_lock(qa_mirror, tmp_path):
    Path(lock(tmp_path)).parent.mkdir()
    Path(lock(tmp_path)).write_text("{")
    with pytest.raises(TaskError, match=r"study\.json: not JSON"):
        run(qa_mirror, tmp_path)
    Path(lock(tmp_path)).write_text('{"a:b:test": {"id": "a", "revision": "main"}}')
    with pytest.raises(TaskError, match="a:b:test has a revision, but not id and commit"):
        run(qa_mirror, tmp_path)


def test_a_revision_is_locked_at_one_commit(tmp_path):
    """Two tasks that are fetched at once may ask what a branch is before and after a change of it."""
    entry = {"id": "google/xtreme", "revision": "main", "rows": 1, "files": {}}
    path = tmp_path / "lock.json"
    verify(path, {"google/xtreme:XNLI:test": entry | {"commit": "b"}})
    with pytest.raises(TaskError, match=r"PAWS-X\.en:test > commit: found 'a', and 'b' is locked of google/xtreme at"):
        verify(path, {"google/xtreme:PAWS-X.en:test": entry | {"commit": "a"}})
    verify(path, {"google/xtreme:PAWS-X.en:test": entry | {"commit": "b"}})
    verify(path, {"google/xtreme:MLQA:test": entry | {"commit": "a", "revision": "v2"}})
    assert len(read_lock(path)) == 3
