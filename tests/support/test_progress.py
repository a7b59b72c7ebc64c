"""Progress of a run: counts, names and the time left, by hand; the handler on records like Snakemake's."""

import io
import logging
from types import SimpleNamespace

import pytest
from snakemake.logging import DefaultFormatter
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.registry import LoggerPluginRegistry

from snakemake_logger_plugin_stiltcal import LogHandler, progress
from snakemake_logger_plugin_stiltcal.progress import Progress, duration, typical_seconds


@pytest.fixture(autouse=True)
def seconds(monkeypatch):
    """Trainings take ten times as long as predictions."""
    monkeypatch.setattr(progress, "TYPICAL_SECONDS", {"train": 100, "train_target": 60, "predict": 10})


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (119.4, "119 s"), (120, "2 min"), (121, "3 min"), (7140, "119 min"), (7260, "2 h 1 min")],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("rule", "typical"),
    [
        ("predict", 10),
        ("predict_xquad", 10),
        ("train_target_panx", 60),
        ("train_intermediate", 100),
        ("predicted", 4),
    ],
)
def test_typical_seconds_by_the_longest_name(rule, typical):
    assert typical_seconds(rule) == typical


def test_a_job_that_is_tried_again_did_not_fail():
    run = Progress({"train": 3, "total": 3}, now=0)
    run.started(1, "train", ["mnli"], now=0)
    run.failed(1)
    assert run.line(10).endswith("failed: train mnli")
    run.started(1, "train", ["mnli"], now=10)
    run.finished(1, now=110)
    assert run.waiting["train"] == 2
    assert run.line(110) == "1 of 3 jobs done; about 4 min left"


def test_time_left_is_not_known_before_a_job_has_finished():
    run = Progress({"train": 1, "predict": 1, "total": 2}, now=0)
    run.started(1, "train", ["squad_v1"], now=0)
    assert run.line(60) == "0 of 2 jobs done; running: train squad_v1"


def test_time_left_from_finished_jobs_of_the_rule():
    run = Progress({"train": 5, "total": 5}, now=0)
    run.started(1, "train", ["mnli", "1"], now=0)
    run.started(2, "train", ["qqp", "1"], now=0)
    run.finished(1, now=100)
    run.started(3, "train", ["anli", "1"], now=100)
    run.finished(2, now=300)
    # A training takes (100 + 300) / 2 = 200 s. To do: two, and 0 s of one that runs for 200 s. Busy for 600 s in 300 s.
    assert run.left(300) == pytest.approx(400 / 2)
    assert run.line(300) == "2 of 5 jobs done; running: train anli 1; about 4 min left"


def test_time_left_of_rules_that_have_not_finished_a_job_follows_the_pace_of_the_others():
    run = Progress({"train": 1, "predict": 3, "total": 4}, now=0)
    run.started(1, "train", [], now=0)
    run.finished(1, now=200)  # twice the typical time, so a prediction takes 20 s
    assert run.left(200) == pytest.approx(60)
    assert run.line(200) == "1 of 4 jobs done; about 2 min left"


@pytest.mark.parametrize(("rule", "took"), [("fetch_model", 600), ("prepare_items_xquad", 1)])
def test_downloads_and_short_jobs_say_nothing_about_the_pace(rule, took):
    run = Progress({rule: 1, "predict": 2, "total": 3}, now=0)
    run.started(1, rule, [], now=0)
    run.finished(1, now=took)
    assert run.left(took) == pytest.approx(20)


def test_the_plan_says_how_long_the_jobs_of_a_rule_take():
    progress.expect({"predict": 70, "score": 30})
    run = Progress({"prepare": 1, "predict": 1, "score": 1, "total": 3}, now=0)
    run.started(1, "prepare", [], now=0)
    run.finished(1, now=2)
    assert run.left(2) == pytest.approx(100)


def test_time_left_is_not_less_than_the_longest_job():
    run = Progress({"train": 1, "predict": 20, "total": 21}, now=0)
    for number in range(20):
        run.started(number, "predict", [], now=0)
        run.finished(number, now=10)
    assert run.left(10) == pytest.approx(100)


def test_of_many_running_jobs_three_are_named():
    run = Progress({"predict": 6, "total": 6}, now=0)
    for number, name in enumerate("abcde"):
        run.started(number, "predict", [name], now=0)
    run.finished(0, now=1)
    run.failed(1)
    run.failed(1)
    run.started(5, "predict", ["f"], now=1)
    assert run.line(1) == (
        "1 of 6 jobs done; running: predict c, predict d, predict e, 1 more; less than a minute left; failed: predict b"
    )
    assert run.last_line(150) == "1 of 6 jobs done in 3 min; failed: predict b"


