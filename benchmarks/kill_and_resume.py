"""Kill trainings and predictions of a small miniature study at random moments; count the results that are identical.

    PYTHONPATH=scripts python benchmarks/kill_and_resume.py FOLDER [--kills 30] [--seed 1]

It makes the study in FOLDER with Snakemake. Then it runs the training and prediction jobs of the study, each in a
process of its own, with the arguments that their rules give. A process is killed once, by SIGKILL or SIGTERM, after a
random share of the job's CPU time. The job's outputs are deleted, as Snakemake does it; the job is run again to its
end, and its files are compared, byte by byte, with those of a run without a kill. All random numbers follow from the
seed.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import yaml
from snakemake.utils import update_config
from tiny_study import parent_and_seconds

import predict
import train_intermediate
import train_target
from stiltcal.study.load import Parameters, load_study
from stiltcal.support.checked_files import TIMESTAMP

ROOT = Path(__file__).parents[1]
TASKS = {"train": 300, "dev": 20, "test": 10}
STEPS = {"max_steps": 20}
STUDY = {
    "intermediates": ["none", "mnli"],
    "targets": ["xquad", "panx"],
    "languages": {"default": ["qaa", "qab", "qaf"]},
    "perturbations": ["clean", "shuffle_words-1.0", "mirror_tree-1.0"],
    "report": {"intermediate": "mnli", "perturbation": "mirror_tree-1.0"},
    "miniature": {
        "sizes": dict.fromkeys(("default", "pawsx", "xquad", "mlqa", "tydiqa", "udpos", "panx"), TASKS),
        "training": {
            "intermediate": {"default": STEPS, "squad_v1": STEPS},
            "target": {"default": STEPS, "squad_v1": STEPS, "panx": STEPS},
        },
    },
}
#: Minutes between the checkpoints of a job: here a job takes seconds.
MINUTES = 0.002
LOG = Path("job.log")


class Job(NamedTuple):
    """A job of the study. outputs: below the folder of results, as Snakemake deletes them when the job fails."""

    name: str
    main: Callable[..., None]
    arguments: dict
    outputs: list[str]


def make_study(folder: Path) -> None:
    """Make predictions and models of the study in `folder`, by Snakemake."""
    (folder / "study.yaml").write_text(yaml.safe_dump(STUDY), encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "--directory", str(folder), "--configfile"]
    wanted = [f"results/predictions/{name}/xquad/seed1.parquet" for name in STUDY["intermediates"]]
    subprocess.run([*command, str(folder / "study.yaml"), "--", *wanted], cwd=ROOT, check=True)


def jobs() -> list[Job]:
    """Return the jobs that train and predict, with the arguments that rules/train.smk and rules/predict.smk give."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    update_config(config, STUDY)
    study = load_study(config, ROOT)
    parameters = Parameters(study)
    targets, sets = study.targets, [study.train_set(target) for target in study.targets]
    encoder, mnli = "results/models/encoder", "models/intermediate/mnli/seed1"
    models = {name: [f"models/target/{name}/{each}/seed1" for each in sets] for name in study.intermediates}
    common = {"seed": 1, "code": "", "checkpoint_minutes": MINUTES}

    def items(tasks: list[str]) -> dict[str, list[str]]:
        return {split: [f"results/data/{task}/{split}/qaa.parquet" for task in tasks] for split in ("train", "dev")}

    training = {"tasks": [parameters.head("mnli")], "training": parameters.hyperparameters("intermediate", "mnli")}
    history = "training/intermediate/mnli/seed1.csv"
    written = {"model": f"results/{mnli}", "history": f"results/{history}", "intermediate": "mnli"}
    arguments = {"encoder": encoder, "train_files": [1], **written, **items(["mnli"]), **training, **common}
    made = [Job("train_intermediate mnli", train_intermediate.main, arguments, [mnli, history])]
    for name, start in (("none", encoder), ("mnli", f"results/{mnli}")):
        heads = [parameters.head(each) for each in sets]
        trainings = [parameters.hyperparameters("target", each) for each in sets]
        arguments = {"encoder": start, **items(sets), "tasks": heads, "trainings": trainings, **common}
        histories = [f"training/target/{name}/{each}/seed1.csv" for each in sets]
        arguments |= {"histories": [f"results/{path}" for path in histories], "intermediate": name}
        arguments["models"] = [f"results/{model}" for model in models[name]]
        made.append(Job(f"train_target {name}", train_target.main, arguments, [*models[name], *histories]))
        written = {
            "predictions": [f"predictions/{name}/{target}/seed1.parquet" for target in targets],
            "dev_predictions": [f"dev_predictions/{name}/{target}/seed1.parquet" for target in targets],
            "temperature": [f"predictions/{name}/{target}/seed1.temperature.json" for target in targets],
        }
        arguments = {
            "models": arguments["models"],
            "clean_dev": [f"results/data/{target}/dev/qaa.parquet" for target in targets],
            "perturbed": [f"results/perturbed/{target}/complete" for target in targets],
            **{key: [f"results/{path}" for path in paths] for key, paths in written.items()},
            "targets": [parameters.prediction(target) for target in targets],
            "answered_by": list(range(len(targets))),
            "code": "",
            "threads": 1,
        }
        made.append(
            Job(f"predict {name}", predict.main, arguments, [path for each in written.values() for path in each])
        )
    return made


