"""Declared memory of predictions, worked by hand."""

from stiltcal.study.load import JobResources, Parameters, load_study

from .conftest import ROOT, shipped


def paper() -> JobResources:
    return JobResources(Parameters(load_study(shipped("paper"), ROOT)), gpus=False)


def test_a_tagged_sentence_is_many_rows_of_predictions():
    """32 rows for each sentence of the largest cell while they are made, and in a table for each text of a language."""
    needs = paper()
    needs.study.config["scores"]["scalings"] = ["none", "source", "platt", "vector"]
    columns = 1 + (1 + 1) + (1 + 2) + (1 + 6)
    sentences, texts = needs.items("udpos", "test"), len(needs.study.applicable("udpos"))
    assert sentences >= needs.items("udpos", "dev")
    wanted = 32 * sentences * (1100 + 170 * columns + (80 + 8 * columns) * texts)
    assert needs._answers("udpos") == wanted


def test_mining_shifts_every_scaling_in_two_directions():
    needs = paper()
    needs.study.config["scores"]["scalings"] = ["none", "source"]
    texts = len(needs.study.applicable("bucc"))
    assert needs._answers("bucc") == needs.items("bucc", "test") * (1100 + 170 * 4 + (80 + 8 * 4) * texts)


def test_all_spans_of_the_dev_items_are_held_for_a_temperature():
    """384 tokens begin at most 30 answers each, of 8 bytes; 9,380 questions of SQuAD are dev items."""
    needs = paper()
    assert needs.parameters.lengths("xquad")["maximum"] == 384
    dev = needs.all_items if "mixed" in needs.study.scalings("xquad") else needs.items
    assert needs._fitted_spans("xquad") == 8 * 30 * 384 * dev("xquad", "dev") > 0.8e9
    assert needs._fitted_spans("xnli") == 0
