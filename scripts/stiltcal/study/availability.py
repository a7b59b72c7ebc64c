"""Check that a study can have everything that its configuration names."""

from collections.abc import Iterable
from pathlib import Path

from ..calibration.errors import ERRORS, NO_INTERVAL
from ..miniature.drawers import TASKS
from ..tasks.kinds import FAMILIES, KINDS
from ..tasks.phases import NONE
from ..tasks.spec import HUB, MINIATURE, SOURCE_LANGUAGE
from .checks import unknown
from .defaults import own_values
from .encoders import encoder_problems, is_scored
from .external import External, external_problems
from .grid import ENCODER, Study
from .parameters import Parameters
from .scalings import scaling_problems
from .shown import shown_problems
from .variants import variant_problems

#: Calibration errors that can be judged.
JUDGED = [name for name in ERRORS if name not in NO_INTERVAL]


def availability_problems(study: Study) -> list[str]:
    """Return one line for each thing that a study cannot have, in a configuration whose names all exist."""
    parameters = Parameters(study)
    checks = (
        *(_folders(study), _grid(study), _languages(study), _trees(study), _perturbations(study), _word_orders(study)),
        *(variant_problems(study), external_problems(study)),
        *(_data(parameters), _caps(study), encoder_problems(parameters), _training(parameters)),
        *(scaling_problems(study), shown_problems(study), _hypotheses(parameters)),
    )
    return [f"configuration: {problem}" for problems in checks for problem in problems]


def _folders(study: Study) -> Iterable[str]:
    """Yield a folder of fetched parsers that would be that of trained ones, too."""
    results, resources = (study.config["pathvars"][name] for name in ("results", "resources"))
    if study.parsers.languages and Path(results).absolute() == Path(resources).absolute():
        yield f"pathvars.resources: found {resources}, which is the folder of results; name another one"


def _languages(study: Study) -> Iterable[str]:
    """Yield languages in which targets have no data, and targets without a zero-shot language."""
    if not study.is_miniature and study.source_language != SOURCE_LANGUAGE:
        yield f"source_language: found {study.source_language!r}; real tasks are trained in {SOURCE_LANGUAGE}"
    if study.is_miniature and study.source_language != (first := next(iter(study.config["miniature"]["languages"]))):
        yield f"source_language: found {study.source_language!r}; in the miniature it is the first language, {first}"
    for target, chosen in own_values(study.config["languages"]).items():
        lacking = [code for code in chosen if code not in study.offered_languages(target)]
        if lacking and target in study.targets:
            yield f"languages.{target}: {target} has no data in {', '.join(lacking)}; remove it"
    for target in study.targets:
        dev = study.split_languages(target, "dev")
        if without := [code for code in study.scaling_languages(target) if code not in dev]:
            yield (
                f"languages.{target}: scalings are fitted on dev items in {without[0]}, which are held out from test "
                f"items in that language; add {without[0]}, or give tasks/{target}.yaml dev items of its own"
            )
        if not set(study.languages(target)) - {study.source_language}:
            yield (
                f"languages: {target} is evaluated in no language but the source language; add one, or remove "
                f"{target} from targets"
            )


def _grid(study: Study) -> Iterable[str]:
    """Yield what would fail only in the report, after all other jobs."""
    trained, shown = [name for name in study.intermediates if name != NONE], study.config["report"]["intermediate"]
    whole = [name for name in External(study).systems_of(*study.targets) if name != NONE]
    if trained:
        yield from unknown("report.intermediate", [shown], whole)
    elif study.perturbations == ["clean"]:
        yield (
            "perturbations: found only clean, and intermediates has only none, so that nothing is compared; add at "
            "least one perturbation or intermediate task"
        )
    yield from unknown("report.perturbation", [study.config["report"]["perturbation"]], study.perturbations)
    if study.all_languages == [study.source_language]:
        yield "languages.default: found only the source language; add at least one zero-shot language"
    first, *_ = study.config["scores"]["metrics"]
    if first not in JUDGED:
        why = " (no bootstrap interval of it is valid)" if first in ERRORS else ""
        allowed = ", ".join(JUDGED)
        yield f"scores.metrics: the first must be a calibration error, found {first}{why}; allowed: {allowed}"


def _trees(study: Study) -> Iterable[str]:
    trees, parsers = study.config["trees"], study.parsers
    if trees == "gold" and not study.is_miniature:
        yield "trees: only the miniature has gold trees; allowed here: stanza (with parsers), none"
    if trees == "stanza" and not parsers.languages:
        found = ", ".join(study.config["parsers"]) or "none"
        yield f"parsers: found {found} with trees: stanza; add one of a language in languages.default, or trees: none"
    for language in parsers.languages:
        source = parsers.source(language)
        if source.how == "train" and "train" not in parsers.treebank(language):
            yield f"parsers.{language}: train needs treebanks.{language}.train; add it"
        if source.folder and not Path(source.folder).is_dir() and not is_scored(study):
            yield f"parsers.{language}: there is no folder {source.folder}"
    yield from _treebanks(study)


