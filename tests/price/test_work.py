"""Sizes and work of jobs, counted by hand on shipped studies and small tables."""

import pytest

from stiltcal.price import flops
from stiltcal.price.rules import Rule
from stiltcal.price.sizes import Sizes
from stiltcal.price.work import Works
from stiltcal.study.files import laid_over
from stiltcal.study.load import load_study

from .conftest import ROOT, study_of


def test_sizes_of_the_miniature(demo):
    sizes = Sizes(demo)
    assert sizes.items("xquad", "test", "qab") == 40 and sizes.items("panx", "train", "qaa") == 900
    # Train in the source language, dev and test in three languages.
    assert sizes.all_items("panx") == 900 + 3 * 40 + 3 * 15


def test_sizes_of_real_data_are_capped_locked_published_or_assumed(paper, tables):
    sizes = Sizes(paper)
    assert sizes.items("panx", "test", "yo") == 100 and sizes.items("xquad", "test", "de") == 1190
    assert sizes.items("mnli", "train", "en") == 392702
    assert sizes.items("bucc", "test", "de") == 20_000 and sizes.there("bucc", "test", "de") == 400_000
    small = Sizes(study_of("real_small", lock="config/lock/mirror.json"))
    assert small.items("xquad", "test", "es") == 50 and small.there("xquad", "test", "es") == 1190
    assert small.there("anli", "train", "en") == 30000 + 9443 + 3200
    assert small.there("xnli", "test", "es") == 5000 / 15  # an equal share of a file of all languages
    assert small.there("tydiqa", "train", "en") == pytest.approx(3696 * 0.9)
    assert small.there("tydiqa", "dev", "en") == pytest.approx(3696 * 0.1)


def test_a_training_of_so_many_steps(demo, tables):
    """900 examples of one row of 10 tokens, 30 updates of 16 of them, and one evaluation of 40 dev items."""
    works = Works(demo, tables)
    work = works.training("target", "panx")
    assert work.units == {"encoded": 900}
    assert work.operations["train"] == pytest.approx(flops.training(works.encoder, 30 * 16 * 10, 10))
    assert work.operations["predict"] == pytest.approx(flops.forward(works.encoder, 40 * 10, 10))


def test_a_training_of_so_many_epochs(paper, tables):
    """SQuAD, two epochs of 87,599 questions of two windows of 50 tokens in batches of 16: 21,899 updates."""
    works = Works(paper, tables)
    work = works.training("target", "squad_v1")
    assert work.units["encoded"] == pytest.approx(87599 * 2)
    assert work.operations["train"] == pytest.approx(flops.training(works.encoder, 2 * 87599 * 100, 50))
    # One evaluation after each thousand updates and one at the end, of 500 questions of 100 tokens.
    assert work.operations["predict"] == pytest.approx(flops.forward(works.encoder, 22 * 500 * 100, 50))


def test_choices_are_rows_of_one_example(paper, tables):
    """CSQA: 10 epochs of 9,741 items of two rows in batches of 4."""
    works = Works(paper, tables)
    work = works.training("intermediate", "csqa")
    assert work.units["encoded"] == pytest.approx(9741 * 2)
    assert work.operations["train"] == pytest.approx(flops.training(works.encoder, 10 * 9741 * 100, 50))


def test_predictions_compute_what_a_perturbation_changed(demo, tables):
    """PAN-X in three languages: clean, half, a quarter and none of 15 items; and 40 clean dev items at home."""
    works = Works(demo, tables)
    work = works.prediction("panx")
    computed = 3 * 15 * (1 + 0.5 + 0.25 + 0) + 40
    assert work.units == {"text": 3 * 15 * 4 + 40}
    assert work.operations["predict"] == pytest.approx(flops.forward(works.encoder, computed * 10, 10))


def test_a_job_of_the_miniature_does_all_targets(demo, tables):
    works = Works(demo, tables)
    both = works.of(Rule("predict"), {"intermediate": "mnli", "seed": "1"})
    assert both.units["text"] == sum(works.prediction(target).units["text"] for target in ("xquad", "panx"))


def test_cells_are_scored_for_every_model_and_scaling(demo, tables):
    """Three intermediates, one seed, four texts, three languages, with and without a temperature."""
    work = Works(demo, tables).of(Rule("score_predictions"), {"target": "panx"})
    cells = 3 * 4 * 3 * 2
    assert work.units == {"cell": cells, "draw": cells * 15 * 200}


def test_items_that_are_perturbed_and_read(demo, paper, tables):
    assert Works(demo, tables).of(Rule("perturb_items", "xquad"), {}).units == {"text": 4 * 3 * 40}
    read = Works(paper, tables).of(Rule("prepare_items", "mnli"), {}).units["item"]
    assert read >= 392702
    assert Works(demo, tables).of(Rule("plot_comparisons"), {}).units == {}


def test_steps_of_parsers_and_texts_to_parse(tables):
    """The mirror's overlay trains six parsers with its own steps; `train` alone has 800, 600 and 600."""
    config = laid_over([ROOT / "config.yaml", ROOT / "config" / "real_qa.yaml", ROOT / "config" / "mirror.yaml"])
    config["encoder"]["source"] = {"folder": "resources/miniature-encoder"}
    config["lengths"] = {"default": config["lengths"]["default"] | {"maximum": 128}}
    works = Works(load_study(config, ROOT), tables)
    assert works.of(Rule("train_parser"), {"language": "en"}).units == {"step": 300 + 250 + 400}
    assert works.of(Rule("parse_text"), {"target": "xquad", "language": "hi"}).units == {"text": 155}
    config["parsers"]["en"] = "train"
    works = Works(load_study(config, ROOT), tables)
    assert works.of(Rule("train_parser"), {"language": "en"}).units == {"step": 2000}
