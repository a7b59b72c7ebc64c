"""Progress of a run in one line: jobs done, jobs running, time left."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import mean

#: Seconds of a job, by rule, before the first job of the rule has finished; the Snakefile adds those of the plan
#: (`expect`). A rule for each task has the task at the end of its name.
TYPICAL_SECONDS: dict[str, float] = {
    "judge_claims": 8,
    "perturb_items": 12,
    "pretrain_encoder": 7200,
    "generate_corpus": 600,
    "all": 0,
}
#: Seconds of a job of any other rule.
OTHER_SECONDS = 4
#: Running jobs that are named; of more, the rest is counted.
NAMED = 3


def expect(seconds: Mapping[str, float]) -> None:
    """Tell how long the jobs of some rules take, by the plan of the study."""
    TYPICAL_SECONDS.update(seconds)


@dataclass(frozen=True)
class Job:
    """A running job: its rule, its name for people, and when it started (seconds since 1970)."""

    rule: str
    name: str
    start: float


class Progress:
    """Jobs of a run: waiting, running, finished and failed."""

    def __init__(self, stats: Mapping[str, int], now: float) -> None:
        """Take the number of jobs by rule, with their sum as `total`, as Snakemake's event RUN_INFO has them."""
        self.waiting = Counter({rule: count for rule, count in stats.items() if rule != "total"})
        self.total = self.waiting.total()
        self.begin = now
        self.running: dict[int, Job] = {}
        self.seconds: dict[str, list[float]] = defaultdict(list)  # of finished jobs, by rule
        self.failures: dict[int, str] = {}  # names by number
        self.done = 0

    def started(self, number: int, rule: str, wildcards: Sequence[str], now: float) -> None:
        """Move a job to the running ones, from the waiting ones or, if it is tried again, from those that failed."""
        if self.failures.pop(number, None) is None:
            self.waiting[rule] = max(0, self.waiting[rule] - 1)
        self.running[number] = Job(rule, " ".join([rule, *wildcards]), now)

    def finished(self, number: int, now: float) -> None:
        """Count a job and keep how long it took."""
        self.done += 1
        if job := self.running.pop(number, None):
            self.seconds[job.rule].append(now - job.start)

    def failed(self, number: int) -> None:
        """Take a job from the running ones; Snakemake tells of the same failure twice."""
        if job := self.running.pop(number, None):
            self.failures[number] = job.name

    @property
    def complete(self) -> bool:
        """True once all jobs have finished."""
        return self.done >= self.total

    @property
    def stopped(self) -> bool:
        """True if a job failed and none runs any more."""
        return bool(self.failures) and not self.running

    def left(self, now: float) -> float | None:
        """Estimate the seconds until the last job ends, or None before the first job has ended.

        The seconds of all jobs that are to do, shared among as many jobs as ran at a time so far; not less than the
        longest of them.
        """
        if not self.done:
            return None
        jobs = [self._expected(rule) for rule, count in self.waiting.items() for _ in range(count)]
        jobs += [max(0.0, self._expected(job.rule) - (now - job.start)) for job in self.running.values()]
        busy = sum(map(sum, self.seconds.values())) + sum(now - job.start for job in self.running.values())
        at_a_time = max(1.0, busy / (now - self.begin)) if now > self.begin else 1.0
        return max(sum(jobs) / at_a_time, *jobs, 0.0)

    def _expected(self, rule: str) -> float:
        """Estimate the seconds of a job from finished jobs of its rule, or else from `TYPICAL_SECONDS`."""
        if self.seconds[rule]:
            return mean(self.seconds[rule])
        return typical_seconds(rule) * self._pace()

    def _pace(self) -> float:
        """Compare finished jobs with their typical seconds. Short ones and downloads say nothing about long ones."""
        long = {rule: times for rule, times in self.seconds.items() if times and _known(rule)}
        typical = sum(typical_seconds(rule) * len(times) for rule, times in long.items())
        return sum(map(sum, long.values())) / typical if typical else 1.0

    def first_line(self) -> str:
        """Say how many jobs there are to do."""
        return f"{self.total} {'job' if self.total == 1 else 'jobs'} to do; progress once a minute"

    def line(self, now: float) -> str:
        """Say what is done, what runs and how long is left."""
        names = [job.name for job in self.running.values()]
        more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
        parts = [f"{self.done} of {self.total} jobs done"]
        if names:
            parts.append(f"running: {', '.join(names[:NAMED] + more)}")
        if (left := self.left(now)) is not None:
            parts.append(f"about {duration(max(left, 120))} left" if left >= 60 else "less than a minute left")
        return "; ".join(parts + self._failed())

    def last_line(self, now: float) -> str:
        """Say what was done, in how much time, and what failed."""
        return "; ".join([f"{self.done} of {self.total} jobs done in {duration(now - self.begin)}", *self._failed()])

    def _failed(self) -> list[str]:
        return [f"failed: {', '.join(self.failures.values())}"] if self.failures else []


def typical_seconds(rule: str) -> float:
    """Look up a rule by the longest name in `TYPICAL_SECONDS` that it begins with."""
    names = _known(rule)
    return TYPICAL_SECONDS[max(names, key=len)] if names else OTHER_SECONDS


def _known(rule: str) -> list[str]:
    """Return the names in `TYPICAL_SECONDS` that a rule begins with."""
    return [name for name in TYPICAL_SECONDS if rule == name or rule.startswith(f"{name}_")]


def duration(seconds: float) -> str:
    """Write a time for people: seconds below two minutes, minutes below two hours, else hours and minutes."""
    if seconds < 120:
        return f"{round(seconds)} s"
    minutes = ceil(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
