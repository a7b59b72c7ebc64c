"""The price of a study by hand, and what it must do when a study grows."""

import json

import pytest

import stiltcal.price.__main__ as command
from stiltcal.price.dry_run import Job
from stiltcal.price.parts import parts, with_sizes
from stiltcal.price.plan import price
from stiltcal.price.pricing import Cost, Device, Pricing
from stiltcal.price.rules import Rule
from stiltcal.price.table import duration, lines, record
from stiltcal.price.work import Work
from stiltcal.study.files import laid_over
from stiltcal.study.load import load_study

DEVICE = Device(peak=1e12, share=0.5)
MODELS = [f"r/models/target/none/{name}/seed1" for name in ("squad_v1", "panx")]
JOBS = [
    Job("train_target", {"intermediate": "none", "seed": "1"}, frozenset(), frozenset(MODELS), 1),
    Job("predict", {"intermediate": "none", "seed": "1"}, frozenset(MODELS), frozenset({"p"})),
    Job("perturb_items_panx", {}, frozenset(), frozenset({"x"})),
    Job("fetch_parser", {"language": "en"}, frozenset(), frozenset({"parser"})),
    Job("plot_scores", {}, frozenset({"p"}), frozenset({"h.pdf"})),
]


@pytest.fixture
def priced(demo, tables):
    return price(demo, JOBS, Pricing(tables, DEVICE))


def test_a_job_with_and_without_a_gpu(tables):
    """It starts in 5 s and prepares 200 texts in 2 s; 4e10 operations take 1.5 x 20 s of a core, or 0.08 s of a GPU."""
    cost = Pricing(tables, DEVICE).cost(Rule("predict"), Work({"predict": 4e10}, {"text": 200}), body=1e6)
    assert cost == Cost(alone=pytest.approx(37), core=7, gpu=pytest.approx(7.08), bytes=10_000)
    plain = Pricing(tables, DEVICE).cost(Rule("perturb_dev_items", "panx"), Work(units={"text": 100}), body=1e6)
    assert plain == Cost(alone=3, core=3, gpu=0, bytes=20_000)


def test_the_price_is_the_sum_of_its_jobs(priced):
    assert priced.total() == pytest.approx(tuple(map(sum, zip(*priced.costs, strict=True))))
    stages = priced.by_stage()
    assert {name: number for name, (number, _) in stages.items()} == {
        **{"train": 1, "predict": 1, "perturb": 1, "trees": 1, "report": 1}
    }
    assert stages["perturb"][1].core == pytest.approx(1 + 0.02 * 4 * 3 * 15)
    assert priced.unmeasured() == {"fetch_parser": 1}


def test_disk_has_models_checkpoints_and_results(priced):
    schedule = priced.schedule(1, 1)
    assert (schedule.models, schedule.with_checkpoints) == (2, 10)
    model = 4 * priced.works.encoder.parameters
    assert priced.disk(schedule) == pytest.approx(10 * model + priced.total().bytes)


def test_more_machines_and_faster_ones_take_no_longer(demo, tables, priced):
    times = [priced.schedule(gpus, cores).time for gpus, cores in ((1, 1), (2, 1), (2, 4))]
    assert times == sorted(times, reverse=True)
    faster = price(demo, JOBS, Pricing(tables, Device(1e12, 1)))
    assert faster.total().gpu < priced.total().gpu and faster.total().alone == priced.total().alone
    assert faster.schedule(1, 1).time < priced.schedule(1, 1).time


@pytest.mark.parametrize(
    ("split", "dearer"), [("test", {"predict", "perturb_items_panx"}), ("train", {"train_target"})]
)
def test_more_items_cost_more_where_they_are_used(demo, priced, split, dearer):
    more = price(with_sizes(demo, split, {"panx": 5000}), JOBS, priced.pricing)
    changed = {job.rule for job, old, new in zip(JOBS, priced.costs, more.costs, strict=True) if old != new}
    assert changed == dearer
    assert all(new.alone >= old.alone for old, new in zip(priced.costs, more.costs, strict=True))


