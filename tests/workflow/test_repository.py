"""The repository: linters are clean, pins agree, every study of config/ can be planned."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PYTHON = [sys.executable, "-m"]
#: Files of config/ that are no study: they are laid over one.
OVERLAYS = ("paper_base.yaml", "mirror.yaml")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
#: Our own code and templates.
SOURCES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("scripts", "rules", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".smk", ".j2")
)
PROGRAMS = [name for name in SOURCES if name.endswith(".py")]
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
LONGEST_FILE, LONGEST_FUNCTION = 250, 45


def run(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def tracked(*patterns: str) -> list[str]:
    """Return the files of the repository, without drafts beside them; none (linters then take all) outside of git."""
    listed = run("git", "ls-files", "-z", *patterns).stdout if shutil.which("git") else ""
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\s*(?:- )?([a-z0-9_-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", *tracked("*.py", "pyproject.toml")],
        ["ruff", "format", "--check", *tracked("*.py")],
        ["snakefmt", "--check", "Snakefile", "rules"],
        ["snakemake", "--lint"],
        ["codespell_lib", *tracked()],
        ["mypy"],
    ],
    ids=["ruff", "ruff-format", "snakefmt", "snakemake-lint", "codespell", "mypy"],
)
def test_linters_are_clean(command):
    done = run(*PYTHON, *command)
    assert done.returncode == 0, done.stdout + done.stderr


def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SOURCES)
def test_no_file_is_long(name):
    count = len((ROOT / name).read_text(encoding="utf-8").splitlines())
    assert count <= LONGEST_FILE, f"{name} has {count} lines; at most {LONGEST_FILE} are allowed"


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_function_is_long(name):
    functions = [node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    counts = {f"{node.name}, line {node.lineno}": node.end_lineno - node.lineno + 1 for node in functions}
    assert not {function: count for function, count in counts.items() if count > LONGEST_FUNCTION}


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name.startswith("scripts/")])
def test_docstrings_begin_with_a_verb_or_a_noun(name):
    """Not with a question word: "Whether a word is a mark" says less than "Tell whether a word is a mark"."""
    nodes = [node for node in ast.walk(tree(name)) if isinstance(node, DOCUMENTED)]
    docstrings = [ast.get_docstring(node) or "" for node in nodes]
    assert not [text for text in docstrings if re.match(r"(What|Whether|How)\b", text, re.IGNORECASE)]


def undocumented(node: ast.Module | ast.ClassDef) -> list[str]:
    """The public functions, methods and classes of a module without a docstring; methods of private classes too."""
    members = [each for each in node.body if isinstance(each, DOCUMENTED)]
    missing = [each.name for each in members if not each.name.startswith("_") and not ast.get_docstring(each)]
    classes = [each for each in members if isinstance(each, ast.ClassDef)]
    return missing + [f"{each.name}.{name}" for each in classes for name in undocumented(each)]


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name.startswith("scripts/")])
def test_all_that_is_public_has_a_docstring(name):
    assert not undocumented(tree(name))


def test_conda_environments_have_the_same_pins():
    pinned = pins((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    for path in (ROOT / "envs").glob("*.yaml"):
        for name, version in pins(path.read_text(encoding="utf-8")).items():
            assert pinned[name] == version, f"{path.name}: {name}"


def test_hooks_before_a_commit_have_the_same_pins():
    pinned = pins((ROOT / "requirements-dev.txt").read_text(encoding="utf-8"))
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    found = {repo["repo"].rsplit("/", 1)[1].removesuffix("-pre-commit"): repo["rev"] for repo in hooks["repos"]}
    assert found == {name: f"v{pinned[name]}" for name in ("ruff", "snakefmt", "codespell")}


def test_what_scripts_import_is_pinned():
    pinned = pins((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    named = {"yaml": "pyyaml", "sklearn": "scikit-learn"}
    imported = set()
    for path in (ROOT / "scripts").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.split(".")[0])
    own = {path.parent.name for path in (ROOT / "scripts").glob("*/__init__.py")}
    foreign = imported - set(sys.stdlib_module_names) - own
    assert {"numpy", "yaml"} <= foreign
    assert not {named.get(name, name) for name in foreign} - set(pinned)


def test_every_dependency_is_explained():
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name in ("requirements.txt", "requirements-slurm.txt", "requirements-dev.txt"):
        for package in pins((ROOT / name).read_text(encoding="utf-8")):
            assert f"`{package}`" in text, package


@pytest.mark.slow
def test_first_install_puts_library_and_commands_into_the_environment(tmp_path):
    """With the repository's Makefile and pyproject.toml, but no requirements: pip fetches the build backend alone."""
    clone, elsewhere = tmp_path / "clone", tmp_path / "elsewhere"
    (clone / "scripts" / "stiltcal" / "power").mkdir(parents=True)
    elsewhere.mkdir()
    for package, text in (("", ""), ("power", ""), ("power/__main__", "def main():\n    print('found')\n")):
        path = clone / "scripts" / "stiltcal" / package
        (path.with_suffix(".py") if "/" in package else path / "__init__.py").write_text(text, encoding="utf-8")
    (clone / "requirements.txt").touch()
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, clone)
    made = subprocess.run(["make", "install"], cwd=clone, capture_output=True, text=True)
    if "No matching distribution found" in made.stderr and "(from versions: none)" in made.stderr:
        pytest.skip("no package index can be reached")
    assert made.returncode == 0, made.stderr
    programs = clone / ".venv" / "bin"
    for command in (
        [programs / "stiltcal-power"],
        [programs / "python", "-c", "import stiltcal.power.__main__ as m; m.main()"],
    ):
        done = subprocess.run(command, cwd=elsewhere, env={}, capture_output=True, text=True, check=True)
        assert done.stdout == "found\n"


