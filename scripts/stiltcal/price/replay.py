"""Replay the schedule of a study: its time on so many machines, and the models that are on the disk at once."""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from .dry_run import Job

#: Parts of the paths of models that are removed, by `keep_models`.
REMOVED = {"all": (), "encoders": ("/models/target/",), "none": ("/models/target/", "/models/intermediate/")}
#: Size of a checkpoint in models: weights, two moments, best weights.
CHECKPOINT = 4


class Schedule(NamedTuple):
    """Time of all jobs, and the largest number of models at once: without checkpoints, and with them."""

    time: float
    models: int
    with_checkpoints: int


def replay(
    jobs: Sequence[Job], times: Sequence[float], places: Sequence[str], free: Mapping[str, int], keep_models: str
) -> Schedule:
    """Replay the jobs as Snakemake's greedy scheduler starts them.

    times, places: of each job its time, and the kind of place that it takes, such as `core`. free: places of each kind.
    Of the jobs that are ready, those with the highest priority start first, then those that read the most models that
    will be removed. A training holds its model and a checkpoint from its start to its end.
    """
    made = {path for job in jobs for path in job.outputs}
    trained = {path for job in jobs for path in job.models()}
    removed = [path for path in trained if any(part in path for part in REMOVED[keep_models])]
    readers = {path: sum(path in job.inputs for job in jobs) for path in removed}
    waiting = {number: set(job.inputs & made) for number, job in enumerate(jobs)}
    rewards = [(job.priority, len(job.inputs & readers.keys()), len(job.inputs & trained)) for job in jobs]
    running: list[tuple[float, int]] = []
    left, now, kept, training, most, most_with = dict(free), 0.0, 0, 0, 0, 0
    while waiting or running:
        ready = [number for number, missing in waiting.items() if not missing]
        for number in sorted(ready, key=rewards.__getitem__, reverse=True):
            if left[places[number]]:
                left[places[number]] -= 1
                del waiting[number]
                heappush(running, (now + times[number], number))
                kept, training = kept + len(jobs[number].models()), training + len(jobs[number].models())
        most, most_with = max(most, kept), max(most_with, kept + CHECKPOINT * training)
        now, number = heappop(running)
        left[places[number]] += 1
        training -= len(jobs[number].models())
        for missing in waiting.values():
            missing -= jobs[number].outputs
        for path in jobs[number].inputs & readers.keys():
            readers[path] -= 1
            kept -= readers[path] == 0
    return Schedule(now, most, most_with)
