"""The file of a checkpoint: what is in it, when it is ignored, and a disk that is full."""

import errno
import json
from pathlib import Path

import pytest
from safetensors import SafetensorError, safe_open

import train_target
from stiltcal.models import checkpoint

from .killing import CHECKPOINT, HYPERPARAMETERS, STEPS, contents, first, killed


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"code": "edited"}, "code"),
        ({"seed": 2}, "settings"),
        ({"trainings": [HYPERPARAMETERS | {"clip": 2.0}]}, "settings"),
    ],
)
def test_a_checkpoint_of_another_training_is_never_used(training_job, steps, tmp_path, capsys, changes, part):
    killed(train_target.main, first(training_job, tmp_path), steps, 9)
    capsys.readouterr()
    train_target.main(**first(training_job, tmp_path) | changes)
    assert f"ignored; the checkpoint is of another training ({part})" in capsys.readouterr().out
    assert len(steps) == STEPS
    assert not (tmp_path / CHECKPOINT).exists()


def test_other_items_or_another_encoder_make_another_training(training_job, steps, tmp_path, capsys):
    killed(train_target.main, first(training_job, tmp_path), steps, 9)
    encoder = tmp_path / "encoder"
    encoder.mkdir()
    for path in Path(training_job["encoder"]).iterdir():
        (encoder / path.name).write_bytes(path.read_bytes())
    config = json.loads((encoder / "config.json").read_text())
    (encoder / "config.json").write_text(json.dumps(config | {"hidden_dropout_prob": 0.3}))
    capsys.readouterr()
    train_target.main(**first(training_job, tmp_path) | {"encoder": str(encoder), "train": training_job["train"][1:]})
    assert "of another training (encoder, items)" in capsys.readouterr().out


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_a_checkpoint_that_is_half_written_is_ignored(training_job, whole, steps, tmp_path, capsys, share):
    killed(train_target.main, first(training_job, tmp_path), steps, 9)
    path = tmp_path / CHECKPOINT
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    train_target.main(**first(training_job, tmp_path))
    assert "ignored; the checkpoint is incomplete or damaged" in capsys.readouterr().out
    assert len(steps) == STEPS and contents(tmp_path) == whole


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_checkpoint_with_another_bit_is_ignored(training_job, whole, steps, tmp_path, capsys, share):
    """Weights, best weights and states of the optimizer would change without a word."""
    killed(train_target.main, first(training_job, tmp_path), steps, 9)
    path = tmp_path / CHECKPOINT
    text = bytearray(path.read_bytes())
    text[int(share * len(text))] ^= 1
    path.write_bytes(text)
    train_target.main(**first(training_job, tmp_path))
    assert "ignored; the checkpoint is incomplete or damaged (another checksum)" in capsys.readouterr().out
    assert len(steps) == STEPS and contents(tmp_path) == whole


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), SafetensorError("IoError: (os error 28)")]
)
def test_where_the_disk_is_full_the_training_goes_on_with_a_warning(
    training_job, whole, tmp_path, capsys, monkeypatch, error
):
    def save_file(tensors, path, metadata):
        path.write_bytes(b"the beginning")
        raise error

    monkeypatch.setattr(checkpoint, "save_file", save_file)
    train_target.main(**first(training_job, tmp_path, checkpoint_minutes=1e-9))
    assert capsys.readouterr().out.count("no checkpoint, the disk is full") == STEPS - 1
    assert contents(tmp_path) == whole


def test_where_the_disk_is_full_the_checkpoint_before_stays(training_job, whole, steps, tmp_path, monkeypatch):
    killed(train_target.main, first(training_job, tmp_path), steps, 9)

    def save_file(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(checkpoint, "save_file", save_file)
        killed(train_target.main, first(training_job, tmp_path), steps, 4)
    train_target.main(**first(training_job, tmp_path))
    assert len(steps) == STEPS - 9 and contents(tmp_path) == whole


def test_other_errors_of_a_checkpoint_are_raised(training_job, tmp_path, monkeypatch):
    def save_file(*_):
        raise PermissionError("no")

    monkeypatch.setattr(checkpoint, "save_file", save_file)
    with pytest.raises(PermissionError):
        train_target.main(**first(training_job, tmp_path, checkpoint_minutes=1e-9))


def test_a_checkpoint_holds_tensors_and_json_alone(training_job, steps, tmp_path):
    killed(train_target.main, first(training_job, tmp_path), steps, 7)
    with safe_open(tmp_path / CHECKPOINT, framework="pt") as file:
        record = json.loads(file.metadata()["record"])
        groups = {name.split(".")[0] for name in file.keys()}  # noqa: SIM118
    assert groups == {"best", "model", "optimizer", "random", "losses", "earlier"}
    assert (record["step"], record["finished"], record["schedule"]["last_epoch"]) == (7, False, 7)
    assert [json.loads(line)["step"] for line in record["log"]] == [5]
