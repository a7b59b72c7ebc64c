"""A study of eight jobs that benchmarks break: make it, copy it half-finished, run it, watch it, compare results."""

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import yaml

from stiltcal.support.checked_files import RECORDS, TIMESTAMP, damaged_file
from stiltcal.support.code import code_digest

ROOT = Path(__file__).parents[1]
SIZES = {"train": 60, "dev": 20, "test": 10}
STUDY = {
    "intermediates": ["none"],
    "targets": ["panx"],
    "languages": {"default": ["qaa", "qab"]},
    "perturbations": ["clean", "shuffle_words-1.0", "mirror_tree-1.0"],
    "report": {"perturbation": "mirror_tree-1.0"},
    "scores": {"resamples": 100},
    "checkpoint_minutes": 0.001,
    "miniature": {
        "sizes": dict.fromkeys(("default", "pawsx", "xquad", "mlqa", "tydiqa", "udpos", "panx"), SIZES),
        "training": {"target": {"default": {"max_steps": 10}, "panx": {"max_steps": 10}}},
    },
}
WANTED = ("results/scores.csv", "results/comparisons.csv")
#: Folders and files of the results by stage, first to last.
STAGES = (
    ("data", "trees"),
    ("perturbed",),
    ("models",),
    ("predictions", "dev_predictions"),
    ("scores", "comparisons", "strength", "measured_strength", "scores.csv", "comparisons.csv"),
)
SCRIPTS = ("generate_items", "perturb_items", "train_target", "predict", "score_predictions", "gather_table")


def code() -> str:
    """Return a digest of the code of the jobs: predictions hold it, so that they differ with the code."""
    return hashlib.sha256("".join(map(code_digest, SCRIPTS)).encode()).hexdigest()[:8]


def command(folder: Path, *more: str) -> list[str]:
    """Return the command that runs the study in a folder."""
    study = ["--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder), "--configfile", f"{folder}/study.yaml"]
    return [sys.executable, "-m", "snakemake", *study, "--cores", "1", "--quiet", *more, "--", *WANTED]


def run(folder: Path, *more: str) -> tuple[int, str]:
    """Run the study; return exit status and output. After a Snakemake that was killed: the two commands of
    docs/resume.md."""
    done = subprocess.run(command(folder, *more), cwd=ROOT, capture_output=True, text=True)
    text = done.stdout + done.stderr
    if not more and ("--unlock" in text or "--rerun-incomplete" in text):  # Snakemake names one of them at a time
        run(folder, "--unlock")
        return run(folder, "--rerun-incomplete")
    return done.returncode, text


def make(folder: Path) -> float:
    """Run the study from nothing; return its CPU seconds. Raises RuntimeError with what Snakemake printed."""
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(yaml.safe_dump(STUDY), encoding="utf-8")
    before = os.times()
    status, text = run(folder)
    if status:
        raise RuntimeError(text)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def copy(whole: Path, folder: Path, stage: int) -> None:
    """Copy a finished study without the results from a stage (0: all of them) on."""
    shutil.copytree(whole, folder, symlinks=True)
    for path in (folder / "results" / name for names in STAGES[stage:] for name in names):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of the results by path, without those that Snakemake puts into folders."""
    files = (path for path in (folder / "results").rglob("*") if path.is_file() and path.name != TIMESTAMP)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def finished(folder: Path) -> dict[str, int]:
    """Return the outputs of jobs that have ended, if they are whole, each with the time when Snakemake dated it."""
    found, here = {}, Path.cwd()
    os.chdir(folder)  # records name files as jobs do
    try:
        for record in RECORDS.rglob("*.sha256"):
            output = Path(str(record.relative_to(RECORDS)).removesuffix(".sha256"))
            if output.exists() and not damaged_file(record):
                found[str(output)] = (output / TIMESTAMP if output.is_dir() else output).stat().st_mtime_ns
    finally:
        os.chdir(here)
    return found


def parent_and_seconds(process: int) -> tuple[int, float]:
    """Return the parent of a process and its CPU seconds, with those of ended children. Raises OSError if it has
    ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def processes() -> dict[int, tuple[int, float]]:
    """Return parent and CPU seconds of all processes."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            found[int(path.name)] = parent_and_seconds(int(path.name))
    return found


def tree(root: int) -> dict[int, float]:
    """Return the CPU seconds of a process and its descendants."""
    known, found, waiting = processes(), {}, [root]
    while waiting:
        process = waiting.pop()
        if process in known:
            found[process] = known[process][1]
            waiting += [child for child, (parent, _) in known.items() if parent == process]
    return found


def jobs_in(folder: Path) -> list[int]:
    """Return the processes that run entry scripts of the study."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "python" in words[0] and any(word.startswith(f"{folder}/.snakemake/scripts/") for word in words):
            found.append(int(path.parent.name))
    return found
