"""Declared memory, time and GPUs: worked by hand, and compared between studies of other sizes."""

import json
import shutil
from types import SimpleNamespace

import pytest

from stiltcal.study.encoder_size import ASSUMED, EncoderSize, encoder_size, known_size
from stiltcal.study.load import JobResources, Parameters, load_study
from stiltcal.study.plain_resources import PLAIN, SHORTEST, SNAKEMAKE
from stiltcal.study.resources import LOADED_COPIES, MARGIN, TORCH, TRAINED_COPIES

from .conftest import CONFIG, ROOT, changed, shipped


def declared(config, gpus=False):
    return JobResources(Parameters(load_study(config, ROOT)), gpus)


def value(declaration, name, attempt=1, wildcards=None, input=None):
    return declaration[name](wildcards, input, attempt)


def test_size_of_the_miniature_encoder_is_that_of_its_weights():
    """The committed weights: 2,189,888 bytes of float32, with 130 positions, layer norms and biases."""
    size = encoder_size(Parameters(load_study(changed("seeds", [1]), ROOT)))
    assert size == EncoderSize(1028, 128, 3, 256, 4, dropout=0.0, positions=128)
    assert size.body == 3 * 128 * (4 * 128 + 2 * 256)
    assert size.parameters == pytest.approx(2_189_888 / 4, rel=0.15)


def test_xlm_r_large_has_560_million_parameters():
    assert ASSUMED.parameters == pytest.approx(560e6, rel=0.01)


def test_encoder_that_is_not_fetched_is_assumed_and_a_fetched_one_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parameters = Parameters(load_study(shipped("paper"), ROOT))
    assert encoder_size(parameters) == ASSUMED
    folder = tmp_path / "results" / "paper" / "models" / "encoder"
    folder.mkdir(parents=True)
    names = {"vocab_size": 119547, "dim": 768, "n_layers": 6, "hidden_dim": 3072, "n_heads": 12}  # DistilmBERT
    (folder / "config.json").write_text(json.dumps(names), encoding="utf-8")
    assert encoder_size(parameters) == EncoderSize(119547, 768, 6, 3072, 12)
    (folder / "config.json").write_text("{", encoding="utf-8")
    assert encoder_size(parameters) == ASSUMED


