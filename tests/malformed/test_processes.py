"""Malformed input end to end: real processes say what the functions say, and end with a status that is not 0."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .doors import MINE, ROOT
from .yaml_texts import TEXTS

pytestmark = pytest.mark.slow

#: What Snakemake prints before it reads a configuration, beside the message.
_INFORMATION = re.compile(r"(Using workflow specific profile|Using profile|Config file) .*|^\s*$")
_WITHOUT_WORDS = "confidence,correct\n0.5,maybe\n"


def run(folder: Path, *command: str) -> tuple[int, str]:
    """The exit status of a process in an empty project, and all that it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    return done.returncode, done.stdout + done.stderr


def message(text: str) -> str:
    """What a process says about its input."""
    return "\n".join(line for line in text.splitlines() if not _INFORMATION.fullmatch(line))


def check(tmp_path: Path, status: int, text: str, words: tuple[str, ...]) -> None:
    assert status != 0
    assert "Traceback" not in text and len(message(text).splitlines()) <= 5, text
    for word in words:
        assert word in text
    assert {path.name for path in tmp_path.iterdir()} == {"project"}
    assert not list(tmp_path.rglob("executed"))


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


CONFIGURATIONS = {
    "not UTF-8": ("seeds: [1]  # für\n".encode("cp1252"), ("is not text in UTF-8",)),
    "a date that is none": (TEXTS["date that is none"][0].encode(), ("line 1",)),
    "a template": (TEXTS["template"][0].encode(), ("line 1", "__use_yte__")),
    "a tag that runs a command": (TEXTS["tag that runs a command"][0].encode(), ("line 1", "!!python")),
    "a key that is misspelt": (b"seeds: [1]\nlanguagez: [qaa]\n", ("line 2", "did you mean 'languages'")),
    "a name that leads elsewhere": (b"targets: ['../../x']\n", ("targets", "../../x", "line 1")),
    "eight mistakes": ("".join(f"key{n}: 1\n" for n in range(8)).encode(), ("key0", "3 more")),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration_is_refused(tmp_path, project, name):
    text, words = CONFIGURATIONS[name]
    (project / MINE).write_bytes(text)
    snakemake = ("snakemake", "--dry-run", "--quiet", "all", "--snakefile", str(ROOT / "Snakefile"))
    check(tmp_path, *run(project, *snakemake, "--configfile", MINE), (MINE, *words))


def test_the_plan_refuses_it_in_the_same_words(tmp_path, project):
    (project / MINE).write_bytes(b"seeds: [1]\nlanguagez: [qaa]\n")
    check(tmp_path, *run(project, "stiltcal.power", "--config", MINE), (MINE, "line 2", "did you mean 'languages'"))


COMMANDS = {
    "a language": (("stiltcal.perturb", "--lang", "german", "--perturbation", "reverse-1.0", "x.txt"), "'german'"),
    "a perturbation": (("stiltcal.perturb", "--lang", "de", "--perturbation", "revers-1.0", "x.txt"), "'reverse'"),
    "an encoding": (("stiltcal.perturb", "--lang", "de", "--perturbation", "reverse-1.0", "x.txt"), "x.txt"),
    "an outcome": (("stiltcal.calibration", "x.csv"), "column correct holds 'maybe' (row 0)"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_refuses_its_file(tmp_path, project, name):
    (project / "x.txt").write_bytes("für dich\n".encode("cp1252"))
    (project / "x.csv").write_text(_WITHOUT_WORDS, encoding="utf-8")
    command, word = COMMANDS[name]
    check(tmp_path, *run(project, *command), (word,))
