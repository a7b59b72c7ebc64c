"""A SLURM of six nodes on this machine, and small studies that run in it: `make test-slurm`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CLUSTER = ROOT / "tests" / "slurm" / "cluster.sh"
STUDY = {
    "languages": {"default": ["qaa", "qab"]},
    "intermediates": ["none", "mnli"],
    "targets": ["xnli"],
    "perturbations": ["clean", "reverse-1.0"],
    "scores": {"resamples": 100, "metrics": ["ece_width_15"], "scalings": ["none"]},
    "hypotheses": {"resamples": 200},
    "report": {"intermediate": "mnli", "perturbation": "reverse-1.0"},
    "miniature": {
        "sizes": {"default": {"train": 64, "dev": 16, "test": 16}},
        "training": {phase: {"default": {"max_steps": 3}} for phase in ("intermediate", "target")},
    },
}
#: The profile as it is shipped; a test need not wait as long as a busy cluster wants it.
SLURM = ["--profile", "profiles/slurm", "--slurm-init-seconds-before-status-checks", "1"]
SLURM += ["--seconds-between-status-checks", "1", "--latency-wait", "5"]
LOCAL = ["--cores", "2"]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    if not os.environ.get("STILTCAL_SLURM"):
        pytest.skip("needs root and a SLURM of its own; `make test-slurm` installs and starts one")
    folder = tmp_path_factory.mktemp("slurm")
    subprocess.run(["bash", CLUSTER, "start", folder], check=True)
    yield folder
    subprocess.run(["bash", CLUSTER, "stop", folder], check=True)


class Run:
    """Snakemake, started on a study in a folder. Several run at a time, because each of them mostly waits."""

    def __init__(self, folder: Path, config: Mapping, *arguments: str):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        path = folder / "study.yaml"
        path.write_text(yaml.safe_dump(dict(config)), encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", "--directory", str(folder), "--configfile", str(path), *arguments]
        with open(folder / "run.log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)

    def wait(self, code: int = 0) -> str:
        """Wait for its end, which must have an exit status, and return what it printed."""
        found = self.process.wait()
        text = (self.folder / "run.log").read_text(encoding="utf-8")
        assert found == code, text
        return text

    def written(self, part: str = "") -> dict[str, bytes]:
        """The results by path, or those with `part` in their path."""
        files = (path for path in (self.folder / "results").rglob("*") if path.is_file())
        found = {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}
        return {name: content for name, content in found.items() if part in name}


def wait_until(condition: Callable[[], object], seconds: float = 600):
    """Wait until a condition holds, and return its value."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.3)
    return value


def slurm(*command: str) -> str:
    """Run a command of SLURM."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Training:
    """An intermediate training that runs as a job of SLURM. What happens to it happens in the middle of it."""

    def __init__(self, folder: Path, name: str):
        self.folder, self.name = folder, name
        self.model = folder / "results" / "models" / "intermediate" / name / "seed1"
        self.log = folder / "logs" / "train_intermediate" / name / "seed1.log"

    def freeze(self) -> None:
        """Stop the process once the training has logged its first steps, so that it waits there.

        SLURM ends a job with SIGCONT and SIGTERM, so that the process goes on for long enough to see that it must end.
        """
        progress = self.model.with_name(".seed1.part") / "training.jsonl"
        wait_until(lambda: progress.is_file() and progress.stat().st_size)
        self.process = wait_until(self._process)
        os.kill(self.process, signal.SIGSTOP)

    def _process(self) -> int | None:
        """The number of the process that writes the log of this training."""
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if any(Path(os.readlink(each)) == self.log for each in (path / "fd").iterdir()):
                    return int(path.name)
            except OSError:  # it has ended
                continue
        return None

    @property
    def resumed(self) -> bool:
        """Tell whether the last attempt went on from a checkpoint."""
        return "the training goes on after step" in self.log.read_text(encoding="utf-8")

    def job(self) -> tuple[str, str]:
        """The number and node of the SLURM job of the frozen process. Other studies have jobs of the same name."""
        variables = Path(f"/proc/{self.process}/environ").read_text(encoding="utf-8").split("\0")
        found = dict(each.split("=", 1) for each in variables if "=" in each)
        return found["SLURM_JOB_ID"], found["SLURMD_NODENAME"]
