"""Variants of intermediate phases in a study: what they need, what is refused, and a tiny study of all of them."""

import json
import re

import pandas as pd
import pyarrow.parquet as pq
import pytest
from scripts.stiltcal.study.load import Parameters, StudyError, load_study

from .conftest import CONFIG, ROOT, changed, shipped
from .test_end_to_end import snakemake

ALL = ["none", "squad_v1", "squad_v1+mlm", "squad_v1+translated", "mnli-then-squad_v1"]
STEPS = {"default": {"max_steps": 3}, "squad_v1": {"max_steps": 3}}
TINY = {
    "intermediates": ALL,
    "targets": ["xquad"],
    "languages": {"default": ["qaa", "qab"]},
    "perturbations": ["clean", "reverse-1.0"],
    "miniature": {
        "sizes": {"default": {"train": 40, "dev": 20, "test": 20}, "xquad": {"test": 20}},
        "training": {"intermediate": STEPS, "target": STEPS},
    },
    "scores": {"resamples": 100, "metrics": ["ece_width_15", "brier"], "scalings": ["none"]},
    "hypotheses": {"resamples": 200},
    "report": {"intermediate": "squad_v1+mlm", "perturbation": "reverse-1.0"},
    "vocabulary": {"trim": "study"},
}


@pytest.fixture
def real(tmp_path):
    """A study of real data in three languages; gives a function that lays keys over it and loads it."""
    for name in ("en.txt", "de.txt", "zh.txt", "squad.de.parquet"):
        (tmp_path / name).write_text("text\n", encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "folder" / "below").mkdir(parents=True)
    (tmp_path / "folder" / "below" / "b.txt").write_text("text\n", encoding="utf-8")
    (tmp_path / "folder" / "a.txt").write_text("text\n", encoding="utf-8")
    (tmp_path / "folder" / ".git").mkdir()
    (tmp_path / "folder" / ".git" / "index").touch()

    def load(intermediate, translated=None, text=None):
        config = shipped("paper")
        config |= {"languages": {"default": ["en", "de", "zh"]}, "targets": ["xquad"], "trees": "none", "parsers": {}}
        config |= {"intermediates": ["none", intermediate], "perturbations": ["clean", "reverse-1.0"]}
        config["report"] |= {"scaling": "none", "intermediate": intermediate, "perturbation": "reverse-1.0"}
        here = {code: path and str(tmp_path / path) for code, path in (text or {}).items()}
        config["mlm"] = {"share": 0.2, "text": here}
        config["translated"] = {
            task: {code: path and str(tmp_path / path) for code, path in files.items()}
            for task, files in (translated or {}).items()
        }
        return Parameters(load_study(config, ROOT))

    return load


def test_the_default_grid_needs_no_data_of_variants():
    parameters = Parameters(load_study(CONFIG, ROOT))
    assert parameters.variants.translated_tasks == [] and not parameters.variants.has_mlm
    assert parameters.masked_lm("squad_v1") == {}


def test_the_miniature_makes_its_own():
    config = changed("intermediates", ["none", "multi+translated", "mnli+mlm-then-squad_v1"])
    config["report"]["intermediate"] = "multi+translated"
    parameters = Parameters(load_study(config, ROOT))
    assert parameters.variants.translated_tasks == sorted(CONFIG["mix"])
    assert parameters.variants.translated_languages("mnli") == ["qab", "qac", "qad", "qae", "qaf"]
    assert parameters.masked_lm("mnli+mlm") == {"share": 0.2, "languages": CONFIG["languages"]["default"]}
    assert parameters.masked_lm("mnli+mlm-then-squad_v1") == {}, "only its first phase has masked-LM updates"


def first_encoders(intermediates, trim="study"):
    config = changed("intermediates", ["none", *intermediates]) | {"vocabulary": {"trim": trim}}
    config["report"]["intermediate"] = intermediates[0]
    variants = Parameters(load_study(config, ROOT)).variants
    return {name: variants.first_encoder(name) for name in ["none", *variants.study.intermediate_models]}


def test_masked_language_modelling_has_the_whole_vocabulary():
    names = ["squad_v1", "squad_v1+mlm", "mnli-then-ccg+mlm", "mnli-then-ccg", "ccg"]
    whole = {"squad_v1+mlm", "mnli", "mnli-then-ccg+mlm", "mnli-then-ccg"}
    found = first_encoders(names)
    assert {name for name, encoder in found.items() if encoder == "encoder"} == whole
    assert {found[name] for name in ("none", "squad_v1", "ccg")} == {"trimmed"}
    assert set(first_encoders(names, "none").values()) == {"encoder"}


