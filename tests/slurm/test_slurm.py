"""Studies through profiles/slurm: the same bytes as without a cluster, whatever the cluster does to their jobs."""

import copy
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import LOCAL, SLURM, STUDY, Run, Training, slurm, wait_until

pytestmark = pytest.mark.slow

#: Trainings that are long enough to be interrupted: some ten seconds.
INTERRUPTED = ["mnli", "qqp", "csqa"]
LONG = copy.deepcopy(STUDY)
LONG["intermediates"] = ["none", *INTERRUPTED]
LONG["miniature"]["training"]["intermediate"]["default"] = {"max_steps": 200, "batch_size": 32}
#: Snakemake and torch do not fit the first declaration, and fit the second or third.
LITTLE = {**LONG, "resources": {"train": {"mem_mb": 400}}}
MODELS = [f"results/models/intermediate/{name}/seed1" for name in INTERRUPTED]


@pytest.fixture(scope="module")
def studies(cluster, tmp_path_factory):
    """The same study locally and through SLURM, and the long trainings without any disturbance."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("local", "distributed", "undisturbed")}
    return {
        "undisturbed": Run(folders["undisturbed"], LONG, *LOCAL, "--", *MODELS),
        "distributed": Run(folders["distributed"], STUDY, *SLURM),
        "local": Run(folders["local"], STUDY, *LOCAL),
    }


@pytest.fixture(scope="module")
def disturbed(studies, tmp_path_factory):
    """Trainings that something will happen to, in folders where nothing else is missing. They run at the same time."""
    origin = studies["undisturbed"]
    origin.wait()

    def begin(name, config, *arguments):
        folder = tmp_path_factory.mktemp(name) / "study"
        shutil.copytree(origin.folder, folder)
        shutil.rmtree(folder / "results" / "models" / "intermediate")
        if name == "broken":
            break_items(folder)
        return Run(folder, config, *SLURM, *arguments)

    limit = "train_intermediate:runtime=attempt"  # minutes: one, then two, then three
    return {
        "limited": begin("limited", LONG, "--set-resources", limit, "--", MODELS[0]),
        "moved": begin("moved", LONG, "--", *MODELS),
        "little": begin("little", LITTLE, "--", MODELS[0]),
        "broken": begin("broken", LONG, "--retries", "0", "--", MODELS[0]),
    }


@pytest.fixture(scope="module")
def frozen(disturbed):
    """The trainings that are to be interrupted, each stopped in its middle, so that nothing ends too early."""
    trainings = {name: Training(disturbed["moved"].folder, name) for name in INTERRUPTED}
    trainings["limited"] = Training(disturbed["limited"].folder, "mnli")
    with ThreadPoolExecutor() as pool:
        list(pool.map(Training.freeze, trainings.values()))
    return trainings


def break_items(folder):
    """Destroy the items of a training, with the date that they had."""
    items = folder / "results" / "data" / "mnli" / "train" / "qaa.parquet"
    before = items.stat()
    items.write_bytes(b"not a table")
    os.utime(items, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_requeued_preempted_and_orphaned_trainings_lose_nothing(studies, disturbed, frozen):
    """Three trainings at once: one is requeued by hand, one gives way to an urgent job, one loses its node."""
    moved = disturbed["moved"]
    requeued, preempted, orphaned = (frozen[name].job() for name in INTERRUPTED)
    slurm("scontrol", "requeue", requeued[0])
    slurm("scontrol", "update", f"nodename={orphaned[1]}", "state=down", "reason=test")
    urgent = f"--nodelist={preempted[1]}"
    slurm("sbatch", "--partition=urgent", urgent, "--mem=100", "--output=/dev/null", "--wrap=sleep 1")
    jobs = [job for job, _ in (requeued, preempted, orphaned)]
    wait_until(lambda: all(restarts(job) for job in jobs))
    if "DOWN" in slurm("scontrol", "--oneliner", "show", "node", orphaned[1]):  # it may have come back by itself
        slurm("scontrol", "update", f"nodename={orphaned[1]}", "state=resume")
    moved.wait()
    assert moved.written("/intermediate/") == studies["undisturbed"].written("/intermediate/")
    assert frozen["mnli"].resumed and frozen["qqp"].resumed


def restarts(job: str) -> int:
    """How often a job went back to the queue; SLURM knows it for some minutes after the job's end."""
    return int(slurm("scontrol", "--oneliner", "show", "job", job).split("Restarts=")[1].split()[0])


def test_time_limit_in_a_training_loses_nothing(studies, disturbed, frozen):
    """SLURM counts whole minutes. The training waits for the end of the first one in its middle."""
    limited = disturbed["limited"]
    assert "TIMEOUT" in limited.wait()
    assert frozen["limited"].resumed
    assert limited.written("/intermediate/mnli/") == studies["undisturbed"].written("/intermediate/mnli/")


def test_memory_overrun_is_tried_again_with_more(studies, disturbed):
    """SLURM may call the killed job FAILED, if its script ends before the record of the step; its log says why."""
    little = disturbed["little"]
    little.wait()
    logs = (little.folder / ".snakemake" / "slurm_logs").rglob("*.log")
    assert any("exceeded memory limit" in each.read_text(encoding="utf-8") for each in logs)
    assert little.written("/intermediate/mnli/") == studies["undisturbed"].written("/intermediate/mnli/")


def test_failing_job_names_its_log_and_leaves_no_model(disturbed):
    broken = disturbed["broken"]
    log = "logs/train_intermediate/mnli/seed1.log"
    assert f"log: {log}" in broken.wait(code=1)
    assert "qaa.parquet" in (broken.folder / log).read_text(encoding="utf-8")
    assert not (broken.folder / MODELS[0]).exists()


def test_study_through_slurm_has_the_bytes_of_the_local_one(studies):
    local, distributed = studies["local"], studies["distributed"]
    for each in (local, distributed):
        each.wait()
    here, there = distributed.written(), local.written()
    assert len(here) > 30
    assert [name for name in {*here, *there} if here.get(name) != there.get(name)] == []
    assert "Nothing to be done" in Run(distributed.folder, STUDY, *SLURM).wait()
