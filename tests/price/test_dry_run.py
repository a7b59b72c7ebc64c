"""Jobs as they are read from the output of a dry run."""

from pathlib import Path

import pytest

from stiltcal.price.dry_run import Job, dry_run, read_jobs
from stiltcal.price.errors import PriceProblem
from stiltcal.price.rules import Rule, rule_of, stage_of

ROOT = Path(__file__).parents[2]
OUTPUT = """Building DAG of jobs...
[Sun Nov 29 17:58:48 2026]
rule predict:
    input: r/perturbed/pawsx/complete, r/models/target/none/pawsx/seed1
    output: r/predictions/none/pawsx/seed1.parquet (update), r/predictions/none/pawsx/seed1.temperature.json
    benchmark: stats/predict/none/pawsx/seed1.tsv
    wildcards: intermediate=none, target=pawsx, seed=1
    priority: 2
    resources: tmpdir=/tmp, runtime=90, gpu=0, mem_mb=7369

[Sun Nov 29 17:58:48 2026]
localrule complete_items:
    input: r/perturbed/pawsx/clean/de.parquet
    output: r/perturbed/pawsx/complete
    wildcards: target=pawsx
    resources: tmpdir=/tmp

Job stats:
"""


def test_jobs_of_an_output():
    first, second = read_jobs(OUTPUT)
    assert first == Job(
        "predict",
        {"intermediate": "none", "target": "pawsx", "seed": "1"},
        frozenset({"r/perturbed/pawsx/complete", "r/models/target/none/pawsx/seed1"}),
        frozenset({"r/predictions/none/pawsx/seed1.parquet", "r/predictions/none/pawsx/seed1.temperature.json"}),
        priority=2,
        minutes=90,
    )
    assert (second.rule, second.minutes, second.priority, second.models()) == ("complete_items", 1, 0, [])


@pytest.mark.parametrize(
    ("name", "rule", "stage"),
    [
        ("perturb_dev_items_panx", Rule("perturb_dev_items", "panx"), "perturb"),
        ("generate_items_squad_v1", Rule("generate_items", "squad_v1"), "data"),
        ("train_target", Rule("train_target"), "train"),
        ("plot_comparisons", Rule("plot_comparisons"), "report"),
    ],
)
def test_rules_and_their_stages(name, rule, stage):
    assert rule_of(name) == rule and stage_of(rule.name) == stage


@pytest.mark.slow
def test_a_refused_study_is_one_line(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text("seeds: [one]\n", encoding="utf-8")
    with pytest.raises(PriceProblem) as raised:
        dry_run(ROOT, [file])
    assert str(raised.value).startswith("dry run: ") and "\n" not in str(raised.value)


@pytest.mark.slow
def test_jobs_of_the_demo():
    """Two intermediates and none, two train sets in one job, nothing that is made twice."""
    jobs = dry_run(ROOT, [ROOT / "config" / "demo.yaml"])
    rules = [rule_of(job.rule).name for job in jobs]
    assert (rules.count("train_intermediate"), rules.count("train_target"), rules.count("predict")) == (2, 3, 3)
    outputs = [path for job in jobs for path in job.outputs]
    assert len(outputs) == len(set(outputs))
    assert sum(len(job.models()) for job in jobs) == 2 + 3 * 2
