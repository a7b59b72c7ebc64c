import pandas as pd
import pytest

import average_scores

METRICS = {"xquad": ["exact_match", "f1"], "xnli": ["accuracy"]}
ROWS = [
    ("xquad", "clean", "en", "exact_match", 0.6),
    ("xquad", "clean", "en", "f1", 0.8),
    ("xquad", "clean", "es", "exact_match", 0.2),
    ("xquad", "clean", "es", "f1", 0.4),
    ("xquad", "clean", "es", "ece_width_15", 0.9),
    ("xquad", "clean", "zero_shot", "f1", 0.9),
    ("xquad", "clean", "all", "f1", 0.9),
    ("xnli", "clean", "en", "accuracy", 0.9),
    ("xnli", "clean", "es", "accuracy", 0.5),
    ("xnli", "clean", "es", "token_accuracy", 0.9),
    ("xnli", "clean", "es", "guessing", 0.3),
    ("xnli", "swap_arguments-1.0", "en", "accuracy", 0.3),
    ("xnli", "swap_arguments-1.0", "es", "accuracy", 0.1),
    ("xquad", "passivize-1.0", "es", "exact_match", 0.9),
    ("xquad", "passivize-1.0", "es", "f1", 0.9),
]


def test_averages_by_hand(tmp_path):
    table = pd.DataFrame(ROWS, columns=["target", "perturbation", "language", "metric", "value"])
    table = table.assign(intermediate="none", seed="1", scaling="none")
    scaled = table.assign(scaling="source", value=0.0)
    pd.concat([table, scaled]).to_csv(tmp_path / "scores.csv", index=False)
    average_scores.main(scores=str(tmp_path / "scores.csv"), xtreme=str(tmp_path / "xtreme.csv"), metrics=METRICS)
    found = pd.read_csv(tmp_path / "xtreme.csv")
    values = dict(zip(zip(found.perturbation, found.target, strict=True), found.value, strict=True))
    assert values == pytest.approx(
        {
            ("clean", "xquad"): 0.5,
            ("clean", "xnli"): 0.7,
            ("clean", "all"): 0.6,
            ("swap_arguments-1.0", "xnli"): 0.2,  # no mean over all: xquad is not there
        }  # nor one of xquad under passivize-1.0, which Spanish alone has
    )


def test_keys_are_names_whatever_they_look_like(tmp_path):
    rows = [("null", "007", "nan", 0.2), ("null", "007", "NA", 0.4), ("1e5", "7", "nan", 0.6), ("1e5", "7", "NA", 0.8)]
    table = pd.DataFrame(rows, columns=["intermediate", "seed", "language", "value"])
    table = table.assign(target="xnli", perturbation="clean", scaling="none", metric="accuracy")
    table.to_csv(tmp_path / "scores.csv", index=False)
    tables = {name: str(tmp_path / f"{name}.csv") for name in ("scores", "xtreme")}
    average_scores.main(**tables, metrics={"xnli": ["accuracy"]})
    lines = (tmp_path / "xtreme.csv").read_text(encoding="utf-8").splitlines()
    assert {"1e5,clean,7,xnli,0.7", "null,clean,007,xnli,0.3"} < set(lines)
