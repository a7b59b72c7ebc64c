"""The reports of a synthetic study (`made_up`): its figures, tables and finding, written once."""

from pathlib import Path

import pytest

import plot_comparisons
import plot_effects
import plot_reliability
import plot_scores
import write_finding
from stiltcal.report.labels import family_order

from .declared import hypotheses_of
from .made_up import study, write_results
from .tabulated import write_tables


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A small synthetic study on disk: the grid, and paths `scores`, `comparisons`, `reliability` and so on."""
    return write_results(tmp_path_factory.mktemp("results"), study())


@pytest.fixture(scope="session")
def diagram():
    """Which cells the figures of the synthetic study show."""
    return {
        "intermediate": "squad_v1",
        "perturbation": "mirror_tree-1.0",
        "source_language": "qaa",
        "seed": "1",
    }


@pytest.fixture(scope="session")
def report(results, diagram, tmp_path_factory):
    """The folder with all figures, tables and the finding of the synthetic study, as the entry scripts write them."""
    return write_report(tmp_path_factory.mktemp("report"), results, diagram)


@pytest.fixture(scope="session")
def baseline(tmp_path_factory):
    """The results of a synthetic study without intermediate tasks, as `results`."""
    return write_results(tmp_path_factory.mktemp("baseline"), study(intermediates=["none"]))


@pytest.fixture(scope="session")
def baseline_report(baseline, diagram, tmp_path_factory):
    """As `report`, of a study without intermediate tasks."""
    return write_report(tmp_path_factory.mktemp("baseline_report"), baseline, diagram | {"intermediate": "none"})


def write_report(folder: Path, results, diagram) -> Path:
    """Write figures, tables and the finding of a synthetic study into a folder, and return it."""
    grid = {"intermediates": results.intermediates, "targets": results.targets, "perturbations": results.perturbations}
    write_tables(folder, results)
    read = "primary contrasts scores comparisons hierarchy strength parsers contamination unknown_tokens".split()
    settings = {**grid, "source_language": "qaa", "seed": "1", "controls": ["reverse-1.0"]}
    settings |= {"metric": "ece_width_15", "scaling": "none", "hypotheses": hypotheses_of(results)}
    finding = {f"finding_{end}": folder / f"finding.{end}" for end in ("md", "json")}
    write_finding.main(**{name: getattr(results, name) for name in read}, **finding, **settings)
    draw_all(folder, results, diagram)
    return folder


def draw_all(folder: Path, results, diagram) -> None:
    """Draw every figure of a synthetic study, as the entry scripts do."""
    models = {"intermediate": diagram["intermediate"], "perturbation": diagram["perturbation"]}
    shared = {"targets": results.targets, "seed": diagram["seed"], **models}

    def images(*names: str) -> list[Path]:
        """A PDF; a PNG, which takes longer, of those that tests of the page read."""
        ends = ("pdf", "png") if {*names} <= {"heatmap", "reliability_xquad"} else ("pdf",)
        return [folder / f"{name}.{end}" for name in names for end in ends]

    if compares := len(results.intermediates) > 1:
        both = {name: images(name) for name in ("effects", "interactions")}
        tables = {"primary": results.primary, "contrasts": results.contrasts}
        plot_effects.main(**tables, **both, intermediates=results.intermediates)
    changes = {"calibration_change": images("heatmap"), "by_strength": images("by_strength")}
    changes |= {"decomposition": images("decomposition")} if compares else {}
    tables = {name: getattr(results, name) for name in ("comparisons", "scores", "strength")}
    grid = {"intermediates": results.intermediates, "perturbations": results.perturbations}
    plot_comparisons.main(**tables, measured=[results.measured], **changes, **grid, **shared)
    levels = {name: images(name) for name in ("by_language", "by_scaling")}
    languages = {"distances": results.distances, "languages": results.languages}
    plot_scores.main(scores=results.scores, **languages, **levels, **shared)
    curves = {name: images(name) for name in ("pooled", "risk_coverage")}
    curves["by_target"] = images("reliability_xquad")
    tables = {name: getattr(results, name) for name in ("reliability", "curves", "scores")}
    shared["targets"] = {"xquad": results.targets["xquad"]}
    families = {"families": family_order(shared["targets"]), "source_language": diagram["source_language"]}
    plot_reliability.main(**tables, **curves, **families, **shared)
