"""`python -m stiltcal.power`: what it prints of the studies of config/, and what it refuses."""

import json
from pathlib import Path
from statistics import harmonic_mean

import pytest
import yaml

from stiltcal.power.__main__ import main

ROOT = Path(__file__).parents[2]


def plan(capsys, *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def overlay(folder: Path, **keys) -> str:
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(keys), encoding="utf-8")
    return str(path)


def test_every_hypothesis_of_the_default_study_has_an_effect(capsys):
    found = plan(capsys)["hypotheses"]
    assert [(each["family"], each["class"]) for each in found[:2]] == [("qa", "syntax"), ("qa", "reworded")]
    assert {each["family"] for each in found} == {"qa", "classification", "tagging", "retrieval"}
    for each in found:
        assert 0 < each["doubled_items"] < each["smallest_detectable"] < 1
        assert each["doubled_languages"] < each["smallest_detectable"]


def test_a_study_without_intermediate_tasks_has_no_hypothesis(capsys, tmp_path):
    file = overlay(tmp_path, intermediates=["none"])
    assert plan(capsys, "--config", file)["hypotheses"] == []
    assert main(["--config", file]) == 0
    assert capsys.readouterr().out.startswith("There is no hypothesis, and so no power to plan: nothing is compared")


def test_studies_that_the_workflow_accepts_have_a_plan(capsys, tmp_path):
    """No perturbation of a class, and a target that nothing was published of."""
    texts = ["clean", "swap_arguments-1.0"]
    unclassed = overlay(tmp_path, perturbations=texts, report={"perturbation": texts[1]})
    assert plan(capsys, "--config", unclassed)["hypotheses"] == []
    real = {"data": {"source": {"default": "hub"}, "lock": str(tmp_path / "lock.json")}, "trees": "none"}
    grid = {"targets": ["xcopa"], "perturbations": ["clean", "reverse-1.0"], "languages": {"default": ["en", "it"]}}
    report = {"report": {"perturbation": "reverse-1.0", "intermediate": "mnli"}, "source_language": "en"}
    source = {"folder": None, "hub": "FacebookAI/xlm-roberta-base", "revision": "main"}
    report |= {"intermediates": ["none", "mnli"], "encoder": {"source": source}}
    (found,) = plan(capsys, "--config", overlay(tmp_path, **real, **grid, **report))["hypotheses"]
    assert found["smallest_detectable"] > 0


def test_the_default_study_is_designed_to_answer(capsys):
    """Of question answering, the study's question, and of tagging, which has a tag a word."""
    found = {(each["family"], each["class"]): each["smallest_detectable"] for each in plan(capsys)["hypotheses"]}
    answered = [value for (family, _), value in found.items() if family in ("qa", "tagging")]
    assert len(answered) == 10 and max(answered) <= 0.05


def test_more_items_find_less(capsys, tmp_path):
    before = plan(capsys)["hypotheses"][0]
    sizes = {each["target"]: {"test": 10 * each["items"]} for each in before["targets"]}
    after = plan(capsys, "--config", overlay(tmp_path, miniature={"sizes": sizes}))["hypotheses"][0]
    assert [each["items"] for each in after["targets"]] == [each["test"] for each in sizes.values()]
    assert after["standard_error"] == pytest.approx(before["standard_error"] / 10**0.5, rel=1e-3)


def test_sizes_of_real_sets_come_from_the_cap_the_lock_or_are_assumed(capsys, tmp_path):
    real_qa = str(ROOT / "config" / "real_qa.yaml")
    capped = plan(capsys, "--config", real_qa)["hypotheses"][0]
    assert {each["target"]: each["items"] for each in capped["targets"]} == {"xquad": 155, "mlqa": 250}
    assert "fetch" not in " ".join(capped["notes"])
    data = {"lock": "config/lock/mirror.json", "caps": {"default": {"test": 1000}, "mlqa": {"test": None}}}
    locked = plan(capsys, "--config", real_qa, overlay(tmp_path, data=data))["hypotheses"][0]
    rows = json.loads((ROOT / "config" / "lock" / "mirror.json").read_text(encoding="utf-8"))
    items = {each["target"]: each["items"] for each in locked["targets"]}
    foreign = [rows[f"google/xtreme:MLQA.{code}.{code}:test"]["rows"] for code in ("es", "zh")]
    assert items["mlqa"] == pytest.approx(harmonic_mean(foreign))
    unknown = plan(capsys, "--config", str(ROOT / "config" / "paper.yaml"))["hypotheses"][0]
    assert any("not known before the fetch" in note and "xquad 1,190" in note for note in unknown["notes"])


def test_text_says_what_it_rests_on(capsys):
    assert main([]) == 0
    text = capsys.readouterr().out
    assert "80 % power" in text and "One seed" in text and max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("languages: {default: [qaa]}", "zero-shot"),
        ("targets: [xquat]", "did you mean 'xquad'"),
        ("a: [1, 2", "not YAML"),
        ("seeds: [1]\nseeds: [2]", "stands twice"),
        ("- a list", "holds a sequence at the top level"),
        (None, "No such file"),
    ],
)
def test_bad_input_is_one_message(capsys, tmp_path, content, message):
    path = tmp_path / "bad.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main(["--config", str(path)]) == 2
    done = capsys.readouterr()
    assert message in done.err and not done.out and "Traceback" not in done.err


def test_what_the_reference_lacks_is_said(capsys, tmp_path):
    assert main(["--config", overlay(tmp_path, hypotheses={"scaling": "source", "metric": "nll"})]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "the error of the fit is left out: source." in text
    assert "another error: ece_width_15 instead of nll." in text


def test_reference_table_that_is_none_is_named(capsys, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    assert main(["--reference", str(other)]) == 2
    assert "other.csv: no reference table" in capsys.readouterr().err
    assert main(["--reference", str(tmp_path / "none.csv")]) == 2
    assert "measure_variances" in capsys.readouterr().err
