"""Count the floating point operations of an encoder, by tokens."""

from ..study.encoder_size import EncoderSize

#: A training step costs three forward passes: one forward, and two for the gradients of inputs and weights.
TRAINING = 3


def forward(size: EncoderSize, tokens: float, length: float) -> float:
    """Return the operations of a forward pass over `tokens` tokens in rows of `length` tokens.

    2 N for each token, N being the parameters without the embeddings (Kaplan et al. 2020, arXiv 2001.08361, table 1),
    and 4 layers x hidden x length for the scores and the sums of attention (Chowdhery et al. 2022, arXiv 2204.02311,
    appendix B, who give 12 for training). Heads are left out: they have a few labels.
    """
    return tokens * (2 * size.body + 4 * size.layers * size.hidden * length)


def training(size: EncoderSize, tokens: float, length: float) -> float:
    """Return the operations of updates over `tokens` tokens: 6 N for each and thrice the attention's (`forward`)."""
    return TRAINING * forward(size, tokens, length)


def vocabulary(size: EncoderSize, tokens: float) -> float:
    """Return the operations of training the head of a masked language model on `tokens` hidden tokens."""
    return TRAINING * 2 * tokens * size.hidden * size.vocabulary
