"""Draw reliability diagrams, by target and pooled over families, and risk-coverage curves."""

from collections.abc import Mapping
from types import MappingProxyType

from stiltcal.formats.results import CURVES, RELIABILITY, SCORES, read_table
from stiltcal.report.labels import labelled
from stiltcal.report.pooled import draw_pooled
from stiltcal.report.reliability import draw_reliability
from stiltcal.report.risk_coverage import draw_risk_coverage
from stiltcal.report.style import drawn_as, save
from stiltcal.support.jobs import run_job


def main(
    *,
    reliability: str,
    curves: str,
    scores: str,
    by_target: list[str],
    pooled: list[str],
    risk_coverage: list[str],
    targets: dict[str, dict],
    families: dict[str, list[str]],
    intermediate: str,
    perturbation: str,
    source_language: str,
    seed: str,
    metric: str = "ece_width_15",
    scaling: str = "none",
    look: Mapping = MappingProxyType({}),
    labels: Mapping = MappingProxyType({}),
) -> None:
    """Compare `none` with `intermediate` on clean and on perturbed text, in the source language and zero-shot.

    With `none` as `intermediate` it is shown alone. by_target: two paths of each target, in the order of `targets`.
    families: the targets whose answers are pooled, by heading; those that lack one of `targets` are left out. look,
    labels: `style.drawn_as`, `labels.labelled`.
    """
    binned, scored, points = (
        read_table(reliability, RELIABILITY),
        read_table(scores, SCORES),
        read_table(curves, CURVES),
    )
    models, texts = list(dict.fromkeys(["none", intermediate])), list(dict.fromkeys(["clean", perturbation]))
    shown = {"intermediates": models, "perturbations": texts, "languages": [source_language, "zero_shot"]}
    shown |= {"scaling": scaling, "metric": metric, "seed": seed}
    points = points[(points.seed == seed) & (points.scaling == scaling)]
    whole = [family for family, members in families.items() if set(members) <= set(targets)]
    with drawn_as(look), labelled(labels):
        for target, paths in zip(targets, zip(by_target[::2], by_target[1::2], strict=True), strict=True):
            save(draw_reliability(binned, points, scored, target=target, **shown), *paths)
        save(draw_pooled(points, families=whole, intermediates=models, perturbations=texts), *pooled)
        risks = {"targets": targets, "intermediates": models, "perturbation": perturbation}
        save(draw_risk_coverage(points, **risks), *risk_coverage)


if "snakemake" in globals():
    run_job(main, snakemake)
