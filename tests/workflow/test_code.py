"""The code on which scripts depend, against what Python itself loads, and which edits rerun what."""

import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from stiltcal.support import code
from stiltcal.support.code import code_digest, own_files
from stiltcal.support.file_facts import FileFacts

from .conftest import ROOT

LOADED = (
    "import {}, sys; print([m.__file__ for n, m in sys.modules.items() if n.startswith('stiltcal.') and m.__file__])"
)
MODULES = metadata.packages_distributions()
WITHOUT_RESULT = {
    f"stiltcal/support/{name}.py" for name in ("checked_files", "code", "jobs", "messages", "moved", "progress_bar")
}


def loaded(module: str) -> set[str]:
    """The modules of the library with any code that Python loads for a module."""
    command = [sys.executable, "-c", LOADED.format(module)]
    done = subprocess.run(command, cwd=ROOT / "scripts", capture_output=True, text=True, check=True)
    paths = {path.split("scripts/")[-1] for path in eval(done.stdout)}
    return {name for name in paths if (ROOT / "scripts" / name).stat().st_size}


@pytest.mark.parametrize("script", ["score_predictions", "perturb_items", "prepare_items", "write_finding"])
def test_all_that_python_loads_is_digested(script):
    """Except what runs a job."""
    around = loaded("stiltcal.support.jobs")
    assert {"stiltcal/support/jobs.py", "stiltcal/support/checked_files.py"} <= around
    assert loaded(script) - around <= set(own_files(script))


def test_what_a_script_does_not_use_does_not_rerun_it():
    training = own_files("train_target")
    assert "stiltcal/models/training.py" in training and "stiltcal/models/__init__.py" in training
    assert not {"stiltcal/models/decoding.py", "stiltcal/models/prediction.py", *WITHOUT_RESULT} & set(training)
    assert "stiltcal/formats/predictions.py" in own_files("bin_reliability")
    assert "stiltcal/syntax/parsing.py" in own_files("fetch_parser")
    # What runs a job uses it, too.
    assert "stiltcal/support/files.py" in own_files("perturb_items")
    assert "stiltcal/support/files.py" not in own_files("score_predictions")


def test_templates_belong_to_the_modules_that_name_them():
    assert "stiltcal/perturb/gallery.html.j2" in own_files("render_gallery")
    assert "stiltcal/perturb/gallery.html.j2" not in own_files("perturb_items")
    page = {f"stiltcal/report/page{name}" for name in (".html.j2", "_explore.html.j2", ".css", ".js", "_data.js")}
    assert page | {"stiltcal/report/stiltcal.mplstyle"} <= set(own_files("render_report"))


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A copy of scripts/ that may be edited; `digests` reads it anew, as another process does that knows the facts."""
    copy = shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code, "_LIBRARY", copy / "stiltcal")
    monkeypatch.setattr(code, "_WITHOUT_RESULT", tuple(copy / name for name in WITHOUT_RESULT))
    scripts = sorted(path.stem for path in copy.glob("*.py"))

    def digests() -> dict[str, str]:
        facts = FileFacts(tmp_path / "facts" / "digests.json")
        monkeypatch.setattr(code, "_facts", lambda: facts)
        for cached in (code.code_digest, code._digest, code._imported, code._named, code._read):
            cached.cache_clear()
        return {script: code_digest(script) for script in scripts}

    yield copy, digests
    digests()


def edit(path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1)
    assert count == 1
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "pattern", "replacement"),
    [
        ("models/encoder.py", r'"""', '"""Edited. '),
        ("support/messages.py", r"did you mean", "perhaps you mean"),
        ("support/jobs.py", r"Error in rule", "Failed rule"),
        ("data/prepare.py", r"\A", "# A comment.\n\n\n"),
        ("perturb/registry.py", r"unknown perturbation", "no such perturbation"),
        ("models/training.py", r"\) -> None:", ") -> object:"),
    ],
)
def test_an_edited_docstring_comment_message_or_annotation_reruns_nothing(library, module, pattern, replacement):
    copy, digests = library
    before = digests()
    edit(copy / "stiltcal" / module, pattern, replacement)
    assert digests() == before


@pytest.mark.parametrize(
    ("module", "rerun"),
    [
        ("models/training.py", {"train_intermediate", "train_target"}),
        ("models/decoding.py", {"predict"}),
        ("perturb/families/typos.py", {"perturb_items", "render_gallery"}),
        ("data/contamination.py", {"check_contamination"}),
        ("report/heatmap.py", {"plot_comparisons"}),
        ("syntax/accuracy.py", {"measure_parsers"}),
    ],
)
def test_an_edited_line_of_code_reruns_what_uses_it(library, module, rerun):
    copy, digests = library
    before = digests()
    with (copy / "stiltcal" / module).open("a", encoding="utf-8") as file:
        file.write("\nANOTHER = 1\n")
    assert {script for script, digest in digests().items() if digest != before[script]} == rerun


def test_a_second_process_parses_no_module(library, tmp_path, monkeypatch):
    _, digests = library
    before = digests()
    monkeypatch.setattr(code, "_parsed", None)
    assert digests() == before and len(list((tmp_path / "facts").iterdir())) == 1


@pytest.mark.parametrize("spoil", [lambda path: path.write_text("{"), lambda path: path.unlink()])
def test_facts_that_cannot_be_read_are_found_again(library, tmp_path, spoil):
    _, digests = library
    before = digests()
    spoil(tmp_path / "facts" / "digests.json")
    assert digests() == before and (tmp_path / "facts" / "digests.json").stat().st_size > 1000


def test_facts_that_cannot_be_kept_are_found_each_time(tmp_path):
    (tmp_path / "module.py").write_text("1")
    (tmp_path / "file").touch()
    facts = FileFacts(tmp_path / "file" / "facts.json")
    assert facts.of("module", tmp_path / "module.py", Path.read_text) == "1"
    facts.save()
    assert {path.name for path in tmp_path.iterdir()} == {"module.py", "file"}


@pytest.mark.slow
def test_a_clone_may_move():
    """No absolute path is an input of a job where the clone is the working folder."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--forceall"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    inputs = [line for line in done.stdout.splitlines() if line.lstrip().startswith("input:")]
    assert any("results/models/encoder" in line for line in inputs)
    assert not any(str(ROOT) in line for line in inputs)


