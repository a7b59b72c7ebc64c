"""The replayed schedule, on jobs whose times can be added up by hand."""

import pytest

from stiltcal.price.dry_run import Job
from stiltcal.price.replay import CHECKPOINT, replay


def job(inputs: str = "", outputs: str = "", priority: int = 0) -> Job:
    return Job("rule", {}, frozenset(inputs.split()), frozenset(outputs.split()), priority)


def trained(number: int) -> list[Job]:
    """A training from the encoder, and a prediction with its model."""
    model = f"r/models/target/none/t{number}/seed1"
    return [job("items", model, priority=1), job(model, f"p{number}")]


JOBS = [job("", "items"), *(each for number in range(3) for each in trained(number))]
TIMES = [5.0, *(3 * [20.0, 10.0])]
PLACES = ["core", *(6 * ["gpu"])]


@pytest.mark.parametrize(("gpus", "time"), [(1, 5 + 3 * 20 + 3 * 10), (3, 5 + 20 + 10), (2, 5 + 20 + 20 + 10)])
def test_time_on_so_many_gpus(gpus, time):
    """With two: trainings 0 and 1, then training 2 beside a prediction and the next one, then the last."""
    assert replay(JOBS, TIMES, PLACES, {"core": 1, "gpu": gpus}, "all").time == time


def test_models_that_are_kept_and_removed():
    kept = replay(JOBS, TIMES, PLACES, {"core": 1, "gpu": 1}, "all")
    assert (kept.models, kept.with_checkpoints) == (3, 3 + CHECKPOINT)
    # Predictions have the higher priority where models are removed: one model after the other.
    turned = [each._replace(priority=-each.priority) for each in JOBS]
    removed = replay(turned, TIMES, PLACES, {"core": 1, "gpu": 1}, "none")
    assert (removed.models, removed.with_checkpoints) == (1, 1 + CHECKPOINT)


def test_other_jobs_do_not_wait_for_gpus():
    jobs = [job("", "a"), job("", "b"), job("a b", "c")]
    assert replay(jobs, [7, 4, 1], ["gpu", "core", "core"], {"core": 1, "gpu": 1}, "all").time == 8
