"""What all commands do alike, each in a process of its own: encodings, closed pipes, Ctrl-C, a full disk."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import time
from array import array
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GERMAN = "Der Käse schmeckt gut.\n"
PERTURB = ("stiltcal.perturb", "--lang", "de", "--perturbation", "reverse-1.0")


def start(*arguments: str, **options) -> subprocess.Popen:
    """A command of the library in a process of its own."""
    settings = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    environment = os.environ | {"PYTHONPATH": str(ROOT / "scripts")} | settings.pop("env", {})
    return subprocess.Popen([sys.executable, "-m", *arguments], env=environment, **settings)


def wait_until_read(command: subprocess.Popen, text: bytes) -> None:
    """Give a command some text, and return once it has taken it out of the pipe and waits for the rest."""
    command.stdin.write(text)
    command.stdin.flush()
    unread, end = array("i", [len(text)]), time.monotonic() + 120
    while unread[0]:
        assert command.poll() is None and time.monotonic() < end, "the command reads nothing"
        time.sleep(0.02)
        fcntl.ioctl(command.stdin, termios.FIONREAD, unread)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_input_and_output_are_utf_8_in_every_locale(environment):
    output, error = start(*PERTURB, env=environment).communicate(GERMAN.encode())
    assert (json.loads(output.decode())["original"], error) == (GERMAN.strip(), b"")


def test_a_message_about_a_name_that_the_locale_lacks(tmp_path):
    command = start(*PERTURB, str(tmp_path / "कुत्ता.txt"), env={"PYTHONIOENCODING": "ascii"})
    _, error = command.communicate()
    assert command.returncode == 2 and b"No such file" in error and error.count(b"\n") == 1


@pytest.mark.parametrize("arguments", [PERTURB, ("stiltcal.perturb", "--list"), ("stiltcal.power",)])
def test_a_closed_pipe_is_no_error(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    command = start(*arguments, stdout=writer)
    os.close(writer)
    _, error = command.communicate(GERMAN.encode() * 2000)
    assert (command.returncode, error) == (141, b"")


def test_a_closed_pipe_of_the_calibration(tmp_path):
    (tmp_path / "p.csv").write_text("confidence,correct\n0.5,1\n", encoding="utf-8")
    reader, writer = os.pipe()
    os.close(reader)
    command = start("stiltcal.calibration", str(tmp_path / "p.csv"), "--resamples", "100", stdout=writer)
    os.close(writer)
    assert command.communicate()[1] == b"" and command.returncode == 141


def test_ctrl_c_ends_a_command_without_a_message():
    # Python takes no interrupts where the shell that started the tests ignores them, as for jobs in the background.
    command = start(*PERTURB, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    wait_until_read(command, GERMAN.encode())
    command.send_signal(signal.SIGINT)
    output, error = command.communicate()
    assert (command.returncode, output, error) == (130, b"", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_one_message():
    with open("/dev/full", "wb") as full:
        command = start(*PERTURB, stdout=full)
        _, error = command.communicate(GERMAN.encode())
    assert (command.returncode, error) == (2, b"stiltcal.perturb: No space left on device\n")


def test_nothing_in_nothing_out():
    assert start(*PERTURB).communicate(b"") == (b"", b"")
