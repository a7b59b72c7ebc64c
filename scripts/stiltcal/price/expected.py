"""Say how long jobs take before any has run, so that a run can tell how long is left."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from ..study.grid import Study
from ..tasks.spec import TaskError
from .errors import PriceProblem
from .pricing import DECLARED, Pricing
from .rules import rule_of
from .tables import Tables
from .work import Works


def expected_seconds(study: Study, root: Path, gpus: bool = False) -> dict[str, float]:
    """Return the mean seconds that the jobs of each of the longer rules take, by the rates of `make plan`.

    root: the clone. gpus: True if jobs ask for GPUs; else they take a core. Of a study that `make plan` refuses nothing
    is known.
    """
    try:
        pricing = Pricing(Tables(root), DECLARED)
        works = Works(study, pricing.tables)
        longer = {name: jobs for name, jobs in _jobs(study).items() if jobs}
        return {name: mean(_seconds(pricing, works, name, each, gpus) for each in longer[name]) for name in longer}
    except (TaskError, PriceProblem):
        return {}


def _seconds(pricing: Pricing, works: Works, name: str, wildcards: Mapping[str, str], gpus: bool) -> float:
    rule = rule_of(name)
    cost = pricing.cost(rule, works.of(rule, wildcards), works.encoder.body)
    return (cost.gpu or cost.core) if gpus else cost.alone


def _jobs(study: Study) -> dict[str, Sequence[Mapping[str, str]]]:
    """Return the wildcards that matter of the jobs of each rule."""
    parses = study.config["trees"] == "stanza"

    def parsed(split: str) -> list[dict[str, str]]:
        return [
            {"target": target, "language": language}
            for target in study.targets
            for language in (study.tree_languages(target, split) if parses and split in study.perturbed_splits else ())
        ]

    trained = [code for code in study.config["parsers"] if study.parsers.is_trained(code)]
    return {
        "train_intermediate": [{"intermediate": name} for name in study.intermediate_models],
        "train_target": [{"train_set": name} for name in study.trained_together],
        "predict": [{"target": name} for name in study.answered_together],
        "score_predictions": [{"target": target} for target in study.targets],
        "judge_hypotheses": [{}],
        "train_parser": [{"language": code} for code in trained],
        "parse_text": parsed("test"),
        "parse_dev_text": parsed("dev"),
    }