@pytest.mark.slow
def test_a_job_of_its_own_process_reads_its_own_code_alone(tmp_path):
    """As a cluster starts it. The digest of a script that cannot be parsed is an error for those who ask for it."""
    for name in ("rules", "scripts", "schemas", "tasks", "envs", "report", "profiles", "resources"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("Snakefile", "config.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "scripts" / "predict.py").write_text("def main(:\n")
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--mode", "remote", "--nolock", "--target-jobs"]
    job = [*command, "generate_treebank:language=qab", "--allowed-rules", "generate_treebank"]
    subprocess.run(job, cwd=tmp_path, check=True, capture_output=True)
    whole = subprocess.run(command[:4], cwd=tmp_path, capture_output=True, text=True)
    assert whole.returncode and "SyntaxError" in whole.stdout + whole.stderr


def with_dependencies(packages: set[str]) -> set[str]:
    """The packages, and all that they bring, as import names."""
    found, waiting = set(), set(packages)
    while waiting:
        name = waiting.pop()
        found.add(name)
        needs = map(Requirement, metadata.requires(name) or [])
        names = {
            canonicalize_name(each.name) for each in needs if not each.marker or each.marker.evaluate({"extra": ""})
        }
        waiting |= names - found
    return {name for name, owners in MODULES.items() if found & {canonicalize_name(owner) for owner in owners}}


@cache
def imported_at_start(path: Path) -> set[str]:
    """The packages that a module imports when it is loaded."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        found |= {alias.name.split(".")[0] for alias in node.names} if isinstance(node, ast.Import) else set()
        found |= {node.module.split(".")[0]} if isinstance(node, ast.ImportFrom) and not node.level else set()
    return found - {"stiltcal", *sys.stdlib_module_names}


def test_conda_environments_have_what_their_scripts_import():
    environments = {
        path.stem: with_dependencies(
            set(re.findall(r"- ([\w-]+)==", path.read_text(encoding="utf-8").replace("_", "-")))
        )
        for path in (ROOT / "envs").glob("*.yaml")
    }
    for path in (ROOT / "rules").glob("*.smk"):
        for rule in re.split(r"\n\s*rule[ \w]*:\n", path.read_text(encoding="utf-8"))[1:]:
            for script in re.findall(r'"\.\./scripts/(\w+)\.py"', rule):
                (environment,) = re.findall(r'"\.\./envs/(\w+)\.yaml"', rule)
                files = [ROOT / "scripts" / name for name in own_files(script) if name.endswith(".py")]
                needed = set().union(*map(imported_at_start, files))
                assert needed <= environments[environment], f"{environment}.yaml lacks what {script} imports"
