"""Check that the encoder of a study can be had, and can do what the study asks of it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from .encoder_size import known_size
from .grid import Study
from .parameters import Parameters


def encoder_problems(parameters: Parameters) -> Iterable[str]:
    """Yield one line for each thing that is wrong with the source of the encoder, its layers and its lengths."""
    yield from _source(parameters.study)
    yield from _layer(parameters)
    yield from _lengths(parameters)


def is_scored(study: Study) -> bool:
    """Tell whether the study has scores: from them the report is made again where encoder and parsers are not."""
    return (Path(study.config["pathvars"]["results"]) / "scores.csv").exists()


def _source(study: Study) -> Iterable[str]:
    source = study.config["encoder"]["source"]
    if study.config["encoder"].get("pretrain"):
        if not study.is_miniature:
            yield "encoder.pretrain: only the encoder of the miniature can be pretrained; set it to false"
        hidden, heads = (study.config["miniature"]["encoder"][key] for key in ("hidden_size", "heads"))
        if hidden % heads:
            yield f"miniature.encoder.hidden_size: found {hidden}; allowed: multiples of heads, {heads}"
        return
    given = [key for key in ("hub", "package", "folder") if source.get(key) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        yield f"encoder.source: needs one of hub, package and folder, found {found}; set the others to null"
        return
    yield from _given_source(study, source, given[0])


def _given_source(study: Study, source: Mapping[str, str | None], given: str) -> Iterable[str]:
    """Yield problems of an encoder source. given: the one of `hub`, `package` and `folder` that it has."""
    allowed = {"hub": ["revision"], "package": ["path"], "folder": []}[given]
    for key in [key for key, value in source.items() if value is not None]:
        if key not in (given, "sha256", *allowed):
            yield f"encoder.source.{key}: not used with `{given}`; set it to null"
    folder = source.get("folder")
    if folder is not None and given == "folder" and not (study.root / folder).is_dir() and not is_scored(study):
        yield f"encoder.source.folder: there is no folder {folder}"
    if given == "package" and not source.get("path"):
        yield "encoder.source.path: is missing; set it to the folder of the model inside the package"


def _layer(parameters: Parameters) -> Iterable[str]:
    """Yield a layer of sentence vectors that the encoder, where its size is known, does not have."""
    study, layer, size = parameters.study, parameters.config["retrieval_layer"], known_size(parameters)
    is_used = any(study.train_set(target) is None for target in study.targets)
    if is_used and size and not -size.layers - 1 <= layer <= size.layers:
        yield f"retrieval_layer: found {layer}; this encoder has {-size.layers - 1} to {size.layers} (0: embeddings)"


def _lengths(parameters: Parameters) -> Iterable[str]:
    """Yield tasks whose rows are longer than the encoder, where its size is known, can read."""
    study, size = parameters.study, known_size(parameters)
    where = "miniature.lengths" if study.is_miniature else "lengths"
    if size is None or size.positions is None:
        return
    for task in study.data_tasks:
        if (found := parameters.lengths(task)["maximum"]) > size.positions:
            yield f"{where}: found maximum {found} for {task}; this encoder reads at most {size.positions} tokens"
