"""The reference table of variances, which benchmarks/measure_variances.py measures: reading, writing and look-up."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..support.text_files import open_text
from .formula import Components

ALL = "all"
#: Columns of the table; the last three say how it was measured and how good the formula is there.
COLUMNS = (
    *("family", "target", "class", "source", "metric"),
    *("v", "rho_perturbations", "rho_languages", "rho_both", "design_effect", "items_per_cluster"),
    *("rho_intermediates", "sigma_seed", "measured_error", "formula_error", "sizes"),
)


class ReferenceProblem(ValueError):
    """A reference table that cannot be read, or lacks what a study needs; one line says which."""


@dataclass(frozen=True)
class Reference:
    """One row. `family`, `target`: `all` for a group. `sigma_seed`: None where only one seed was measured."""

    family: str
    target: str
    perturbation_class: str
    source: str
    metric: str
    parts: Components
    rho_intermediates: float
    sigma_seed: float | None
    measured_error: float
    formula_error: float
    sizes: str

    @property
    def row(self) -> dict[str, str]:
        """The row as text by column; numbers with four significant digits."""
        numbers = (
            *(self.parts.variance, self.parts.rho_perturbations, self.parts.rho_languages, self.parts.rho_both),
            *(self.parts.design_effect, self.parts.items_per_cluster, self.rho_intermediates, self.sigma_seed),
            *(self.measured_error, self.formula_error),
        )
        texts = (self.family, self.target, self.perturbation_class, self.source, self.metric)
        written = ("" if number is None else f"{number:.4g}" for number in numbers)
        return dict(zip(COLUMNS, (*texts, *written, self.sizes), strict=True))


def read_reference(path: str | Path) -> list[Reference]:
    """The rows of a table; raises ReferenceProblem that names the file."""
    try:
        with open_text(path) as file:
            rows = list(csv.DictReader(file))
        if not rows:
            raise ValueError("it holds no row")
        return [_reference(row) for row in rows]
    except OSError as error:
        raise ReferenceProblem(f"{path}: {error.strerror}; benchmarks/measure_variances.py writes it") from None
    except (KeyError, ValueError, TypeError, csv.Error) as error:
        raise ReferenceProblem(f"{path}: no reference table ({error}); columns: {', '.join(COLUMNS)}") from None


def _reference(row: dict) -> Reference:
    family, target, class_, source, metric = (row[name] for name in COLUMNS[:5])
    *parts, rho = (float(row[name]) for name in COLUMNS[5:12])
    sigma = float(row["sigma_seed"]) if row["sigma_seed"] else None
    errors = float(row["measured_error"]), float(row["formula_error"])
    return Reference(
        family, target, class_, source, metric, Components(*parts), rho, sigma, errors[0], errors[1], row["sizes"]
    )


def write_reference(path: str | Path, references: Iterable[Reference]) -> None:
    """Write a table, in the order given."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(reference.row for reference in references)


def look_up(references: Iterable[Reference], family: str, target: str, name: str) -> Reference:
    """The row of a target and class, else its family's, else that of all targets; raises ReferenceProblem."""
    found = {(each.family, each.target): each for each in references if each.perturbation_class == name}
    for key in ((family, target), (family, ALL), (ALL, ALL)):
        if key in found:
            return found[key]
    raise ReferenceProblem(f"the reference table has no row for the class {name!r}, not even of all targets")
