"""Say which stage a rule belongs to, and which task its name ends with."""

from typing import NamedTuple

#: Rules that have one copy for each task, named `{rule}_{task}`; the longer of two beginnings stands first.
OF_TASKS = (
    "prepare_items",
    "prepare_translations",
    "generate_items",
    "translate_items",
    "perturb_dev_items",
    "perturb_items",
)
#: Rules with torch: they start slowly, and run on a GPU where there is one, but for those of `NO_GPU`.
TORCH = (
    *("train_intermediate", "train_target", "predict"),
    *("pretrain_encoder", "continue_pretraining"),
    *("train_parser", "parse_text", "parse_dev_text", "measure_parsers"),
)
NO_GPU = ("train_parser",)
_STAGES = {
    "data": (
        *("fetch_dataset", "check_contamination", "prepare_items", "prepare_translations", "prepare_text"),
        *("generate_items", "translate_items", "generate_text"),
    ),
    "encoder": ("fetch_model", "trim_encoder", "generate_corpus", "pretrain_encoder", "continue_pretraining"),
    "trees": (
        *("fetch_parser", "split_treebank", "train_parser", "parse_text", "parse_dev_text", "measure_parsers"),
        *("generate_treebank", "measure_word_order"),
    ),
    "perturb": ("perturb_items", "perturb_dev_items", "complete_items", "complete_dev_items"),
    "train": ("train_intermediate", "train_target"),
    "predict": ("predict",),
    "score": (
        *("read_external", "score_predictions", "count_unknown_tokens", "gather_table", "average_scores"),
        *("bin_reliability", "summarize_languages", "judge_hypotheses", "judge_claims"),
    ),
}
STAGES = (*_STAGES, "report")


class Rule(NamedTuple):
    """A rule without its task, and the task; "" where it has none in its name."""

    name: str
    task: str = ""


def rule_of(name: str) -> Rule:
    """Return the rule and the task of the name of a job's rule."""
    for start in OF_TASKS:
        if name.startswith(f"{start}_"):
            return Rule(start, name.removeprefix(f"{start}_"))
    return Rule(name)


def stage_of(rule: str) -> str:
    """Return the stage of a rule without its task."""
    return next((stage for stage, rules in _STAGES.items() if rule in rules), "report")
