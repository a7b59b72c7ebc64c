"""The page of published claims from tables that were made by hand."""

import re

import pandas as pd

import write_claims
from stiltcal.formats.results import BEST_PER_TARGET, CLAIMS, GAINS
from stiltcal.report.claims import CLAIMS as STATEMENTS
from stiltcal.scoring.claims import claims_of

TARGETS = {"xquad": {"kind": "qa"}, "bucc": {"kind": "mining"}}


def claim(name: str, verdict: str, **more) -> dict:
    row = {
        "claim": name,
        "statistic": "mean",
        "says": "above",
        "limit": 0.0,
        "level": 0.05,
        "verdict": verdict,
        "seeds": 1,
    }
    return row | more


def write(folder, claims, gains, best) -> str:
    tables = {"claims": (claims, CLAIMS), "gains": (gains, GAINS), "best_per_target": (best, BEST_PER_TARGET)}
    for name, (rows, columns) in tables.items():
        pd.DataFrame(rows).reindex(columns=columns).to_csv(folder / f"{name}.csv", index=False)
    paths = {name: str(folder / f"{name}.csv") for name in tables}
    write_claims.main(**paths, page=str(folder / "claims.md"), targets=TARGETS)
    return (folder / "claims.md").read_text(encoding="utf-8")


def gain(intermediate: str, target: str, score: float, estimate: float | None = None, **more) -> dict:
    ends = {} if estimate is None else {"estimate": estimate, "low": estimate - 0.03, "high": estimate + 0.03, "p": 0.2}
    return {"intermediate": intermediate, "target": target, "dev_score": 0.5, "score": score, "n": 40, **ends, **more}


def test_page(tmp_path):
    tested = {"estimate": 0.0521, "low": 0.0267, "high": 0.0776, "parts": 2.0, "parts_as_claimed": 1.0}
    claims = [
        claim("best_per_target", "holds here", **tested),
        claim("xnli", "not testable", says="below", limit=0.01, reason="the study lacks xnli"),
    ]
    gains = [
        *(gain("none", target, score) for target, score in (("xquad", 0.8), ("bucc", 0.6), ("all", 0.7))),
        *(gain("squad_v1", target, 0.7, value) for target, value in (("xquad", 0.05), ("bucc", -0.1), ("all", -0.025))),
        *(
            gain("best_per_target", target, 0.7, value)
            for target, value in (("xquad", 0.05), ("bucc", 0.02), ("all", 0.035))
        ),
    ]
    best = [
        {"target": "xquad", "intermediate": "squad_v1", "dev_score": 0.9, "tied": 1, "runner_up": "mnli",
         "runner_up_dev_score": 0.85, "dev_n": 1200, "estimate": 0.05, "low": 0.02, "high": 0.08, "p": 0.01, "n": 40},
        {"target": "bucc", "intermediate": "mnli", "dev_score": 0.7, "tied": 2, "dev_n": 750, "estimate": 0.02,
         "low": -0.01, "high": 0.05, "p": 0.2, "n": 40},
        {"target": "all", "dev_n": 1950, "estimate": 0.035, "low": 0.005, "high": 0.065, "p": 0.03, "n": 80},
    ]  # fmt: skip
    page = write(tmp_path, claims, gains, best)
    assert re.search(
        r"^\| With the best .* \| above 0\.00 \| \+0\.052 \[0\.027, 0\.078\] \| 1 of 2 \| holds here \|$", page, re.M
    )
    assert re.search(
        r"^\| XNLI does not gain .* \| below 0\.01 \| – \| – \| not testable: the study lacks XNLI \|$", page, re.M
    )
    assert "| none (score) | 0.700 | 0.800 | 0.600 |" in page
    assert "| SQuAD v1 | −0.025 [−0.055, 0.005] | +0.050 | −0.100 |" in page
    assert "| best per target | +0.035 [0.005, 0.065] | +0.050 | +0.020 |" in page
    assert "| XQuAD | SQuAD v1 (0.900) | 1 | MNLI (0.850) | 1,200 | +0.050 [0.020, 0.080] |" in page
    assert "| BUCC | MNLI (0.700) | 2 | – | 750 | +0.020 [−0.010, 0.050] |" in page
    assert "this study lacks ANLI+, MNLI, QQP, SQuAD v2, HellaSwag" in page and "MLQA" in page
    assert "One training seed was run" in page and "same training seeds" not in page


def test_without_intermediate_tasks_there_is_no_best(tmp_path):
    claims = [claim("best_per_target", "not testable", reason="the study has no task", seeds=3)]
    page = write(tmp_path, claims, [gain("none", target, 0.5) for target in ("xquad", "bucc", "all")], [])
    assert "## The best" not in page and "same training seeds" not in page and "One training seed" not in page


def test_every_claim_has_its_words():
    assert [each.name for each in claims_of(["none"], ["xquad"])] == list(STATEMENTS)
