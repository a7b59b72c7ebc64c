"""Declared memory of predictions, worked by hand."""

from stiltcal.study.load import JobResources, Parameters, load_study

from .conftest import ROOT, shipped


def paper() -> JobResources:
    return JobResources(Parameters(load_study(shipped("paper"), ROOT)), gpus=False)


def test_a_tagged_sentence_is_many_rows_of_predictions():
    """32 rows of 2,200 bytes for each sentence of the largest cell, and of 140 for each text of a language."""
    needs = paper()
    sentences, texts = needs.items("udpos", "test"), len(needs.study.applicable("udpos"))
    assert sentences >= needs.items("udpos", "dev")
    assert needs._answers("udpos") == 32 * sentences * (2200 + 140 * texts)
    assert needs._answers("xnli") == needs.items("xnli", "test") * (2200 + 140 * len(needs.study.applicable("xnli")))


def test_all_spans_of_the_dev_items_are_held_for_a_temperature():
    """384 tokens begin at most 30 answers each, of 8 bytes; 9,380 questions of SQuAD are dev items."""
    needs = paper()
    assert needs.parameters.lengths("xquad")["maximum"] == 384
    dev = needs.all_items if "mixed" in needs.study.scalings("xquad") else needs.items
    assert needs._fitted_spans("xquad") == 8 * 30 * 384 * dev("xquad", "dev") > 0.8e9
    assert needs._fitted_spans("xnli") == 0