def test_halving_a_cap_saves_the_half_of_what_depends_on_it(priced):
    """Of four texts in three languages: 20 of 40 items of XQuAD and 7 of 15 of PAN-X, and those are not perturbed."""
    found = {part.name: part for part in parts(priced, 8)}
    assert set(found) == {"train_target all", "predict all"}
    part = found["predict all"]
    assert part.cap == ("test", 20)
    assert part.saved.core == pytest.approx(4 * 3 * ((20 + 7) * 0.01 + 7 * 0.02))
    # The number of updates is fixed: only encoding 450 of 900 rows, twice, is saved.
    assert found["train_target all"].saved.gpu == pytest.approx(2 * 450 * 0.001)


def test_the_largest_parts_come_first(priced):
    gpu = [part.cost.gpu for part in parts(priced, 8)]
    assert gpu == sorted(gpu, reverse=True) and len(parts(priced, 1)) == 1


def test_what_is_printed(priced):
    schedules = {(1, 2): priced.schedule(1, 2)}
    printed = list(lines(priced, schedules, parts(priced, 2)))
    assert all(len(line) <= 120 for line in printed)
    text = " ".join(printed)
    assert "GPU: 1 Tflop/s at its peak, of which 50% are reached; both are declared" in text
    assert "Not measured, and counted as their start alone: fetch_parser (1)." in text
    found = json.loads(json.dumps(record(priced, schedules, parts(priced, 2))))
    assert found["all"]["jobs"] == 5 and found["machines"][0]["gpus"] == 1


def test_tasks_of_which_no_tokens_were_measured_are_named(tables):
    """The demo with TyDiQA, which the tables lack."""
    config = laid_over([command.ROOT / "config.yaml", command.ROOT / "config" / "demo.yaml"])
    priced = price(load_study(config | {"targets": ["tydiqa", "panx"]}, command.ROOT), JOBS, Pricing(tables, DEVICE))
    schedules = {(1, 2): priced.schedule(1, 2)}
    said = "Not measured, and taken from other tasks: the tokens of tydiqa (the mean of squad_v1, xquad)."
    assert said in lines(priced, schedules, [])
    assert record(priced, schedules, [])["unmeasured_tasks"] == {"tydiqa": ["squad_v1", "xquad"]}


def test_times_in_words():
    assert [duration(each) for each in (90, 7200, 200000)] == ["2 min", "2.0 h", "2.3 days"]


def test_the_command_prices_the_jobs_of_the_dry_run(capsys, monkeypatch):
    """With the tables of the clone, and without Snakemake."""
    monkeypatch.setattr(command, "dry_run", lambda root, files: JOBS)
    demo = str(command.ROOT / "config" / "demo.yaml")
    assert command.main(["--config", demo, "--gpus", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["device"] == {"peak": 312e12, "share": 0.3}
    assert command.main(["--config", demo]) == 0
    assert capsys.readouterr().out.startswith("Encoder: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--share", "1.5"], "--share: 1.5 must be above 0 and at most 1"),
        (["--peak", "0"], "--peak: 0.0 must be above 0"),
        (["--cores", "0"], "--cores: 0 must be above 0"),
        (["--gpus", "-1"], "--gpus: -1 must not be negative"),
        (["--config", "none.yaml"], "none.yaml"),
    ],
)
def test_bad_input_is_one_message(capsys, monkeypatch, arguments, message):
    monkeypatch.setattr(command, "dry_run", lambda root, files: JOBS)
    assert command.main(arguments) == 2
    said = capsys.readouterr().err
    assert message in said and "Traceback" not in said


def test_parsers_are_trained_without_a_gpu(tables):
    cost = Pricing(tables, DEVICE).cost(Rule("train_parser"), Work(), body=1e6)
    assert (cost.core, cost.gpu) == (5, 0)