def start(job: Job) -> int:
    """Run a job in a process of its own, which has loaded torch already; return the process's number."""
    process = os.fork()
    if process:
        return process
    with open(LOG, "a", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    try:
        job.main(**job.arguments)
    except SystemExit as ended:
        os._exit(ended.code)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def kill_after(process: int, seconds: float, number: int) -> int | None:
    """Send a signal after so many CPU seconds; return the exit status, None if the job was through before."""
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if parent_and_seconds(process)[1] >= seconds:
            os.kill(process, number)
            return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        time.sleep(0.002)
    os.waitpid(process, 0)
    return None


def delete(job: Job) -> None:
    """Delete a job's outputs, as Snakemake does when the job fails."""
    for output in job.outputs:
        path = Path("results") / output
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def contents(job: Job) -> dict[str, bytes]:
    """Return the files of a job, by path; hidden ones, too, except Snakemake's own."""
    folders = [Path("results") / output for output in job.outputs]
    files = [path for folder in folders for path in (folder.rglob("*") if folder.is_dir() else [folder])]
    hidden = [path for folder in folders for path in folder.parent.glob(".*")]
    return {str(path): path.read_bytes() for path in (*files, *hidden) if path.name != TIMESTAMP}


def measure(made: list[Job]) -> dict[str, float]:
    """Run all jobs, without a kill; return the CPU seconds of each. Raises RuntimeError if one fails."""
    seconds = {}
    for job in made:
        delete(job)
        before = os.times()
        if os.waitpid(start(job), 0)[1]:
            raise RuntimeError(f"{job.name} failed: {LOG.resolve()}")
        after = os.times()
        seconds[job.name] = after[2] + after[3] - before[2] - before[3]
    return seconds


def kill_and_resume(job: Job, number: int, seconds: float) -> tuple[int, bool, bool] | None:
    """Kill a job, delete its outputs, and run it again. None if it was through before the kill.

    Returns the exit status of the killed process; true if the next one ended well; true if it went on from what the
    killed one had kept.
    """
    delete(job)
    status = kill_after(start(job), seconds, number)
    if status in (0, None):
        return None
    delete(job)
    LOG.unlink()
    ended = os.waitstatus_to_exitcode(os.waitpid(start(job), 0)[1])
    log = LOG.read_text(encoding="utf-8")
    cells = re.findall(r"(\d+) of (\d+) cells are predicted", log)
    return status, ended == 0, "goes on after step" in log or any(new != whole for new, whole in cells)


def main() -> None:
    """Make the study, and kill its jobs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    make_study(options.folder)
    os.chdir(options.folder)
    draw, made = random.Random(options.seed), jobs()
    seconds = measure(made)
    wanted = {job.name: contents(job) for job in made}
    print(f"seed {options.seed}; CPU seconds of the jobs: " + ", ".join(f"{n} {s:.1f}" for n, s in seconds.items()))
    identical, resumed, killed = 0, 0, 0
    while killed < options.kills:
        job, number, share = draw.choice(made), draw.choice((signal.SIGKILL, signal.SIGTERM)), draw.random()
        done = kill_and_resume(job, number, share * seconds[job.name])
        if done is None:
            continue
        status, ended, went_on = done
        same = ended and contents(job) == wanted[job.name]
        killed, identical, resumed = killed + 1, identical + same, resumed + went_on
        verdict = ("identical" if same else "DIFFERENT") + (", went on" if went_on else ", began anew")
        how = f"{signal.Signals(number).name} at {share:4.0%}, status {status:4}"
        print(f"{killed:2} {job.name:22} {how}: {verdict}", flush=True)
    print(f"{identical} of {killed} results are identical; {resumed} jobs went on from what the killed one had kept")


if __name__ == "__main__":
    main()
