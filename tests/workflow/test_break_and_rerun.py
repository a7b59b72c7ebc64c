"""The parts of benchmarks/break_and_rerun.py: it damages one file, does what messages say, and counts what was made."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from benchmarks import break_and_rerun, tiny_study
from benchmarks.break_and_rerun import attempt, clock, damage, mend, message
from benchmarks.tiny_study import contents, copy, finished, jobs_in, tree

from stiltcal.support.checked_files import CheckedFileError, check_inputs, record_outputs


@pytest.fixture
def whole(tmp_path, monkeypatch):
    """A finished study of one file a stage; a model is a folder."""
    folder = tmp_path / "whole"
    for name in ("data/a.parquet", "perturbed/b.parquet", "models/m/weights", "predictions/p.parquet", "scores.csv"):
        path = folder / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    (folder / "results" / "models" / "m" / tiny_study.TIMESTAMP).touch()
    monkeypatch.chdir(folder)
    record_outputs(["results/data/a.parquet", "results/perturbed/b.parquet", "results/models/m", "results/scores.csv"])
    return folder


def test_a_copy_lacks_what_comes_after_a_stage(whole, tmp_path):
    copy(whole, tmp_path / "copy", 3)
    assert sorted(contents(tmp_path / "copy")) == [
        *("results/data/a.parquet", "results/models/m/weights", "results/perturbed/b.parquet")
    ]
    assert finished(tmp_path / "copy").keys() == {
        f"results/{n}" for n in ("data/a.parquet", "models/m", "perturbed/b.parquet")
    }
    assert finished(tmp_path / "copy").items() <= finished(whole).items()


def test_a_damaged_output_is_not_finished(whole):
    (whole / "results" / "models" / "m" / "weights").write_text("x", encoding="utf-8")
    assert "results/models/m" not in finished(whole) and "results/scores.csv" in finished(whole)


@pytest.mark.parametrize("seed", range(12))
def test_damage_changes_one_file(whole, tmp_path, monkeypatch, seed):
    monkeypatch.setattr(break_and_rerun, "run", lambda folder: (1, "printed"))
    copy(whole, tmp_path / "copy", 5)
    broken = damage(random.Random(seed), tmp_path / "copy", whole)
    now, before = contents(tmp_path / "copy"), contents(whole)
    assert [name for name in before if now[name] != before[name]] == [broken.damaged]


def test_what_a_message_says_is_done(whole):
    """The messages are those of the library."""
    os.utime("results/models/m/.snakemake_timestamp", (time.time() + 9000,) * 2)
    Path("results/data/a.parquet").write_text("x", encoding="utf-8")
    texts = []
    for output in ("results/models/m", "results/data/a.parquet"):
        with pytest.raises(CheckedFileError) as error:
            check_inputs([output])
        texts.append(f"Error in rule x: {error.value}\n(log: x.log)")
    assert mend(whole, "\n".join(texts)) == {"results/models/m", "results/data/a.parquet"}
    assert not Path("results/data/a.parquet").exists()
    check_inputs(["results/models/m"])
    assert message("\n".join(["Error in rule x:", "OSError: full", *texts])) == texts[0].splitlines()[0]
    assert message("Building DAG\nOSError: full") == "OSError: full" and message("Building DAG") == "no message"


@pytest.mark.parametrize(("makes", "again"), [((), 0), (("results/data/a.parquet",), 1)])
def test_finished_outputs_that_are_made_again_are_counted(whole, tmp_path, monkeypatch, makes, again):
    """A run that makes what is missing, and `makes`."""

    def run(folder):
        for name, text in contents(whole).items():
            if name in makes or not (folder / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(text)
        return 0, "done"

    monkeypatch.setattr(break_and_rerun, "run", run)
    monkeypatch.setitem(break_and_rerun.FAULTS, "clock", lambda draw, folder, whole: break_and_rerun.Broken("", ""))
    found = attempt("clock", "1", whole, tmp_path / "copy")
    assert (found.identical, found.again) == (True, again)


def test_files_are_dated_in_the_future(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(break_and_rerun, "run", lambda folder: (1, ""))
    copy(whole, tmp_path / "copy", 2)
    clock(random.Random(1), tmp_path / "copy", whole)
    dates = [path.stat().st_mtime for path in (tmp_path / "copy" / "results").rglob("*.parquet")]
    assert min(dates) > time.time() + 3000


def test_processes_are_found(tmp_path):
    script = tmp_path / ".snakemake" / "scripts" / "x.py"
    script.parent.mkdir(parents=True)
    script.write_text("import sys; print(flush=True); sys.stdin.read()", encoding="utf-8")
    running = subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    running.stdout.readline()
    assert jobs_in(tmp_path) == [running.pid] and running.pid in tree(os.getpid())
    running.communicate()
    assert jobs_in(tmp_path) == []