def _treebanks(study: Study) -> Iterable[str]:
    """Yield treebank files that are not there, unless what is made of them is: a finished study needs them no more."""
    results = Path(study.config["pathvars"]["results"])
    for language in study.parsers.treebank_languages:
        made = (results / "treebanks" / language, results / "word_order" / f"{language}.json")
        for part, path in study.parsers.treebank(language).items():
            if not Path(path).is_file() and not any(each.exists() for each in made):
                yield f"treebanks.{language}.{part}: there is no file {path}"


def _perturbations(study: Study) -> Iterable[str]:
    """Yield perturbations that no cell of the study can have, with the reason of the first cell."""
    targets = [study.tasks[name] for name in study.targets]
    for perturbation in study.texts.perturbations:
        reasons = []
        for task in targets:
            fields = ", ".join(study.texts.fields(task))
            nowhere = f"{perturbation} does not apply to {task.name} ({fields}), nor to any other target"
            other = None if perturbation in study.texts.applicable(task) else nowhere
            reasons += [
                study.texts.unavailable(perturbation, task, code) or other for code in study.languages(task.name)
            ]
        if reasons and None not in reasons:
            yield f"perturbations: {reasons[0]}"


def _word_orders(study: Study) -> Iterable[str]:
    known = study.parsers.treebank_languages
    for perturbation in study.texts.perturbations:
        needed = {perturbation.word_order_of(language): None for language in study.all_languages}
        for language in (each for each in needed if each and each not in known):
            yield (
                f"perturbations: {perturbation} needs treebanks.{language}; there are treebanks of "
                f"{', '.join(known) or 'no language'}"
            )


def _data(parameters: Parameters) -> Iterable[str]:
    study = parameters.study
    for name, source in own_values(study.config["data"]["source"]).items():
        if study.is_miniature or source == MINIATURE:
            yield f"data.source.{name}: found {source!r}; the miniature is generated as a whole: set `default` alone"
    for name in study.data_tasks:
        if study.is_miniature and name not in TASKS:
            yield f"intermediates, mix, targets: the miniature has no {name}; it has {', '.join(TASKS)}"
        if not study.is_miniature and _is_on_no_hub(parameters, name):
            licence = study.tasks[name].sources[0].licence
            yield (
                f"data.source.{name}: {name} is not on the Hub ({licence}); set the folder of your own copy here, or "
                f"remove {name} from intermediates (with multi, from mix)"
            )


def _is_on_no_hub(parameters: Parameters, task: str) -> bool:
    """Return True if a task is to come from the Hub, but exists only as files of the user."""
    formats = {source.format for source in parameters.study.tasks[task].sources}
    return parameters.data_source(task) == HUB and "two_column" in formats


def _caps(study: Study) -> Iterable[str]:
    if study.is_miniature and any(cap for caps in study.config["data"]["caps"].values() for cap in caps.values()):
        yield "data.caps: the miniature is generated and has no caps; change miniature.sizes instead"


def _training(parameters: Parameters) -> Iterable[str]:
    study = parameters.study
    where = "miniature.training" if study.is_miniature else "training"
    for phase, names in {"intermediate": study.intermediate_models, "target": study.answered}.items():
        for name in (each for each in names if each != ENCODER):
            settings = parameters.hyperparameters(phase, name)
            if not settings.get("epochs") and not settings.get("max_steps"):
                yield f"{where}.{phase}: {name} has neither epochs nor max_steps; set one of them"


def _hypotheses(parameters: Parameters) -> Iterable[str]:
    study, hypotheses, scores = parameters.study, parameters.hypotheses, parameters.config["scores"]
    for name in hypotheses.given["families"] or []:
        if FAMILIES[name] not in hypotheses.families:
            yield f"hypotheses.families: {name} has no target in this study; add one, or remove {name}"
    for name in hypotheses.given["classes"] or []:
        if name not in hypotheses.classes:
            yield f"hypotheses.classes: {name} has no perturbation in this study; add one, or remove {name}"
    errors = [name for name in scores["metrics"] if name in JUDGED]
    if hypotheses.metric not in errors:
        found = hypotheses.metric
        yield f"hypotheses.metric: {found!r} is not a calibration error in scores.metrics; allowed: {', '.join(errors)}"
    scaling = hypotheses.given["scaling"]
    if scaling not in scores["scalings"]:
        yield f"hypotheses.scaling: {scaling!r} is not in scores.scalings; allowed: {', '.join(scores['scalings'])}"
    elif scaling == "vector":
        unfit = [target for target in hypotheses.targets if not KINDS[study.kind(target)].label_field]
        if unfit:
            yield f"hypotheses.scaling: vector needs fixed labels, which {', '.join(unfit)} do not have"