def test_every_command_of_the_project_is_a_function():
    for place in PROJECT["project"]["scripts"].values():
        module, function = place.split(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_version_is_the_same_everywhere():
    version = PROJECT["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    released = re.findall(r"^## (\d\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert released[0] == (version, str(citation["date-released"]))
    assert citation["version"] == version


def test_results_page_names_what_the_workflow_makes():
    page = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
    for path in [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")]:
        for name in re.findall(r'"<results>/([a-z_]+(?:\.[a-z]+|/))', path.read_text(encoding="utf-8")):
            assert f"`{name}`" in page, f"{path.name}: {name}"


def test_every_rule_that_runs_something_logs_and_all_have_a_docstring():
    for path in (ROOT / "rules").glob("*.smk"):
        text = path.read_text(encoding="utf-8")
        rules = re.split(r"\n\s*rule[ \w]*:\n", text)[1:]
        for rule in rules:
            assert rule.lstrip().startswith('"""'), f"{path.name}: {rule[:80]}"
            runs = any(directive in rule for directive in ("script:", "shell:", "run:"))
            assert ("log:" in rule) == runs, f"{path.name}: {rule[:80]}"


def test_an_edit_of_a_script_reruns_its_rule():
    """A rule has a digest of the code that it runs, unless it fetches (docs/reruns.md)."""
    for path in (ROOT / "rules").glob("*.smk"):
        text = path.read_text(encoding="utf-8")
        for rule in re.split(r"\n\s*rule[ \w]*:\n", text)[1:]:
            for script in re.findall(r'"\.\./scripts/(\w+)\.py"', rule):
                assert script.startswith("fetch_") or f'code_of("{script}")' in rule, f"{path.name}: {script}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "study",
    [
        [],
        *([path.name] for path in sorted((ROOT / "config").glob("*.yaml")) if path.name not in OVERLAYS),
        ["paper.yaml", "paper_base.yaml"],
        *([path.name, f"gpu/{path.name}"] for path in sorted((ROOT / "config" / "gpu").glob("*.yaml"))),
    ],
    ids=lambda files: " ".join(files) or "default",
)
def test_study_can_be_planned(study, tmp_path):
    overlay = ["--configfile", *(f"config/{name}" for name in study)] if study else []
    done = run(*PYTHON, "snakemake", "--dry-run", "--quiet", "--directory", str(tmp_path), *overlay)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_bad_configuration_starts_no_job(tmp_path):
    config = tmp_path / "bad.yaml"
    config.write_text(yaml.safe_dump({"targets": ["xquat"]}), encoding="utf-8")
    done = run(*PYTHON, "snakemake", "--cores", "1", "--directory", str(tmp_path), "--configfile", str(config))
    assert done.returncode != 0
    message = done.stdout + done.stderr
    assert "did you mean 'xquad'" in message and "Traceback" not in message
    assert not (tmp_path / "results").exists()
