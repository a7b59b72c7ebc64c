"""List the jobs of a study from nothing, by a dry run of Snakemake."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from .errors import PriceProblem

_PART = re.compile(r"^    (input|output|priority|resources|wildcards): (.*)", re.MULTILINE)
_JOB = re.compile(r"\n(?=(?:local)?rule \w+:\n)")


class Job(NamedTuple):
    """A job of a dry run. rule: its name. minutes: its declared time."""

    rule: str
    wildcards: Mapping[str, str]
    inputs: frozenset[str]
    outputs: frozenset[str]
    priority: int = 0
    minutes: int = 1

    def models(self) -> list[str]:
        """Return the models that the job trains."""
        return [path for path in self.outputs if "/models/intermediate/" in path or "/models/target/" in path]


def dry_run(root: Path, files: Iterable[str | Path]) -> list[Job]:
    """Return the jobs of a study in an empty folder, with the priorities of a study that removes models.

    root: the clone. files: laid over its config.yaml. Raises PriceProblem with Snakemake's last line if it refuses.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "none.yaml").write_text("keep_models: none\n", encoding="utf-8")
        overlay = [*(str(Path(name).resolve()) for name in files), f"{folder}/none.yaml"]
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile"), "--dry-run"]
        # Results under a full path may be there already.
        command += ["--forceall", "--cores", "1", "--directory", folder, "--configfile", *overlay]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise PriceProblem(f"dry run: {said[-1] if said else 'snakemake failed without a message'}")
    return read_jobs(done.stdout)


def read_jobs(text: str) -> list[Job]:
    """Return the jobs of the output of a dry run."""
    return [_job(block) for block in _JOB.split(f"\n{text}")[1:]]


def _job(block: str) -> Job:
    parts = dict(_PART.findall(block.split("\n\n")[0]))
    paths = {name: re.sub(r" \(\w+\)", "", parts.get(name, "")).split(", ") for name in ("input", "output")}
    inputs, outputs = (frozenset(filter(None, paths[name])) for name in ("input", "output"))
    minutes = re.search(r"runtime=(\d+)", parts.get("resources", ""))
    wildcards = dict(each.split("=", 1) for each in parts.get("wildcards", "").split(", ") if each)
    return Job(
        rule=block.partition(":")[0].split()[-1],
        wildcards=wildcards,
        inputs=inputs,
        outputs=outputs,
        priority=int(parts.get("priority", 0)),
        minutes=int(minutes[1]) if minutes else 1,
    )
