"""Trainings that are killed: they go on where they were, and give the bytes of one that was not."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

import train_intermediate
import train_target
from stiltcal.models import training
from stiltcal.models.interruption import noted_signals

from .killing import CHECKPOINT, HYPERPARAMETERS, LETTERS, STEPS, contents, first, killed


@pytest.mark.parametrize("after", [1, 5, 12, STEPS])
def test_after_sigterm_the_next_job_goes_on_and_gives_the_same_bytes(
    training_job, whole, steps, tmp_path, capsys, after
):
    killed(train_target.main, first(training_job, tmp_path), steps, after)
    assert sorted(contents(tmp_path)) == [CHECKPOINT], "no model, and nothing half written"
    assert f"signal 15: the training stops after step {after}" in capsys.readouterr().out
    train_target.main(**first(training_job, tmp_path))
    assert len(steps) == STEPS - after
    assert contents(tmp_path) == whole
    assert f"the training goes on after step {after}" in capsys.readouterr().out


def test_checkpoints_in_between_change_nothing(training_job, whole, tmp_path):
    train_target.main(**first(training_job, tmp_path, checkpoint_minutes=1e-9))
    assert contents(tmp_path) == whole


def test_several_heads_on_one_encoder_go_on(training_job, steps, tmp_path):
    """With dropout, whose random numbers go on too."""
    arguments = {name: training_job[name] for name in ("encoder", "train", "dev", "tasks", "seed")}
    arguments |= {"training": HYPERPARAMETERS | {"dropout": 0.2}, "train_files": [1] * len(arguments["train"])}
    train_intermediate.main(**arguments, model=str(tmp_path / "one" / "m"))
    steps.clear()
    killed(train_intermediate.main, {**arguments, "model": str(tmp_path / "two" / "m")}, steps, 20)
    train_intermediate.main(**arguments, model=str(tmp_path / "two" / "m"))
    assert len(steps) == 2 * STEPS - 20
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_stop_by_patience_is_kept(training_job, steps, tmp_path):
    patient = HYPERPARAMETERS | {"epochs": 50, "evaluate_every": 2, "patience": 2}
    whole, again = ({**first(training_job, tmp_path / name), "trainings": [patient]} for name in ("whole", "again"))
    train_target.main(**whole)
    made = len(steps)
    assert made < 300
    steps.clear()
    killed(train_target.main, again, steps, made)
    train_target.main(**again)
    assert not steps and contents(tmp_path / "again") == contents(tmp_path / "whole")


def test_a_job_of_two_models_does_not_train_the_finished_one_again(training_job, steps, tmp_path):
    """Snakemake deletes both where the job fails."""
    arguments = {**training_job, "models": [str(tmp_path / "one" / letter) for letter in LETTERS]}
    train_target.main(**arguments)
    steps.clear()
    arguments["models"] = [str(tmp_path / "two" / letter) for letter in LETTERS]
    killed(train_target.main, arguments, steps, STEPS + 7)
    for path in (tmp_path / "two" / "a").iterdir():
        path.unlink()
    train_target.main(**arguments)
    assert len(steps) == STEPS - 7
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_an_operation_without_deterministic_algorithm_is_remembered(training_job, steps, tmp_path, monkeypatch):
    """Its first use is computed twice, which draws random numbers twice: only once in a training."""
    loss = training._loss

    def with_put(model, kind, inputs, *rest):
        torch.zeros(2).put_(torch.tensor([0]), torch.ones(1))
        return loss(model, kind, inputs, *rest)

    monkeypatch.setattr(training, "_loss", with_put)
    one, two = (first(training_job, tmp_path / name, threads=2) for name in ("one", "two"))
    one["trainings"] = two["trainings"] = [HYPERPARAMETERS | {"max_steps": 4}]
    with pytest.warns(UserWarning, match="put_"):
        train_target.main(**one)
    steps.clear()
    with pytest.warns(UserWarning, match="put_"):
        killed(train_target.main, two, steps, 3)
    train_target.main(**two)
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


@pytest.fixture
def interruptible():
    """A shell starts processes in the background with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_second_interrupt_ends_the_process(interruptible):
    before = signal.getsignal(signal.SIGINT)
    with noted_signals() as noted:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        assert noted == [signal.SIGINT, signal.SIGTERM, signal.SIGTERM]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


#: A job with a checkpoint after each update, which after `brisk` updates takes a second for each: the signal comes long
#: before the training ends, however fast the machine is.
PROCESS = """
import json, sys, time
from torch.optim.optimizer import register_optimizer_step_pre_hook
import train_target

brisk, made = int(sys.argv[2]), []

def wait(*_):
    made.append(1)
    if len(made) > brisk:
        time.sleep(1)

register_optimizer_step_pre_hook(wait)
train_target.main(**json.loads(sys.argv[1]), checkpoint_minutes=1e-9)
"""


@pytest.mark.slow
def test_a_process_killed_again_and_again_gives_the_same_bytes(training_job, tmp_path):
    """Killed some milliseconds after a checkpoint, twice in each of two trainings."""
    longer = [HYPERPARAMETERS | {"epochs": None, "max_steps": 100}] * 2
    draw = random.Random(1)

    def start(name: str, brisk: int = 200) -> subprocess.Popen:
        models = [str(tmp_path / name / letter) for letter in LETTERS]
        arguments = {**training_job, "trainings": longer, "models": models}
        command = [sys.executable, "-c", PROCESS, json.dumps(arguments), str(brisk)]
        return subprocess.Popen(command, cwd=Path(train_target.__file__).parent, stdout=subprocess.PIPE, text=True)

    def done() -> int:
        """The updates that the checkpoints of both trainings hold."""
        number = 0
        for path in (tmp_path / "killed").glob(".*.safetensors"):
            with safe_open(path, framework="pt") as checkpoint:
                number += json.loads(checkpoint.metadata()["record"])["step"]
        return number

    def kill(number: signal.Signals, after: int) -> None:
        process = start("killed", after - done() + 10)
        while done() < after and process.poll() is None:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.1))
        process.send_signal(number)
        output, _ = process.communicate()
        assert process.returncode in (-number, 128 + number), output

    for place, number in enumerate((signal.SIGKILL, signal.SIGTERM) * 2, start=1):
        kill(number, 40 * place)
    last = start("killed")
    assert "the training goes on after step" in last.communicate()[0]
    assert start("whole").wait() == last.returncode == 0
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")
