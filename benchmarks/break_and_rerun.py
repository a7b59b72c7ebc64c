"""Break a running or half-finished study in many ways, run it again, and compare with the undisturbed results.

    PYTHONPATH=scripts python benchmarks/break_and_rerun.py FOLDER [--faults NAME ...] [--tries 3] [--seed 1]

Makes a study of eight jobs in FOLDER, once for each state of the code (Linux; `disk` and `read-only` mount a tmpfs, as
root). Each try copies it without the results from a random stage on, breaks something, runs the study, does what the
message says, and runs it again. All random numbers follow from the seed. kill_and_resume.py kills single jobs, at more
moments.

    kill       SIGKILL or SIGTERM at a random moment to Snakemake, which is started again at once, or to its job
    disk       the disk of the results is full; later there is space again
    read-only  results cannot be written; later they can
    damage     a random file of the results is cut off, or has other bytes, with its date or a new one
    clock      random files of the results are dated in the future, as by a clock that was wrong

Prints a line a try, then a table. identical: in the end all results have the bytes of the undisturbed ones. unread: the
damaged file is still there, because no job had to read it; all other results are identical. again: whole outputs of
finished jobs that were written, or kept and dated, by a second run of their job.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tiny_study import ROOT, STAGES, code, command, contents, copy, finished, jobs_in, make, run, tree

from stiltcal.support.checked_files import TIMESTAMP

#: Runs after a fault, each after what the message of the one before says.
RUNS = 8
PAGE = 4096


class Broken(NamedTuple):
    """A study after a fault and a run. what: was broken. text: what Snakemake printed. damaged: the damaged file."""

    what: str
    text: str
    damaged: str | None = None


class Try(NamedTuple):
    """The outcome of a try."""

    what: str
    identical: bool
    unread: bool
    again: int
    message: str


def kill(draw: random.Random, folder: Path, whole: Path) -> Broken:
    """Kill Snakemake or its job, after a random share of the CPU time that is left, guessed from what is there."""
    left = 1 - len(contents(folder)) / len(contents(whole))
    moment, number = draw.random() * left * cpu_seconds(whole), draw.choice((signal.SIGKILL, signal.SIGTERM))
    victim = draw.choice(("Snakemake", "the job"))
    with open(folder / "killed.log", "w", encoding="utf-8") as log:
        running = subprocess.Popen(command(folder), cwd=ROOT, stdout=log, stderr=log)
        while running.poll() is None and sum(tree(running.pid).values()) < moment:
            time.sleep(0.02)
        jobs = jobs_in(folder) if victim == "the job" else []
        for process in jobs or [running.pid]:
            if running.poll() is None:
                os.kill(process, number)
        running.wait()
        status = running.returncode
    what = f"{'the job' if jobs else 'Snakemake'}, {number.name} after {moment:.1f} s of CPU, status {status}"
    return Broken(what, (folder / "killed.log").read_text(encoding="utf-8"))


@contextmanager
def mounted(folder: Path, room: int) -> Iterator[Callable[[str], None]]:
    """Put the results on a disk of their own with some bytes of room. Yields a function that changes its options."""
    results, aside = folder / "results", folder / "aside"
    results.rename(aside)
    results.mkdir()
    used = sum(PAGE + path.stat().st_size // PAGE * PAGE for path in aside.rglob("*"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={used + room + PAGE}", "tmpfs", str(results)], check=True)

    def change(options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", str(results)], check=True)

    try:
        shutil.copytree(aside, results, dirs_exist_ok=True)
        yield change
        shutil.copytree(results, folder / "after")
    finally:
        subprocess.run(["umount", str(results)], check=True)
    shutil.rmtree(aside)
    results.rmdir()
    (folder / "after").rename(results)


def disk(draw: random.Random, folder: Path, whole: Path) -> Broken:
    """Run the study on a disk that is too small for the missing results; then make it large enough."""
    present = contents(folder)
    missing = sum(PAGE + len(text) for name, text in contents(whole).items() if name not in present)
    room = int(draw.random() * missing)
    with mounted(folder, room) as change:
        status, text = run(folder)
        change("size=1g")
    return Broken(f"{room // 1000} of {missing // 1000} kB are left, status {status}", text)


def read_only(draw: random.Random, folder: Path, whole: Path) -> Broken:
    """Run the study where its results cannot be written."""
    with mounted(folder, 1 << 30) as change:
        change("ro")
        status, text = run(folder)
        change("rw")
    return Broken(f"status {status}", text)


def damage(draw: random.Random, folder: Path, whole: Path) -> Broken:
    """Damage one file, and run the study."""
    name = draw.choice(sorted(name for name, text in contents(folder).items() if text))
    path, how, keeps_date = folder / name, draw.choice(("cut off", "a bit", "zeros")), draw.random() < 0.5
    text, date = bytearray(path.read_bytes()), path.stat().st_mtime_ns
    place = draw.randrange(len(text))
    if how == "cut off":
        text = text[:place]
    elif how == "a bit":
        text[place] ^= 1 << draw.randrange(8)
    else:
        text[place : place + 64] = bytes(len(text[place : place + 64]))
    path.write_bytes(text)
    if keeps_date:
        os.utime(path, ns=(date, date))
    _, printed = run(folder)
    return Broken(f"{name}: {how} at {place}, {'old' if keeps_date else 'new'} date", printed, name)


def clock(draw: random.Random, folder: Path, whole: Path) -> Broken:
    """Date some files in the future, and run the study."""
    files = sorted(path for path in (folder / "results").rglob("*") if path.is_file())
    chosen, days = draw.sample(files, min(3, len(files))), draw.choice((0.04, 1, 400))
    date = time.time() + days * 86400
    for path in chosen:
        os.utime(path, (date, date))
    _, text = run(folder)
    return Broken(f"{', '.join(str(path.relative_to(folder)) for path in chosen)}: {days:g} days ahead", text)


FAULTS: dict[str, Callable[[random.Random, Path, Path], Broken]] = {
    "kill": kill,
    "disk": disk,
    "read-only": read_only,
    "damage": damage,
    "clock": clock,
}


def mend(folder: Path, text: str) -> set[str]:
    """Do what a message says; return the paths that were deleted or dated."""
    deleted, dated = re.findall(r"Delete (\S+) and run", text), re.findall(r"date the file: touch (\S+)", text)
    for name in set(deleted):
        shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink()
    for name in dated:
        (folder / name).touch()
    return {*deleted, *(name.removesuffix(f"/{TIMESTAMP}") for name in dated)}


def message(text: str) -> str:
    """Return the line for the user among the lines that Snakemake prints; "no message" if all went well."""
    lines = [line.strip() for line in text.splitlines()]
    ours = [line for line in lines if line.startswith("Error in rule") and len(line.split()) > 4]
    others = [line for line in lines if re.match(r"\w*(Error|Exception)\b", line)]
    return [*ours, *others, "no message"][0]


def cpu_seconds(whole: Path) -> float:
    """Return the CPU seconds that the study took."""
    return float((whole / "cpu_seconds").read_text(encoding="utf-8"))


def attempt(fault: str, seed: str, whole: Path, folder: Path) -> Try:
    """Break a copy of the study, and run it until nothing is to be done."""
    draw = random.Random(seed)
    copy(whole, folder, draw.randrange(1, len(STAGES)))
    broken = FAULTS[fault](draw, folder, whole)
    done, mended, text, wanted = finished(folder), set(), broken.text, contents(whole)
    for _ in range(RUNS):
        mended |= mend(folder, text)
        status, text = run(folder)
        if not status:
            break
    while jobs_in(folder):  # of a Snakemake that was killed
        time.sleep(0.2)
    now, results = finished(folder), contents(folder)
    different = {name for name in {*wanted, *results} if wanted.get(name) != results.get(name)}
    again = [name for name, date in done.items() if now.get(name, date) != date and name not in mended]
    unread = bool(different) and different == {broken.damaged}
    return Try(broken.what, not different and not status, unread, len(again), message(broken.text))


def said(tries: list[Try]) -> str:
    """Return the first message of some tries."""
    return next((one.message for one in tries if one.message != "no message"), "no message")


def main() -> None:
    """Make the study, break it, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=list(FAULTS))
    parser.add_argument("--tries", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    whole, tries = options.folder.resolve() / f"whole-{code()}", {}
    if not (whole / "cpu_seconds").exists():
        seconds = make(whole)
        (whole / "cpu_seconds").write_text(str(seconds), encoding="utf-8")
    for fault in options.faults:
        for number in range(1, options.tries + 1):
            seed = f"{options.seed} {fault} {number}"
            folder = whole.with_name(seed.replace(" ", "-"))
            tries.setdefault(fault, []).append(found := attempt(fault, seed, whole, folder))
            verdict = "identical" if found.identical else "unread" if found.unread else "DIFFERENT"
            print(f"{seed!r}: {found.what}: {verdict}, {found.again} again; {found.message}", flush=True)
            if verdict != "DIFFERENT":
                shutil.rmtree(folder)
    print(f"{'fault':10} {'tries':>5} {'identical':>9} {'unread':>6} {'again':>5}  a message")
    for fault, each in tries.items():
        sums = [sum(getattr(one, key) for one in each) for key in ("identical", "unread", "again")]
        print(f"{fault:10} {len(each):5} {sums[0]:9} {sums[1]:6} {sums[2]:5}  {said(each)}")


if __name__ == "__main__":
    main()