def test_files_of_the_user(real, tmp_path):
    text = {"en": "en.txt", "de": "folder", "zh": None}
    variants = real("squad_v1+translated+mlm", {"squad_v1": {"de": "squad.de.parquet", "zh": None}}, text).variants
    assert variants.translated_languages("squad_v1") == ["de"] and variants.text_languages == ["en", "de"]
    assert variants.text_files("de") == [str(tmp_path / "folder" / name) for name in ("a.txt", "below/b.txt")]


@pytest.mark.parametrize(
    ("intermediate", "translated", "text", "message"),
    [
        ("squad_v1+translated", {}, {}, r"translated\.squad_v1: has no entry for de, zh; give each .*parquet"),
        ("squad_v1+translated", {"squad_v1": {"de": "squad.de.parquet"}}, {}, "has no entry for zh; .* or null"),
        ("squad_v1+translated", {"squad_v1": {"de": None, "zh": None}}, {}, "squad_v1: every language is null"),
        (
            "squad_v1+translated",
            {"squad_v1": {"de": "nowhere.parquet", "zh": None}},
            {},
            r"translated\.squad_v1\.de: there is no file .*nowhere\.parquet",
        ),
        (
            "squad_v1+translated",
            {"squad_v1": {"en": "en.txt", "de": "squad.de.parquet", "zh": None}},
            {},
            r"translated\.squad_v1\.en: is the language of the original; remove it",
        ),
        ("multi+translated", {"squad_v1": {"de": None}}, {}, r"translated\.anli: has no entry for de, zh"),
        ("squad_v1+mlm", {}, {}, r"mlm\.text: has no entry for en, de, zh; give each .*plain text, or null"),
        ("squad_v1+mlm", {}, {"en": "en.txt", "de": "de.txt"}, r"mlm\.text: has no entry for zh"),
        ("squad_v1+mlm", {}, {"en": "en.txt", "de": "x.txt", "zh": None}, r"mlm\.text\.de: there is no file or folder"),
        ("squad_v1+mlm", {}, {"en": "empty.txt", "de": None, "zh": None}, r"mlm\.text\.en: .*empty\.txt is empty"),
        ("mnli", {"squat": {"de": "squad.de.parquet"}}, {}, "translated: unknown 'squat'"),
        ("mnli", {"squad_v1": {"deutsch": "squad.de.parquet"}}, {}, r"translated\.squad_v1: found language 'deutsch'"),
        ("mnli", {}, {"DE": "de.txt"}, r"mlm\.text: found language 'DE'; write 'de'"),
    ],
)
def test_missing_data_is_refused_before_any_job(real, intermediate, translated, text, message):
    with pytest.raises(StudyError, match=message):
        real(intermediate, translated, text)


@pytest.mark.parametrize("key", ["translated", "mlm.text"])
def test_the_miniature_takes_no_files(key):
    value = {"mnli": {"qab": "x"}} if key == "translated" else {"qab": "x"}
    with pytest.raises(StudyError, match=rf"{re.escape(key)}: the miniature makes its own"):
        load_study(changed(key, value), ROOT)


@pytest.mark.slow
def test_all_variants_run_from_data_to_report(tmp_path):
    snakemake(tmp_path, TINY, "--cores", "2", "--quiet")
    results = tmp_path / "results"
    assert {path.name for path in (results / "models" / "intermediate").iterdir()} == {*ALL[1:], "mnli"}
    ids = [
        pq.read_table(results / "data" / "squad_v1" / part / f"{language}.parquet")["id"].to_pylist()
        for part, language in (("train", "qaa"), ("translated", "qab"))
    ]
    assert ids[0] == ids[1] and len(ids[0]) == 40
    texts = [
        pq.read_table(results / "data/masked_lm" / f"{code}.parquet")["text"].to_pylist() for code in ("qaa", "qab")
    ]
    assert [len(text) for text in texts] == [40, 40] and not set(texts[0]) & set(texts[1])
    assert set(pd.read_csv(results / "primary.csv").intermediate) == set(ALL[1:])
    table = (results / "tables" / "scores.tex").read_text(encoding="utf-8")
    assert all(name in table for name in ("SQuAD v1 + MLM", "SQuAD v1 + translations", "MNLI then SQuAD v1"))
    assert "SQuAD v1 + MLM" in (results / "report.html").read_text(encoding="utf-8")
    weights = {(results / "models/intermediate" / name / "seed1/model.safetensors").read_bytes() for name in ALL[1:]}
    assert len(weights) == 4
    rows = {
        name: json.loads((results / "models" / name / "config.json").read_text(encoding="utf-8"))["vocab_size"]
        for name in ("encoder", "trimmed", "target/none/squad_v1/seed1", "target/squad_v1+mlm/squad_v1/seed1")
    }
    assert list(rows.values()) == [rows[name] for name in ("encoder", "trimmed", "trimmed", "encoder")]
    assert rows["trimmed"] < rows["encoder"]
    assert "Nothing to be done" in snakemake(tmp_path, TINY, "--cores", "2")