def record(event=None, created=0.0, level=logging.INFO, **fields):
    fields |= {"created": created, "levelno": level, "levelname": logging.getLevelName(level)}
    return logging.makeLogRecord(fields if event is None else fields | {"event": event})


@pytest.fixture
def handler():
    """A handler that prints into `handler.terminal.stream`, as Snakemake sets it up."""

    def make(**settings):
        plain = {"dryrun": False, "quiet": None, "verbose": False, "nocolor": True, "stdout": False}
        made = LogHandler(SimpleNamespace(**plain | settings), None)
        made.setFormatter(DefaultFormatter())
        made.terminal.stream = io.StringIO()
        return made

    return make


def lines(handler):
    """The printed lines, without the time of day."""
    return [line.partition("] ")[2] or line for line in handler.terminal.stream.getvalue().splitlines() if line]


JOB = {"jobid": 7, "rule_name": "predict", "wildcards": {"target": "xquad"}}


def test_a_run_is_a_line_before_and_one_after(handler):
    handler = handler()
    for one in (
        record(msg="Building DAG of jobs..."),
        record(LogEvent.RUN_INFO, 0, msg="Job stats", stats={"predict": 1, "total": 1}),
        record(msg="Select jobs to execute..."),
        record(LogEvent.JOB_INFO, 0, msg="rule predict", **JOB),
        record(msg="a warning", level=logging.WARNING),
        record(LogEvent.JOB_FINISHED, 5, msg="Finished", job_id=7),
        record(LogEvent.PROGRESS, 5, msg=None, done=1, total=1),
        record(msg="Complete log(s): x"),
    ):
        handler.handle(one)
    handler.close()
    assert lines(handler) == [
        "Building DAG of jobs...",
        "1 job to do; progress once a minute",
        "a warning",
        "1 of 1 jobs done in 5 s",
        "Complete log(s): x",
    ]


def test_a_failure_is_told_in_full(handler):
    handler = handler()
    failure = {**JOB, "rule_msg": None, "input": [], "output": ["out"], "log": ["logs/predict.log"]}
    failure |= {"conda_env": None, "shellcmd": None, "aux": {}, "indent": False}
    handler.handle(record(LogEvent.RUN_INFO, msg="Job stats", stats={"predict": 2, "total": 2}))
    handler.handle(record(LogEvent.JOB_INFO, msg="rule predict", **JOB))
    handler.handle(record(LogEvent.JOB_ERROR, msg="Error", level=logging.ERROR, **failure))
    handler.handle(record(msg="Complete log(s): x"))
    handler.close()
    printed = lines(handler)
    assert "Error in rule predict:" in printed and printed[-2] == "Complete log(s): x"
    assert "    log: logs/predict.log (check log file(s) for error details)" in printed
    assert printed[-1].startswith("0 of 2 jobs done in ") and printed[-1].endswith("; failed: predict xquad")


@pytest.mark.parametrize("settings", [{"dryrun": True, "stdout": True}, {"quiet": {"reason"}}, {"verbose": True}])
def test_dry_quiet_and_verbose_runs_look_as_usual(handler, settings):
    handler = handler(**settings)
    handler.handle(record(LogEvent.RUN_INFO, msg="Job stats", stats={"predict": 1, "total": 1}))
    handler.handle(record(LogEvent.JOB_FINISHED, msg="Finished jobid: 7", job_id=7))
    handler.close()
    assert lines(handler)[0] == "Job stats" and lines(handler)[-1] == "Finished jobid: 7"


def test_a_line_a_minute(handler, monkeypatch):
    monkeypatch.setattr("snakemake_logger_plugin_stiltcal.INTERVAL", 0.01)
    handler = handler()
    handler.handle(record(LogEvent.RUN_INFO, msg="Job stats", stats={"predict": 1, "total": 1}))
    handler.ended.wait(0.5)
    handler.close()
    assert "0 of 1 jobs done" in lines(handler)


@pytest.mark.parametrize("settings", [{}, {"dryrun": True, "stdout": True}])
def test_a_run_goes_on_where_nobody_reads_any_more(handler, settings, monkeypatch):
    handler = handler(**settings)

    def closed(text):
        raise BrokenPipeError

    monkeypatch.setattr(handler.terminal.stream, "write", closed)
    handler.handle(record(LogEvent.RUN_INFO, msg="Job stats", stats={"predict": 1, "total": 1}))
    handler.handle(record(LogEvent.JOB_FINISHED, msg="Finished jobid: 7", job_id=7))
    handler.close()


def test_snakemake_finds_the_plugin():
    assert LoggerPluginRegistry().is_installed("stiltcal")