def test_published_encoders_are_known_before_they_are_fetched(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    base = known_size(Parameters(load_study(shipped("paper", "paper_base"), ROOT)))
    assert base is not None and base.parameters == pytest.approx(278e6, rel=0.01)
    other = shipped("paper")
    other["encoder"]["source"]["hub"] = "someone/else"
    assert known_size(Parameters(load_study(other, ROOT))) is None


def test_memory_of_a_training_by_hand():
    """MNLI in the miniature: 16 examples of 128 tokens, 3000 items."""
    needs = declared(changed("seeds", [1]))
    numbers = 3 * (10 * 128 + 2 * 256)
    data = 3000 * (2500 + 10 * 128)
    own = 4 * TRAINED_COPIES * needs.encoder.parameters + 4 * 16 * 128 * numbers + data
    found = needs.train("intermediate", lambda wildcards: ["mnli"])
    assert value(found, "mem_mb") == round(SNAKEMAKE + TORCH + MARGIN * own / 1e6)
    assert value(found, "mem_mb", attempt=3) == 3 * value(found, "mem_mb")
    operations = 6 * needs.encoder.body * 150 * 16 * 128
    assert value(found, "runtime") == round(SHORTEST + 2 * operations / 2e10 / 60)


def test_micro_batches_need_less_memory_and_the_same_time():
    key = "miniature.training.intermediate.default"
    found = [
        declared(
            changed(key, {**CONFIG["miniature"]["training"]["intermediate"]["default"], "micro_batch": size})
        ).train("intermediate", lambda wildcards: ["mnli"])
        for size in (16, 4)
    ]
    whole, parts = (value(each, "mem_mb") for each in found)
    assert whole - parts == pytest.approx(MARGIN * 4 * 12 * 128 * 3 * (10 * 128 + 2 * 256) / 1e6, abs=1)
    assert value(found[0], "runtime") == value(found[1], "runtime")


def test_a_cpu_computes_a_wide_encoder_in_parts():
    """600,000 numbers at once are 6 rows of 128 tokens of width 768, of the batch of 32."""
    found = declared(CONFIG)
    found.encoder = found.encoder._replace(hidden=768)
    assert found._examples_at_once("mnli", None, 32) == pytest.approx(600_000 / (128 * 768))
    assert found._examples_at_once("mnli", 4, 32) == 4
    assert found._examples_at_once("hellaswag", None, 32) == pytest.approx(
        600_000 / (found._rows("hellaswag") * 128 * 768)
    )


def test_dropout_keeps_attention():
    size = EncoderSize(30000, 384, 6, 1536, 12, dropout=0.1)
    assert size.kept_numbers(256, 0) == 6 * (10 * 384 + 2 * 1536)
    assert size.kept_numbers(256, None) - size.kept_numbers(256, 0) == 6 * (3 * 384 + 3 * 12 * 256)
    # Measured for 8 rows of 256 tokens: 358 MB without dropout, 878 MB with it.
    assert [8 * 256 * 4 * size.kept_numbers(256, dropout) / 1e6 for dropout in (0, 0.1)] == pytest.approx(
        [358, 878], rel=0.07
    )


def test_mix_holds_the_data_of_all_its_tasks():
    needs = declared(changed("seeds", [1]))
    one, mix = (value(needs.train("intermediate", lambda _, name=name: [name]), "mem_mb") for name in ("mnli", "multi"))
    assert mix > one


def test_vectors_of_bitext_follow_the_width_of_the_encoder():
    """BUCC in the paper: 20,000 sentences a side, 23 texts of each but those that do not apply."""
    needs = declared(shipped("paper"))
    texts = 20_000 * 2 * len(needs.study.applicable("bucc"))
    assert texts * 4 * 1024 > 500e6, "those of dev items and of a language lie in files but for 500 MB each"
    own = 4 * LOADED_COPIES * needs.encoder.parameters + texts * (2500 + 10 * 512) + 2 * 500e6
    own += needs._answers("bucc")
    assert value(needs.predict(lambda _: ["bucc"]), "mem_mb") == round(SNAKEMAKE + TORCH + MARGIN * own / 1e6)


def test_gpus_are_asked_for_only_where_there_are_some():
    without, with_gpus = (declared(shipped("paper"), gpus) for gpus in (False, True))
    for needs, number in ((without, 0), (with_gpus, 1)):
        for found in (needs.train("target", lambda _: ["squad_v1"]), needs.predict(lambda _: ["xquad"])):
            assert found["gpu"] == number
        assert "gpu" not in needs.plain("report")
    host, cpu = (value(needs.train("target", lambda _: ["squad_v1"]), "mem_mb") for needs in (with_gpus, without))
    assert host < cpu


def test_configuration_overrides_by_stage():
    config = changed("resources.train", {"mem_mb": 1000, "runtime": 60, "threads": 2, "gpu": 2})
    config["resources"]["score"]["mem_mb"] = 50
    needs = declared(config, gpus=True)
    found = needs.train("target", lambda _: ["squad_v1"])
    assert [value(found, "mem_mb", attempt) for attempt in (1, 2)] == [1000, 2000]
    assert [value(found, "runtime", attempt) for attempt in (1, 2)] == [60, 60]
    assert found["gpu"] == 2 and needs.threads("train") == 2 and needs.threads("predict") == 1
    assert value(needs.plain("score", memory=9000), "mem_mb") == 50
    assert needs.predict(lambda _: ["xquad"])["gpu"] == 1


def test_memory_of_scores_follows_their_input():
    class Input:
        size_mb = 100.0

    needs = declared(changed("seeds", [1]))
    more = value(needs.plain("score", by_input=40), "mem_mb", input=Input()) - value(needs.plain("score"), "mem_mb")
    assert more == 4000


def predicted(folder, target, megabytes):
    """An input with one file of predictions of that size (without contents)."""
    path = folder / "predictions" / "none" / target / "seed1.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.truncate(int(megabytes * 1e6))
    return Input(predictions=[str(path)])


class Input(list):
    """Input files of a job, by name and as a list."""

    def __init__(self, predictions):
        super().__init__(predictions)
        self.predictions = predictions


@pytest.mark.parametrize(("target", "peak", "read"), [("xquad", 729, 5.8), ("panx", 1094, 3.1), ("udpos", 692, 3.7)])
def test_memory_of_scores_fits_what_the_default_study_took(target, peak, read, tmp_path):
    """Peaks in MB of commit 1871bce, and the MB that the job read."""
    wildcards, files = SimpleNamespace(target=target), predicted(tmp_path, target, read)
    asked = value(declared(changed("seeds", [1])).score(), "mem_mb", wildcards=wildcards, input=files)
    assert 1.1 * peak < asked - SNAKEMAKE < 3 * peak


def test_memory_of_scores_grows_with_cells_measures_and_resamples(tmp_path):
    """11 systems, 21 texts, 2 scalings of 6 estimators beside 2 task metrics, 500 resamples of 300 bytes."""
    wildcards, files = SimpleNamespace(target="xquad"), predicted(tmp_path, "xquad", 0)
    asked = value(declared(changed("seeds", [1])).score(), "mem_mb", wildcards=wildcards, input=files)
    assert asked - SNAKEMAKE - PLAIN == pytest.approx(11 * 21 * 14 * 500 * 300 / 1e6, abs=1)
    twice = value(declared(changed("seeds", [1, 2])).score(), "mem_mb", wildcards=wildcards, input=files)
    assert twice - asked == pytest.approx(asked - SNAKEMAKE - PLAIN, abs=1)


def test_only_graded_answers_are_scored_by_every_criterion(tmp_path):
    """Memory and time of question answering double with a second criterion; tags have one."""
    one, two = (declared(changed("scores.correctness", found)) for found in (["exact_match"], ["exact_match", "f1"]))
    for target, factor in (("xquad", 2), ("panx", 1)):
        wildcards, files = SimpleNamespace(target=target), predicted(tmp_path, target, 0)
        for name, rest in (("mem_mb", SNAKEMAKE + PLAIN), ("runtime", SHORTEST)):
            asked = [value(needs.score(), name, wildcards=wildcards, input=files) - rest for needs in (one, two)]
            assert asked[1] == pytest.approx(factor * asked[0], abs=2)


def test_time_of_scores_by_hand(tmp_path):
    """11 models, 2 scalings, 500 resamples of the items of each cell; three times as long as on our machine."""
    needs = declared(changed("seeds", [1]))
    wildcards, cells = SimpleNamespace(target="xquad"), 11 * 2 * len(needs.study.cells("xquad"))
    seconds = 3 * cells * (0.033 + 1.5e-8 * 500 * needs.items("xquad", "test"))
    assert value(needs.score(), "runtime", wildcards=wildcards) == round(SHORTEST + seconds / 60)


def test_the_largest_target_decides_on_the_memory_of_judging(tmp_path):
    """A language of six may hold a third of the rows: 40 MB for each of its MB, 5 MB for each of all. Beside it are the
    1,000 resamples of 16 quantities of all models and texts.
    """
    needs = declared(changed("seeds", [1]))
    files = [*predicted(tmp_path, "xquad", 30), *predicted(tmp_path, "panx", 60)]
    asked = value(needs.judge(), "mem_mb", input=Input(files)) - SNAKEMAKE - PLAIN
    kept = sum(11 * len(needs.study.applicable(target)) for target in needs.study.targets) * 16 * 1000 * 8 / 1e6
    assert asked == pytest.approx(60 * (40 / 3 + 5) + kept, abs=1)


def test_translations_are_read_with_the_training_sets():
    needs = declared(shipped("paper"))
    needs.parameters.variants.translated_languages = lambda task: ["de", "fr"]
    one, other = (value(needs.read("data", ["mnli"], more), "mem_mb") for more in ((), ["mnli"]))
    assert other - one == pytest.approx(2 * 392_702 * 2500 / 1e6, abs=1)


def test_data_that_is_read_counts_before_its_cap():
    needs = declared(shipped("paper"))
    assert needs.read_items("mnli", "train", "en") == 392_702 and needs.read_items("bucc", "test", "de") == 400_000
    assert needs.items("bucc", "test") == 20_000 and needs.items("bucc", "dev") == 5_000
    assert needs.items("tatoeba", "test") == 800 and needs.all_items("tatoeba", "test") < 36 * 800
    assert value(needs.read("data", ["mnli"]), "mem_mb") > value(needs.read("data", ["csqa"]), "mem_mb")


def test_the_encoder_of_an_earlier_study_says_nothing(tmp_path, monkeypatch):
    """A results folder may still hold another encoder; that one must not be asked how long its rows are."""
    monkeypatch.chdir(tmp_path)
    config = changed("encoder.source", {"folder": None, "hub": "me/other", "revision": "main"})
    fetched = tmp_path / "results" / "models" / "encoder"
    fetched.mkdir(parents=True)
    shutil.copy(ROOT / "resources" / "miniature-encoder" / "config.json", fetched)
    parameters = Parameters(load_study(config, ROOT))
    for asked, size in ((parameters.asked_encoder, 1028), ({"source": {"folder": "x"}}, None)):
        (fetched / "asked.json").write_text(json.dumps(asked))
        found = known_size(parameters)
        assert (found and found.vocabulary) == size
