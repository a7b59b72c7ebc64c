"""The profiles that are shipped: rules that they name, and commands of schedulers, with stand-ins for these."""

import os
import re
import subprocess
from types import SimpleNamespace

import pytest
import yaml

from .conftest import ROOT

GENERIC = ROOT / "profiles" / "generic"


def profile(name):
    """The keys of a profile, without the lines of its template language, and those in comments."""
    text = (ROOT / "profiles" / name / "config.yaml").read_text(encoding="utf-8")
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("?"))
    return yaml.safe_load(plain), text


def rules():
    """The names of all rules that are not generated."""
    files = (path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk"))
    return {name for text in files for name in re.findall(r"^ *rule (\w+):", text, re.MULTILINE)}


def test_rules_in_comments_of_the_slurm_profile_exist():
    _, text = profile("slurm")
    parses = {"parse_text", "parse_dev_text"}  # one rule for each split
    assert '"parse_text" if split == "test" else f"parse_{split}_text"' in (ROOT / "rules" / "parsers.smk").read_text()
    named = set(re.findall(r"^#   (\w+): \{slurm_partition", text, re.MULTILINE))
    assert named - parses <= rules() and {"train_intermediate", "train_target", "predict", *parses} <= named


def test_profiles_for_clusters_agree():
    """What does not depend on the scheduler."""
    slurm, generic = profile("slurm")[0], profile("generic")[0]
    for key in ("jobs", "local-cores", "retries", "keep-going", "rerun-incomplete", "latency-wait"):
        assert slurm[key] == generic[key], key


def command(tmp_path, name, text):
    """A stand-in for a command of a scheduler."""
    path = tmp_path / name
    path.write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def environment(tmp_path):
    return {**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"}


def submission(scheduler, text):
    """The command of a scheduler in the generic profile; those of LSF and SGE are comments."""
    if scheduler == "PBS":
        return yaml.safe_load(text)["cluster-generic-submit-cmd"]
    block = re.search(rf"^# {scheduler}:\n((?:#   .*\n)+)", text, re.MULTILINE)[1]
    return " ".join(re.sub(r"\(where .*", "", line[1:]).strip() for line in block.splitlines())


@pytest.mark.parametrize(
    ("scheduler", "program", "words"),
    [
        ("PBS", "qsub", ["walltime=5400", "select=1:ncpus=2:mem=1500mb"]),
        ("LSF", "bsub", ["-W 90", "-n 2", "rusage[mem=1500MB]"]),
        ("SGE", "qsub", ["h_rt=5400", "h_vmem=1500M", "-pe smp 2"]),
    ],
)
def test_schedulers_are_asked_for_what_a_job_declares(scheduler, program, words, tmp_path):
    template = submission(scheduler, (GENERIC / "config.yaml").read_text(encoding="utf-8"))
    asked = template.format(rule="predict", threads=2, resources=SimpleNamespace(runtime=90, mem_mb=1500))
    says = "Job <4711> is submitted to default queue <normal>." if scheduler == "LSF" else "4711"
    command(tmp_path, program, f'echo "$@" > {tmp_path}/asked; echo "{says}"')
    done = subprocess.run(
        ["bash", "-c", f"{asked.strip()} job.sh"], env=environment(tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout == "4711\n", "the plugin takes what is printed for the number of the job"
    given = (tmp_path / "asked").read_text(encoding="utf-8")
    assert given.rstrip().endswith("job.sh")
    for word in (*words, "predict"):
        assert word in given


@pytest.mark.parametrize(
    ("commands", "state"),
    [
        ({"qstat": "echo '    job_state = R'"}, "running"),
        ({"qstat": "echo '    job_state = F'; echo '    Exit_status = 0'"}, "success"),
        ({"qstat": "echo '    job_state = F'; echo '    Exit_status = 137'"}, "failed"),
        ({"qstat": "exit 1"}, "running"),
        ({"bjobs": "echo DONE"}, "success"),
        ({"bjobs": "echo EXIT"}, "failed"),
        ({"bjobs": "echo PEND"}, "running"),
        ({"qacct": "exit 1", "qstat": "exit 0"}, "running"),
        ({"qacct": "exit 1", "qstat": "exit 1"}, "running"),
        ({"qacct": "printf 'failed 0\\nexit_status 0\\n'", "qstat": "exit 1"}, "success"),
        ({"qacct": "printf 'failed 0\\nexit_status 1\\n'", "qstat": "exit 1"}, "failed"),
        ({"qacct": "printf 'failed 100\\nexit_status 0\\n'", "qstat": "exit 1"}, "failed"),
    ],
)
def test_state_of_a_job_is_read(commands, state, tmp_path):
    for name, text in commands.items():
        command(tmp_path, name, text)
    done = subprocess.run(
        ["bash", GENERIC / "status.sh", "7"], env=environment(tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [state]
