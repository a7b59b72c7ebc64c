"""Files that changed after the job that wrote them are found by the next job, named, and not used."""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from stiltcal.support.checked_files import (
    CheckedFileError,
    check_inputs,
    damaged_file,
    record_outputs,
    remove_damaged,
    write_checksums,
)
from stiltcal.support.jobs import job


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a file and a folder that a job has written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results" / "model").mkdir(parents=True)
    for name in ("results/items.parquet", "results/model/weights", "results/model/.snakemake_timestamp"):
        (tmp_path / name).write_bytes(b"0123456789")
    record_outputs(["results/items.parquet", "results/model"])
    return tmp_path


def flipped(path: Path) -> None:
    """Change one bit, and keep size and date."""
    date, content = path.stat().st_mtime_ns, bytearray(path.read_bytes())
    content[4] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(date, date))


def test_whole_files_are_read_and_so_are_those_of_nobody(folder):
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    check_inputs(["results/items.parquet", "results/model", "mine.txt"])


@pytest.mark.parametrize(
    "damage", [flipped, lambda path: os.truncate(path, 5), Path.unlink, lambda path: os.truncate(path, 0)]
)
@pytest.mark.parametrize(
    ("name", "output"), [("results/items.parquet", "results/items.parquet"), ("results/model/weights", "results/model")]
)
def test_a_damaged_file_is_named_with_what_to_do(folder, damage, name, output):
    damage(folder / name)
    with pytest.raises(CheckedFileError, match=f"^{name}: .*Delete {output} and run again") as error:
        check_inputs([output])
    assert f"delete .snakemake/checksums/{output}.sha256)" in str(error.value)


def test_an_edit_that_is_wanted_stays_without_its_record(folder):
    flipped(folder / "results" / "items.parquet")
    (folder / ".snakemake" / "checksums" / "results" / "items.parquet.sha256").unlink()
    check_inputs(["results/items.parquet"])


def test_the_date_of_a_folder_is_no_part_of_it(folder):
    (folder / "results" / "model" / ".snakemake_timestamp").write_bytes(b"")
    check_inputs(["results/model"])


def test_an_output_that_is_made_again_is_recorded_anew(folder):
    (folder / "results" / "items.parquet").write_bytes(b"another")
    record_outputs(["results/items.parquet"])
    check_inputs(["results/items.parquet"])


def test_outside_the_working_folder_files_are_recorded_too(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("scratch") / "items.parquet"
    path.write_bytes(b"0123456789")
    record_outputs([path])
    flipped(path)
    with pytest.raises(CheckedFileError, match=str(path)):
        check_inputs([os.path.relpath(path)])


def test_sha256sum_checks_all_files(folder):
    flipped(folder / "results" / "model" / "weights")
    command = "find .snakemake/checksums -type f -exec cat {} + | sha256sum --check --quiet --ignore-missing"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == "results/model/weights: FAILED\n"


def test_a_file_that_a_job_would_keep_is_removed(folder, capsys):
    flipped(folder / "results" / "items.parquet")
    flipped(folder / "results" / "model" / "weights")
    remove_damaged(["results/items.parquet", "results/model", "results/new.parquet"])
    assert sorted(path.name for path in (folder / "results").iterdir()) == ["model"]
    assert capsys.readouterr().out == "results/items.parquet: not as it was written; it is made again\n"


@pytest.mark.parametrize(
    ("name", "dated"), [("items.parquet", "items.parquet"), ("model", "model/.snakemake_timestamp")]
)
def test_a_date_in_the_future_is_refused_before_the_job(folder, name, dated):
    """Snakemake takes the date of a folder from a file in it."""
    path, now = folder / "results" / dated, time.time()
    os.utime(path, (now, now + 500))
    check_inputs([f"results/{name}"])
    os.utime(path, (now, now + 700))
    with pytest.raises(CheckedFileError, match=f"^results/{name}: dated .*date the file: touch results/{dated}$"):
        check_inputs([f"results/{name}"])


def test_a_record_of_nothing_says_nothing(tmp_path):
    assert damaged_file(tmp_path / "none.sha256") is None
    write_checksums(tmp_path / "empty.sha256", [])
    assert damaged_file(tmp_path / "empty.sha256") is None


def snakemake(**more) -> SimpleNamespace:
    """The object that Snakemake gives to a script."""
    return SimpleNamespace(rule="count", log=["job.log"], input=[], output=["results/out.txt"], **more)


def test_a_job_checks_its_inputs_and_records_its_outputs(folder, capsys):
    with job(snakemake()):
        Path("results/out.txt").write_text("0123456789", encoding="utf-8")
    flipped(folder / "results" / "out.txt")
    reader = snakemake()
    reader.input = reader.output
    with pytest.raises(SystemExit), job(reader):
        raise AssertionError("the job has begun")
    assert "Error in rule count: results/out.txt: not as the job wrote it" in capsys.readouterr().err


def test_a_job_that_fails_records_nothing(folder):
    with pytest.raises(SystemExit), job(snakemake()):
        Path("results/out.txt").write_text("half", encoding="utf-8")
        raise ValueError("no")
    check_inputs(["results/out.txt"])
    assert not (folder / ".snakemake" / "checksums" / "results" / "out.txt.sha256").exists()


def test_a_second_process_of_a_job_waits_for_the_first(folder, capsys):
    """As where Snakemake was killed, and its job goes on."""
    holds = "import fcntl, sys; log = open('job.log', 'a'); fcntl.flock(log, 2); print(flush=True); sys.stdin.read()"
    first = subprocess.Popen([sys.executable, "-c", holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    first.stdout.readline()
    (folder / "job.log").write_text("of an earlier run\n", encoding="utf-8")
    ended, wait = [], fcntl.flock

    def flock(file, how):
        if how == fcntl.LOCK_EX:
            first.communicate()
            ended.append(True)
        wait(file, how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fcntl, "flock", flock)
        with job(snakemake()):
            print("of this run")
            Path("results/out.txt").touch()
    assert ended and "job.log: an earlier process of this job still runs" in capsys.readouterr().err
    assert (folder / "job.log").read_text(encoding="utf-8") == "of this run\n"


def test_a_record_that_is_cut_off_is_none(tmp_path):
    file, record = tmp_path / "f.txt", tmp_path / "f.sha256"
    file.write_text("a")
    write_checksums(record, [file])
    whole = record.read_text()
    assert damaged_file(record) is None and not list(tmp_path.glob(".*"))
    file.write_text("b")
    assert damaged_file(record) == str(file)
    for length in (30, 66, 68, len(whole) - 1):
        record.write_text(whole[:length])
        assert damaged_file(record) is None
