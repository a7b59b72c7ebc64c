"""Old names of modules, from before version 0.2. Importing one gives the present module and a DeprecationWarning."""

import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

#: Old name: present name, both below `stiltcal`.
MOVED = {
    "calibration.effects": "scoring.effects",
    "calibration.grid": "scoring.cells",
    "calibration.hierarchy": "scoring.hierarchy",
    "calibration.predictions": "formats.predictions",
    "calibration.rows": "scoring.effect_rows",
    "configuration": "study.checks",
    "files": "support.files",
    "imports": "support.code",
    "jobs": "support.jobs",
    "messages": "support.messages",
    "miniature.bitext": "miniature.translations",
    "models.bitext": "models.retrieval",
    "models.scalings": "models.fit_scalings",
    "perturb.analytic": "perturb.families.analytic",
    "perturb.contrasts": "perturb.families.contrasts",
    "perturb.controls": "perturb.families.controls",
    "perturb.coordination": "perturb.families.coordination",
    "perturb.files": "perturb.item_files",
    "perturb.function_words": "perturb.families.function_words",
    "perturb.items": "perturb.perturber",
    "perturb.lexicon": "perturb.families.lexicon",
    "perturb.passive": "perturb.families.passive",
    "perturb.phrases": "perturb.families.phrases",
    "perturb.reordering": "perturb.families.reordering",
    "perturb.rewording": "perturb.families.rewording",
    "perturb.typos": "perturb.families.typos",
    "report.results": "formats.results",
    "reported": "study.parameters",
    "reuse": "support.reuse",
    "scalings": "study.scalings",
    "settings": "study.parameters",
    "syntax.training": "syntax.parser_training",
    "tasks.bitext": "data.bitext",
    "tasks.clean": "data.clean",
    "tasks.columns": "data.columns",
    "tasks.contamination": "data.contamination",
    "tasks.encoder": "data.fetch_encoder",
    "tasks.fetch": "data.fetch",
    "tasks.hub": "data.hub",
    "tasks.items": "formats.items",
    "tasks.lock": "data.lock",
    "tasks.prepare": "data.prepare",
    "tasks.ratios": "scoring.ratios",
    "tasks.sample": "data.sampling",
    "texts": "study.texts",
}


class MovedModules(MetaPathFinder, Loader):
    """Find the old names in `MOVED` and load the present modules for them."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None):
        """Return the specification of an old name, None for any other."""
        package, _, module = name.partition(".")
        return ModuleSpec(name, self) if package == "stiltcal" and module in MOVED else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Import the present module."""
        name = f"stiltcal.{MOVED[spec.name.partition('.')[2]]}"
        warnings.warn(f"{spec.name} is {name} since version 0.2", DeprecationWarning, stacklevel=2)
        module = importlib.import_module(name)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Restore the module's own specification, which the import system has replaced by that of the old name."""
        if module.__spec__ is not None:
            module.__spec__ = module.__spec__.loader_state


def install() -> None:
    """Register the finder, after all others."""
    sys.meta_path.append(MovedModules())
