"""A training that no rule runs goes on after a kill, but never from a checkpoint of other code."""

import pytest

import train_target
from stiltcal.models import fitting
from stiltcal.support.code import code_digest

from .killing import STEPS, first, killed


@pytest.mark.parametrize("edited", [False, True])
def test_a_checkpoint_of_edited_code_is_not_taken(training_job, steps, tmp_path, monkeypatch, capsys, edited):
    job = first(training_job, tmp_path)
    killed(train_target.main, job, steps, after=4)
    monkeypatch.setattr(fitting, "code_digest", lambda script: f"{code_digest(script)}{' edited' if edited else ''}")
    train_target.main(**job)
    assert ("ignored; the checkpoint is of another training (code)" in capsys.readouterr().out) is edited
    assert len(steps) == (STEPS if edited else STEPS - 4)


def test_the_digest_is_that_of_the_rule(training_job, steps, tmp_path):
    job = first(training_job, tmp_path)
    killed(train_target.main, job, steps, after=4)
    train_target.main(**job, code=code_digest("train_target"))
    assert len(steps) == STEPS - 4
