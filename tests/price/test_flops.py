"""Operations of encoders, counted by hand."""

import pytest

from stiltcal.price import flops
from stiltcal.study.encoder_size import EncoderSize

#: 2 layers of 4 x 4^2 + 2 x 4 x 8 = 128 parameters.
SMALL = EncoderSize(vocabulary=10, hidden=4, layers=2, intermediate=8, heads=2)


def test_a_token_costs_twice_the_parameters_and_its_attention():
    assert SMALL.body == 256
    # 3 tokens: 2 x 256 for the layers, and 4 x 2 layers x 4 x 5 for the attention to 5 tokens.
    assert flops.forward(SMALL, 3, 5) == 3 * (512 + 160)
    assert flops.training(SMALL, 3, 5) == 9 * (512 + 160)
    assert flops.vocabulary(SMALL, 7) == 3 * 2 * 7 * 4 * 10


def test_the_large_encoder_needs_six_operations_for_a_parameter_and_token():
    large = EncoderSize(250002, 1024, 24, 4096, 16)
    assert flops.training(large, 1, 128) == pytest.approx(6 * 302e6, rel=0.03)
