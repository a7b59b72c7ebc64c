"""Loss curves, drawn from made-up histories: which lines there are and where, names that do not overlap, widths."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

import plot_losses
from stiltcal.formats.history import HISTORY
from stiltcal.formats.results import read_table
from stiltcal.formats.rows import write_rows
from stiltcal.report.labels import INTERMEDIATES, labelled
from stiltcal.report.losses import draw_losses, spread
from stiltcal.report.style import COLUMN_WIDTH, PAGE_WIDTH, appearance, drawn_as, house_style

from .looks import assert_legible, texts

TRAIN_SETS = ["squad_v1", "mnli", "panx", "udpos"]
NAMES = [name for name in INTERMEDIATES if name != "none"]


def rows_of(intermediate: str, train_set: str, seed: int, end: float, steps: int = 60) -> list[dict]:
    """A loss that falls from 3 to `end`, with two evaluations, the second kept."""
    named = {"intermediate": intermediate, "train_set": train_set, "seed": seed}
    noise = np.random.default_rng(seed).uniform(0.8, 1.2, steps // 2)
    losses = np.geomspace(3, end, steps // 2) * noise
    rows = [dict.fromkeys(HISTORY) | named | {"step": 2 * i + 2, "loss": x, "kept": 0} for i, x in enumerate(losses)]
    for row, is_kept in ((rows[len(rows) // 2], 0), (rows[-1], 1)):
        row |= {"dev_loss": 1.1 * row["loss"], "dev_accuracy": 0.5, "kept": is_kept}
    return rows


@pytest.fixture
def histories(tmp_path):
    """Writes the files of a study, and returns their paths."""

    def write(phases: list[str] = NAMES, train_sets: list[str] = TRAIN_SETS, seeds: tuple[int, ...] = (1,)):
        parts = [(name, "", 0.05 + 0.3 * i, 60 + 20 * i) for i, name in enumerate(phases)]
        parts += [
            (name, train_set, 0.004 * 4**j * (1 + 0.2 * i), 40)
            for i, name in enumerate(["none", *phases])
            for j, train_set in enumerate(train_sets)
        ]
        paths = []
        for name, train_set, end, steps in parts:
            for seed in seeds:
                paths.append(tmp_path / (train_set or "intermediate") / name / f"seed{seed}.csv")
                write_rows(paths[-1], HISTORY, rows_of(name, train_set, seed, end, steps))
        return paths

    yield write
    plt.close("all")


def drawn(paths, phases=NAMES, train_sets=TRAIN_SETS, intermediate="squad_v1"):
    table = pd.concat([read_table(path, HISTORY) for path in paths], ignore_index=True)
    return draw_losses(table, train_sets=train_sets, intermediates=phases, intermediate=intermediate)


def lines_of(axis, color: str) -> list:
    return [line for line in axis.lines if to_hex(line.get_color()) == color.lower() and len(line.get_xdata()) > 1]


def boxes(figure, axis) -> list:
    with house_style():
        figure.canvas.draw()
        return sorted((Text.get_window_extent(text) for text in axis.texts), key=lambda box: box.y0)


@pytest.mark.parametrize(("width", "seeds"), [(PAGE_WIDTH, (1,)), (COLUMN_WIDTH, (1, 2))])
def test_the_figure_has_its_width_and_nothing_overlaps(histories, width, seeds):
    with drawn_as({"width": width}):
        figure = drawn(histories(seeds=seeds))
    assert figure.get_figwidth() == width
    assert_legible(figure)
    *others, wide = figure.axes
    assert [axis.get_title(loc="left") for axis in others] == [
        "SQuAD v1",
        "MNLI",
        "PAN-X",
        "UDPOS",
    ]
    names = boxes(figure, wide)
    assert len(names) == len(NAMES)
    assert all(above.y0 >= below.y1 - 2.5 for below, above in pairwise(names)), "descenders may touch"
    ends = [axis.get_window_extent() for axis in figure.axes]
    assert not [1 for one in ends for two in ends if one is not two and one.overlaps(two)]


def test_lines_are_the_numbers_of_the_files(histories):
    paths = histories()
    figure = drawn(paths)
    table = read_table(next(path for path in paths if path.parts[-3:-1] == ("mnli", "none")), HISTORY)
    axis = next(axis for axis in figure.axes if axis.get_title(loc="left") == "MNLI")
    loss, dev = lines_of(axis, appearance().without)
    np.testing.assert_allclose(loss.get_xydata(), table[["step", "loss"]])
    evaluated = table.dropna(subset=["dev_loss"])
    np.testing.assert_allclose(dev.get_xydata(), evaluated[["step", "dev_loss"]])
    (marker,) = (line for line in axis.lines if line.get_marker() == "o")
    np.testing.assert_allclose(marker.get_xydata(), evaluated[evaluated.kept == 1][["step", "dev_loss"]])
    assert axis.get_yscale() == "log" and axis.get_ylim()[0] <= table.loss.min()


def test_several_seeds_have_a_thin_line_each_and_their_mean(histories):
    paths = histories(["squad_v1"], ["mnli"], (1, 2, 3))
    figure = drawn(paths, ["squad_v1"], ["mnli"])
    lines = lines_of(figure.axes[0], appearance().with_)
    tables = [read_table(path, HISTORY) for path in paths if path.parts[-3:-1] == ("mnli", "squad_v1")]
    for line, table in zip(lines[:3], tables, strict=True):
        np.testing.assert_allclose(line.get_ydata(), table.loss)
    np.testing.assert_allclose(lines[3].get_ydata(), np.mean([table.loss for table in tables], axis=0))
    assert lines[0].get_linewidth() < lines[3].get_linewidth()
    assert "single seeds" in [text.get_text() for text in figure.legends[0].get_texts()]


def test_without_intermediate_tasks_there_are_the_train_sets_alone(histories):
    figure = drawn(histories([]), [], intermediate="none")
    assert len(figure.axes) == len(TRAIN_SETS)
    assert figure.legends[0].get_texts()[0].get_text() == "none"
    assert_legible(figure)


def test_targets_without_a_train_set_leave_the_intermediate_phases(histories):
    figure = drawn(histories(train_sets=[]), train_sets=[])
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["Intermediate phases"]
    assert_legible(figure)


def test_names_are_those_of_the_study_and_never_mathematics(histories):
    with labelled({"tasks": {"mnli": "$L^2$"}, "intermediates": {"squad_v1": "a long name, longer than a panel"}}):
        figure = drawn(histories())
        assert_legible(figure)
    words = [text.get_text() for text in texts(figure)]
    assert "\\$L^2\\$" in words and "a long name, longer tha…" in words


def test_places_keep_their_order_and_their_gap():
    assert spread([0.5, 0.1], 0.2) == [0.5, 0.1]
    assert spread([0.5, 0.5, 0.5], 0.2) == pytest.approx([0.5, 0.7, 0.9])
    assert spread([0.95, 0.9, 1.0], 0.1) == pytest.approx([0.9, 0.8, 1.0])
    assert spread([], 0.1) == []


def test_the_script_writes_the_same_bytes_twice(histories, tmp_path):
    paths = histories(["mnli"], ["panx"])
    grid = {"train_sets": ["panx"], "intermediates": ["mnli"], "intermediate": "mnli"}
    files = [[tmp_path / f"{name}.{end}" for end in ("pdf", "png")] for name in ("one", "two")]
    for pair in files:
        plot_losses.main(histories=paths, losses=pair, **grid)
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
