"""Time dry runs of large studies: how long Snakemake takes to plan 1,000, 10,000 or 50,000 jobs of the real rules.

    PYTHONPATH=scripts python benchmarks/measure_dag.py [--study NAME ...] [--jobs 1000 10000] [--profile FILE]

Beside the studies two workflows that are not ours say what Snakemake itself needs. two_rules: a model and its
predictions, a script and an input each. ten_inputs: the same with eight more inputs, a log, a parameter and a resource.

Both studies get as many seeds as give so many jobs. miniature: the default study with all variants of its intermediate
tasks and all chains of two (103 intermediates); a prediction job answers nine targets there, so that it has many files.
paper: config/paper.yaml; a prediction job answers one target. Nothing of a study is there before, and nothing is run.
Prints CPU time and peak memory of `snakemake --dry-run --quiet`; `outputs` are the files and folders that the jobs will
write. --profile writes the calls of the last dry run (cProfile), which then takes about twice as long.
"""

import argparse
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from stiltcal.price.dry_run import read_jobs
from stiltcal.study.files import laid_over
from stiltcal.study.load import Study, load_study

ROOT = Path(__file__).parents[1]
STUDIES = {"miniature": ["config.yaml"], "paper": ["config.yaml", "config/paper.yaml"]}
QUIET = ["--dry-run", "--quiet"]
#: Workflows that are not ours: what every rule has beside a script, an output and the model. RULE stands for its name.
SMALLEST = {
    "two_rules": "",
    "ten_inputs": """
    input: expand("shared/{number}", number=range(8))
    log: "logs/RULE/{i}"
    params: number=1
    resources: mem_mb=lambda wildcards: 100""",
}


class Ran(NamedTuple):
    """A process that has ended. seconds: CPU time of it and its children. megabytes: its peak of memory."""

    seconds: float
    megabytes: float
    text: str


def ran(command: list[str], folder: Path) -> Ran:
    """Run a command in a folder to its end. Raises RuntimeError with its last lines if it fails."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise RuntimeError("\n".join(text.splitlines()[-10:]))
    return Ran(used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, text)


def intermediates(config: dict[str, Any]) -> list[str]:
    """List the intermediates of a study, the variants of its tasks, and all chains of two of its tasks."""
    plain = config["intermediates"]
    tasks = [name for name in plain if name not in ("none", "multi")]
    variants = [f"{name}+{variant}" for variant in ("translated", "mlm") for name in [*tasks, "multi"]]
    return [*plain, *variants, *(f"{a}-then-{b}" for a in tasks for b in tasks if a != b)]


def jobs_of_a_seed(study: Study) -> int:
    """Count the trainings and predictions of one seed."""
    answering = len(study.trained_together) + len(study.answered_together)
    return len(study.intermediate_models) + len(study.intermediates) * answering


def overlay(name: str, jobs: int) -> dict[str, Any]:
    """Return what to lay over the files of STUDIES for a study of at least so many jobs."""
    config = laid_over([ROOT / path for path in STUDIES[name]])
    more = {"intermediates": intermediates(config)} if name == "miniature" else {}
    one = jobs_of_a_seed(load_study({**config, **more}, ROOT))
    return {**more, "seeds": list(range(1, math.ceil(jobs / one) + 1))}


def smallest(name: str, jobs: int) -> str:
    """Return the Snakefile of one of SMALLEST with so many jobs, and one more that asks for all."""
    text = f'rule all:\n    input: expand("predict/{{i}}", i=range({jobs // 2}))\n'
    for rule in ("train", "predict"):
        more = SMALLEST[name].replace("RULE", rule)
        if rule == "predict":
            model = '"train/{i}"'
            more = more.replace("input: ", f"input: {model}, ") if "input: " in more else f"\n    input: {model}"
        text += f'rule {rule}:{more}\n    output: "{rule}/{{i}}"\n    script: "script.py"\n'
    return text


def measure_smallest(name: str, jobs: int) -> tuple[int, int, Ran]:
    """As `measure`, of one of SMALLEST."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "Snakefile").write_text(smallest(name, jobs), encoding="utf-8")
        (folder / "script.py").touch()
        (folder / "shared").mkdir()
        for number in range(8):
            (folder / "shared" / str(number)).touch()
        timed = ran([sys.executable, "-m", "snakemake", "--cores", "1", *QUIET], folder)
    return jobs // 2 * 2 + 1, jobs // 2 * 2, timed


def measure(name: str, jobs: int, profile: Path | None) -> tuple[int, int, Ran]:
    """Return the number of jobs, the number of outputs, and the dry run of a study of about so many jobs."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "study.yaml").write_text(yaml.safe_dump(overlay(name, jobs)), encoding="utf-8")
        configs = [*(str(ROOT / path) for path in STUDIES[name][1:]), str(folder / "study.yaml")]
        snakemake = ["-m", "snakemake", "--directory", temporary, "--cores", "1", "--configfile", *configs]
        profiled = ["-m", "cProfile", "-o", str(profile)] if profile else []
        timed = ran([sys.executable, *profiled, *snakemake, *QUIET], ROOT)
        listed = read_jobs(ran([sys.executable, *snakemake, "--dry-run"], ROOT).text)
    return len(listed), len({path for job in listed for path in job.outputs}), timed


def main() -> None:
    """Measure all sizes, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", nargs="+", choices=[*STUDIES, *SMALLEST], default=list(STUDIES))
    parser.add_argument("--jobs", nargs="+", type=int, default=[1000, 10000])
    parser.add_argument("--profile", type=Path)
    options = parser.parse_args()
    print(f"{'study':10} {'jobs':>6} {'outputs':>8} {'CPU, s':>7} {'ms a job':>9} {'ms an output':>13} {'peak, MB':>9}")
    for name in options.study:
        for wanted in options.jobs:
            if name in SMALLEST:
                jobs, outputs, timed = measure_smallest(name, wanted)
            else:
                jobs, outputs, timed = measure(name, wanted, options.profile and options.profile.resolve())
            each = f"{1000 * timed.seconds / jobs:9.2f} {1000 * timed.seconds / outputs:13.2f}"
            print(f"{name:10} {jobs:6} {outputs:8} {timed.seconds:7.1f} {each} {timed.megabytes:9.0f}", flush=True)


if __name__ == "__main__":
    main()
