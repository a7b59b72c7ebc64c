"""Price a study: the time and the disk of its jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..study.grid import Study
from .dry_run import Job
from .pricing import NOTHING, Cost, Pricing, total
from .replay import Schedule, replay
from .rules import Rule, rule_of, stage_of
from .work import Works

GPU, CORE = "gpu", "core"
#: Rules that do work of which no rate was measured: only their start is in the price.
NOT_MEASURED = (
    *("fetch_dataset", "fetch_model", "fetch_parser", "check_contamination", "prepare_text", "prepare_translations"),
    *("measure_parsers", "pretrain_encoder", "continue_pretraining", "generate_corpus"),
    *("generate_text", "translate_items", "generate_treebank", "measure_word_order", "judge_claims"),
    *("trim_encoder", "render_gallery", "read_external", "split_treebank"),
)


@dataclass(frozen=True)
class Priced:
    """A study with the cost of each of its jobs. tables, device: how they were computed."""

    study: Study
    works: Works
    pricing: Pricing
    jobs: Sequence[Job]
    costs: Sequence[Cost]

    def by_stage(self) -> dict[str, tuple[int, Cost]]:
        """Return the number of jobs and their cost by stage, without stages that have no jobs."""
        found: dict[str, tuple[int, Cost]] = {}
        for job, cost in zip(self.jobs, self.costs, strict=True):
            number, so_far = found.get(stage := stage_of(rule_of(job.rule).name), (0, NOTHING))
            found[stage] = number + 1, so_far.plus(cost)
        return found

    def total(self) -> Cost:
        """Return the cost of all jobs."""
        return total(self.costs)

    def unmeasured(self) -> dict[str, int]:
        """Return the numbers of jobs by rule of those rules whose work was not measured: their start alone counts."""
        rules = ((rule_of(job.rule), job.wildcards) for job in self.jobs)
        names = [
            rule.name
            for rule, wildcards in rules
            if rule.name in NOT_MEASURED and not any(self.works.of(rule, wildcards).units.values())
        ]
        return {name: names.count(name) for name in dict.fromkeys(names)}

    def unmeasured_tasks(self) -> dict[str, list[str]]:
        """Return the tasks whose tokens were not measured, each with the tasks whose mean stands for it."""
        stand_ins = {task: self.works.tokens.stand_ins(task) for task in self.study.data_tasks}
        return {task: others for task, others in stand_ins.items() if others != [task]}

    def schedule(self, gpus: int, cores: int) -> Schedule:
        """Replay the study on so many GPUs and cores. A job with torch takes a GPU, or a core if there is none."""
        places = [GPU if gpus and cost.gpu else CORE for cost in self.costs]
        times = [(cost.gpu or cost.core) if gpus else cost.alone for cost in self.costs]
        return replay(self.jobs, times, places, {GPU: gpus, CORE: cores}, self.study.config["keep_models"])

    def disk(self, schedule: Schedule) -> float:
        """Return the bytes of all models and checkpoints at their most, and of everything else at the end."""
        return 4 * self.works.encoder.parameters * schedule.with_checkpoints + self.total().bytes


def price(study: Study, jobs: Sequence[Job], pricing: Pricing) -> Priced:
    """Return the price of a study. Raises TaskError for a broken lock."""
    works = Works(study, pricing.tables)
    known: dict[tuple, Cost] = {}  # jobs of several seeds have the same work, which takes long to add up
    costs = []
    for job in jobs:
        rule = rule_of(job.rule)
        if (key := _decisive(rule, job.wildcards)) not in known:
            known[key] = pricing.cost(rule, works.of(rule, job.wildcards), works.encoder.body)
        costs.append(known[key])
    return Priced(study, works, pricing, jobs, costs)


def _decisive(rule: Rule, wildcards: Mapping[str, str]) -> tuple:
    """Return what the work of a job depends on: not its seed, and after intermediate training not the intermediate."""
    others = {"seed", "intermediate"} if rule.name in ("predict", "train_target") else {"seed"}
    return rule, *sorted(item for item in wildcards.items() if item[0] not in others)
