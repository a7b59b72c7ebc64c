"""Write the price of a study as text: tables, and what they rest on in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import fill

from .parts import Part
from .plan import Priced
from .pricing import Cost
from .replay import Schedule
from .rules import STAGES

_WIDTH = 120
_STAGES = "{:10} {:>7} {:>11} {:>11} {:>16} {:>10}"
_PARTS = "{:34} {:>5} {:>10} {:>7} {:>16} {:>13} {:>13}"
_TIMES = "{:>5} {:>6} {:>13} {:>15} {:>11}"


def record(priced: Priced, schedules: Mapping[tuple[int, int], Schedule], largest: Sequence[Part]) -> dict:
    """Return everything about a price, for --json: seconds, bytes and numbers of jobs."""
    device = priced.pricing.device
    return {
        "device": device._asdict(),
        "encoder": priced.works.encoder._asdict() | {"assumed": priced.works.is_assumed},
        "stages": {name: {"jobs": number} | _rounded(cost) for name, (number, cost) in priced.by_stage().items()},
        "all": {"jobs": len(priced.jobs)} | _rounded(priced.total()),
        "unmeasured_jobs": priced.unmeasured(),
        "unmeasured_tasks": priced.unmeasured_tasks(),
        "machines": [
            {"gpus": gpus, "cores": cores, "seconds": round(each.time), "bytes": round(priced.disk(each))}
            for (gpus, cores), each in schedules.items()
        ],
        "largest": [
            {"name": part.name, "jobs": part.jobs, "cap": list(part.cap), "saved": _rounded(part.saved)}
            | _rounded(part.cost)
            for part in largest
        ],
    }


def _rounded(cost: Cost) -> dict[str, int]:
    names = {"alone": "cpu_seconds_alone", "core": "cpu_seconds", "gpu": "gpu_seconds", "bytes": "bytes"}
    return {names[key]: round(value) for key, value in cost._asdict().items()}


def lines(priced: Priced, schedules: Mapping[tuple[int, int], Schedule], largest: Sequence[Part]) -> Iterator[str]:
    """Yield the lines of the price."""
    yield from _wrapped(_encoder(priced))
    yield ""
    yield from _by_stage(priced)
    yield ""
    yield "Time from the first job to the last, and the most disk at once:"
    yield _TIMES.format("GPUs", "cores", "wall time", "models at once", "disk, GB")
    for (gpus, cores), each in schedules.items():
        disk = f"{priced.disk(each) / 1e9:,.1f}"
        yield _TIMES.format(gpus, cores, duration(each.time), each.models, disk)
    yield ""
    yield "The largest parts, and what half of the items would save of the whole study (data.caps):"
    yield _PARTS.format("jobs of", "jobs", "GPU-hours", "share", "CPU-h, no GPU", "half a cap", "saves GPU-h")
    for part in largest:
        yield _part(part, priced.total())
    yield ""
    yield from _assumptions(priced)


def _encoder(priced: Priced) -> str:
    encoder, device = priced.works.encoder, priced.pricing.device
    assumed = " (not fetched and not installed: XLM-R Large is assumed)" if priced.works.is_assumed else ""
    return (
        f"Encoder: {encoder.parameters / 1e6:,.1f} million parameters, {encoder.body / 1e6:,.1f} of them in its layers"
        f"{assumed}. GPU: {device.peak / 1e12:g} Tflop/s at its peak, of which {device.share:.0%} are reached; both "
        "are declared, not measured (--peak, --share)."
    )


def _by_stage(priced: Priced) -> Iterator[str]:
    yield _STAGES.format("stage", "jobs", "GPU-hours", "CPU-hours", "CPU-h, no GPU", "writes, GB")
    stages = priced.by_stage()
    for name in filter(stages.__contains__, STAGES):
        yield _stage(name, *stages[name])
    yield _stage("all", len(priced.jobs), priced.total())


def _stage(name: str, jobs: int, cost: Cost) -> str:
    hours = (_hours(each) for each in (cost.gpu, cost.core, cost.alone))
    return _STAGES.format(name, f"{jobs:,}", *hours, f"{cost.bytes / 1e9:,.2f}")


def _part(part: Part, whole: Cost) -> str:
    share = f"{part.cost.gpu / whole.gpu:.0%}" if whole.gpu else ""
    cap = f"{part.cap[0]}: {part.cap[1]:,}"
    hours = _hours(part.cost.gpu), share, _hours(part.cost.alone)
    return _PARTS.format(part.name, part.jobs, *hours, cap, _hours(part.saved.gpu))


def _assumptions(priced: Priced) -> Iterator[str]:
    if not priced.works.tokens.is_measured:
        yield from _wrapped(
            "The vocabulary of this encoder was not measured: texts are taken to need as many tokens as with one of "
            f"{priced.works.tokens.nearest:,} (resources/price/tokens.csv)."
        )
    if others := priced.unmeasured_tasks():
        names = "; ".join(f"{name} (the mean of {', '.join(stand_ins)})" for name, stand_ins in others.items())
        yield from _wrapped(f"Not measured, and taken from other tasks: the tokens of {names}.")
    if left_out := priced.unmeasured():
        names = ", ".join(f"{name} ({number})" for name, number in left_out.items())
        yield from _wrapped(f"Not measured, and counted as their start alone: {names}.")
    yield from _wrapped(
        "Trainings are taken to run to their end. Disk: models with checkpoints at their most, and all results; "
        "without downloads and the software. docs/plan.md says how all this is computed."
    )


def _hours(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours:,.0f}" if hours >= 100 else f"{hours:.1f}" if hours >= 1 else f"{hours:.3f}"


def duration(seconds: float) -> str:
    """Return a time in words: minutes, hours or days."""
    for unit, size in (("days", 86400), ("h", 3600)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.1f} {unit}"
    return f"{seconds / 60:.0f} min"


def _wrapped(text: str) -> Iterable[str]:
    return fill(text, _WIDTH).split("\n")
