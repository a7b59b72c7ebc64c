"""summarize_languages on small results whose summaries are known."""

import json

import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

import summarize_languages

DISTANCES = {"qab": 0.1, "qac": 0.3, "qad": 0.6, "qae": 0.9}


def comparison(effect, intermediate, perturbation, language, estimate):
    """A row; the difference of the plug-ins, which no summary uses, is another number."""
    keys = {"effect": effect, "intermediate": intermediate, "target": "xnli", "perturbation": perturbation}
    other = {"language": language, "unit": "item", "scaling": "none", "metric": "ece_width_15"}
    return {**keys, **other, "difference": 7.0, "estimate": estimate}


@pytest.fixture
def write_orders(tmp_path):
    """A function that writes word orders with one relation, and returns their paths."""

    def write(**left):
        paths = [tmp_path / f"{language}.json" for language in left]
        for path, share in zip(paths, left.values(), strict=True):
            path.write_text(json.dumps({"relations": {"V": {"obj": {"n": 50, "left": share}}}}))
        return list(map(str, paths))

    return write


def summarize(tmp_path, rows, orders, **changes):
    pd.DataFrame(rows).to_csv(tmp_path / "comparisons.csv", index=False)
    output = tmp_path / "hierarchy.csv", tmp_path / "distances.csv"
    options = {"word_order": orders, "source_language": "qaa", "metric": "ece_width_15"} | changes
    tables = dict(zip(("hierarchy", "distances"), output, strict=True))
    summarize_languages.main(comparisons=tmp_path / "comparisons.csv", **tables, **options)
    return [pd.read_csv(path, keep_default_na=False) for path in output]


def test_the_slope_is_that_of_the_changes_that_are_told(tmp_path, write_orders):
    told = [("intermediate", "mnli", "clean"), ("perturbation", "none", "a-1.0"), ("interaction", "mnli", "a-1.0")]
    rows = [
        comparison(*keys, language, slope * distance + noise) | changes
        for language, distance in DISTANCES.items()
        for noise in (0.001, -0.001)
        for keys, slope in zip(told, (0.1, 0.2, -0.3), strict=True)
        for changes in ({}, {"metric": "brier", "estimate": 9.0})
    ]
    for language, distance in DISTANCES.items():  # what other rows tell: that of all models, and on perturbed text
        rows.append(comparison("perturbation", "mnli", "a-1.0", language, 9.0 * distance))
        rows.append(comparison("intermediate", "mnli", "a-1.0", language, 9.0 * distance))
    rows.append(comparison("interaction", "mnli", "a-1.0", "zero_shot", 9.0))
    rows.append(comparison("interaction", "mnli", "a-1.0", "qaa", 9.0))
    table, distances = summarize(tmp_path, rows, write_orders(qaa=0.0, **DISTANCES))
    assert dict(zip(distances.language, distances.distance, strict=True)) == pytest.approx(DISTANCES)
    assert table.effect.tolist() == ["interaction", "intermediate", "perturbation"]
    assert table.slope.tolist() == pytest.approx([-0.3, 0.1, 0.2], abs=1e-6)
    assert (table.slope_low <= table.slope).all() and (table.slope <= table.slope_high).all()
    assert (table.languages == 4).all() and (table.n == 8).all()


def test_perturbations_that_some_languages_lack_make_no_slope(tmp_path, write_orders):
    """The control adds 0.15 everywhere and the tree order 0.05, which the far languages do not have."""
    rows = [comparison("perturbation", "none", "reverse-1.0", language, 0.15) for language in DISTANCES]
    rows += [comparison("perturbation", "none", "mirror_tree-1.0", language, 0.05) for language in ("qab", "qac")]
    table, _ = summarize(tmp_path, rows, write_orders(qaa=0.0, **DISTANCES))
    assert (table.slope.item(), table.level.item(), table.n.item()) == (0, pytest.approx(0.15), 4)


def test_external_systems_are_no_intermediate_training(tmp_path, write_orders):
    rows = [
        comparison("interaction", name, "a-1.0", language, slope * distance)
        for language, distance in DISTANCES.items()
        for name, slope in (("mnli", 0.1), ("gpt", 0.7))
    ]
    orders = write_orders(qaa=0.0, **DISTANCES)
    slopes = [summarize(tmp_path, rows, orders, **left_out)[0].slope.item() for left_out in ({}, {"external": ["gpt"]})]
    assert slopes == pytest.approx([0.4, 0.1])


def test_p_values_are_corrected_over_targets_and_units_of_an_effect_and_scaling(tmp_path, write_orders):
    told = [("intermediate", "mnli", "clean"), ("perturbation", "none", "a-1.0")]
    scores = [("xnli", "item", 0.05), ("xquad", "item", 0.1), ("panx", "entity", 0.2), ("panx", "token", 0.3)]
    rows = [
        comparison(*keys, language, (slope + faster) * distance + bend * (distance - 0.45) ** 2)
        | {"target": target, "unit": unit, "scaling": scaling}
        for language, distance in DISTANCES.items()
        for keys, faster in zip(told, (0.0, 0.4), strict=True)
        for scaling, bend in (("none", 0.1), ("source", 0.3))
        for target, unit, slope in scores
    ]
    table, _ = summarize(tmp_path, rows, write_orders(qaa=0.0, **DISTANCES))
    families = [family for _, family in table.groupby(["effect", "scaling"])]
    assert [len(family) for family in families] == [4] * 4 and (table.p_holm > table.p).mean() > 0.5
    for family in families:
        assert family.p_holm.tolist() == pytest.approx(multipletests(family.p, method="holm")[1])


@pytest.mark.parametrize("measured", [{"qaa": 0.0, "qab": 0.1, "qac": 0.2}, DISTANCES])
def test_without_three_distances_there_is_no_summary(measured, tmp_path, write_orders):
    rows = [comparison("intermediate", "mnli", "clean", language, 0.1) for language in DISTANCES]
    table, _ = summarize(tmp_path, rows, write_orders(**measured))
    assert table.empty and "slope" in table.columns
