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


def expected_seconds(study: Study, root: Path) -> dict[str, float]:
    """Return the mean seconds that the jobs of each of the longer rules take on a core, by the rates of `make plan`.

    root: the clone. Of a study that `make plan` refuses nothing is known.
    """
    try:
        pricing = Pricing(Tables(root), DECLARED)
        works = Works(study, pricing.tables)
        longer = {name: jobs for name, jobs in _jobs(study).items() if jobs}
        return {name: mean(_seconds(pricing, works, name, each) for each in longer[name]) for name in longer}
    except (TaskError, PriceProblem):
        return {}


def _seconds(pricing: Pricing, works: Works, name: str, wildcards: Mapping[str, str]) -> float:
    rule = rule_of(name)
    return pricing.cost(rule, works.of(rule, wildcards), works.encoder.body).alone


def _jobs(study: Study) -> dict[str, Sequence[Mapping[str, str]]]:
    """Return the wildcards that matter of the jobs of each rule."""
    parsed = [
        {"target": target, "language": language}
        for target in study.targets
        for language in study.languages(target)
        if study.config["trees"] == "stanza" and study.parsers.has_trees(language)
    ]
    trained = [code for code in study.config["parsers"] if study.parsers.is_trained(code)]
    return {
        "train_intermediate": [{"intermediate": name} for name in study.intermediate_models],
        "train_target": [{"train_set": name} for name in study.trained_together],
        "predict": [{"target": name} for name in study.answered_together],
        "score_predictions": [{"target": target} for target in study.targets],
        "judge_hypotheses": [{}],
        "train_parser": [{"language": code} for code in trained],
        "parse_text": parsed,
        "parse_dev_text": parsed,
    }
