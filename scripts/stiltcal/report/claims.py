"""Write the published claims with their verdicts, and the gains by intermediate task, as a page (docs/claims.md)."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ..formats.results import ALL, BEST
from .labels import INTERMEDIATES, TARGETS, intermediate_label, report_order, target_label, with_labels
from .markdown import table_lines
from .numbers import estimate_text, number
from .quotes import listing

_DASH = "\N{EN DASH}"
#: What the published study says (Phang et al. 2020), and the statistic of this study, by claim.
CLAIMS = {
    "leading_tasks": (
        "SQuAD, MNLI and HellaSwag help most: by 8.2, 7.5 and 7.0 points on average",
        "mean gain after these minus mean gain after the other single tasks",
    ),
    "mix": (
        "The mix of all tasks helps most: by 8.7 points on average",
        "mean gain after the mix minus that after the best single task",
    ),
    "retrieval": (
        "BUCC and Tatoeba gain most",
        "their mean gain minus that of the other targets",
    ),
    "tydiqa": ("TyDiQA gains steadily", "mean gain of TyDiQA over the intermediate tasks"),
    "xnli": ("XNLI does not gain", "mean gain of XNLI over the intermediate tasks"),
    BEST: (
        "With the best intermediate task of each target, targets gain on average: by 5.4 points",
        "mean gain of the targets, each after the task with its best dev score",
    ),
    "against_mlm": (
        "English tasks beat masked language modelling that goes on during intermediate training",
        "mean gain without `+mlm` minus that of the same tasks with it",
    ),
    "against_translation": (
        "English tasks beat machine-translated intermediate data",
        "mean gain without `+translated` minus that of the same tasks with it",
    ),
}
_READING = (
    "A *gain* is the task score with intermediate training minus that without, on clean test items. The score is the "
    "mean of the target's metrics, then of its languages, the source language among them; in a mean over targets each "
    "counts once. Brackets hold intervals. `docs/claims.md` of stiltcal defines every statistic."
)
_VERDICTS = (
    "A verdict needs an interval that lies on one side of the limit. The {percent:g} % intervals of this table hold "
    "all at once: they are simultaneous over all claims that can be tested, by the maximum of the shared bootstrap's "
    "t. *As claimed* counts the single tasks, targets or pairs whose own estimate is as claimed, without a test. "
    "Numbers: `claims.csv`."
)
_GAINS = "Intervals are pointwise (95 %), and no verdict rests on them. Numbers: `gains.csv`."
_BEST = (
    "Of each target the intermediate task, or the mix, with the best score on clean dev items of the source language "
    "(retrieval and mining: of all languages). Chains and variants do not take part. No model is trained for it. The "
    "choice is made before the test items are looked at, so that its interval needs no correction for the choice. "
    "`tied`: tasks that share the best dev score; the first in the configuration is taken. Numbers: "
    "`best_per_target.csv`."
)
_ONE_SEED = "One training seed was run: every statement is about these trained models."
_SEEDS = (
    "The same training seeds were used for the choice and for its gain: with other seeds the best per target gains "
    "less than here, if a seed's luck had a part in the choice."
)


def claims_page(claims: pd.DataFrame, gains: pd.DataFrame, best: pd.DataFrame, targets: Mapping[str, dict]) -> str:
    """Return the page in Markdown, from claims.csv, gains.csv, best_per_target.csv and the targets of the study."""
    ordered, names = report_order(targets), list(gains.intermediate.unique())
    lines = ["# Published claims", "", *_paragraphs(claims, ordered, names)]
    percent = 100 * (1 - claims.level.iloc[0])
    lines += ["## Verdicts", "", _VERDICTS.format(percent=percent), "", *table_lines(verdict_table(claims))]
    lines += ["## Gains by intermediate task", "", _GAINS, "", *table_lines(_gain_table(gains, ordered, names))]
    if len(best):
        lines += ["## The best intermediate task of each target", "", _BEST, "", *table_lines(_best_table(best))]
    return "\n".join(lines)


def _paragraphs(claims: pd.DataFrame, targets: Sequence[str], intermediates: Sequence[str]) -> list[str]:
    """Say what the page judges, and where the study departs from the published one."""
    opening = (
        "Claims of the study of English intermediate-task training that studies here follow (Phang et al. 2020, "
        "arXiv 2005.13013), each as a statistic of this study. They are about task scores, not about calibration."
    )
    missing = [
        *(intermediate_label(name) for name in INTERMEDIATES if name not in intermediates),
        *(target_label(name) for name in TARGETS if name not in targets),
    ]
    lacks = f"Of the published grid this study lacks {listing(missing)}. " if missing else ""
    chosen = len(claims[(claims.claim == BEST) & claims.estimate.notna()])
    seeds = _ONE_SEED if (claims.seeds == 1).all() else _SEEDS if chosen else ""
    return [opening, "", _READING, "", *filter(None, [f"{lacks}{seeds}".strip()]), ""]


def verdict_table(claims: pd.DataFrame) -> dict:
    """Return a table with `head` and `rows`: each claim, its statistic, what is claimed and found, and the verdict."""
    rows = []
    for _, row in claims.iterrows():
        published, statistic = CLAIMS[row.claim]
        why = "" if pd.isna(row.reason) else f": {with_labels(row.reason)}"
        tested = pd.notna(row.estimate)
        rows.append(
            [
                published,
                statistic,
                f"{row.says} {number(row.limit, 2)}",
                _estimate(row) if tested else _DASH,
                f"{row.parts_as_claimed:.0f} of {row.parts:.0f}" if tested else _DASH,
                f"{row.verdict}{why}",
            ]
        )
    return {"head": ["published claim", "statistic", "claimed", "here", "as claimed", "verdict"], "rows": rows}


def _gain_table(gains: pd.DataFrame, targets: Sequence[str], intermediates: Sequence[str]) -> dict:
    """A line for each intermediate with the mean gain and the gain of each target; scores for `none`."""
    rows = []
    for name in intermediates:
        part = gains[gains.intermediate == name].set_index("target")
        if name == "none":
            rows.append(["none (score)", *(number(part.score[target]) for target in (ALL, *targets))])
        else:
            single = [number(part.estimate[target], signed=True) for target in targets]
            rows.append([intermediate_label(name), _estimate(part.loc[ALL]), *single])
    return {"head": ["intermediate task", "all targets", *map(target_label, targets)], "rows": rows}


def _best_table(best: pd.DataFrame) -> dict:
    rows = []
    for _, row in best[best.target != ALL].iterrows():
        second = _DASH
        if pd.notna(row.runner_up):
            second = f"{intermediate_label(row.runner_up)} ({number(row.runner_up_dev_score)})"
        chosen = f"{intermediate_label(row.intermediate)} ({number(row.dev_score)})"
        rows.append([target_label(row.target), chosen, f"{row.tied:.0f}", second, f"{row.dev_n:,.0f}", _estimate(row)])
    over_all = best.set_index("target").loc[ALL]
    rows.append(["all", "", "", "", f"{over_all.dev_n:,.0f}", _estimate(over_all)])
    head = ["target", "best (dev score)", "tied", "next (dev score)", "dev items", "gain on test items"]
    return {"head": head, "rows": rows}


def _estimate(row: pd.Series) -> str:
    return estimate_text(row.estimate, row.low, row.high, signed=True)
