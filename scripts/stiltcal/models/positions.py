"""Say how many tokens of a row an encoder reads, and with which number its positions begin."""

from transformers import PreTrainedModel


def first_position(model: PreTrainedModel) -> int:
    """Return the number of an encoder's first position: 0, or the padding token's number + 1 in the RoBERTa family."""
    tables = [module for path, module in model.named_modules() if path.endswith("position_embeddings")]
    padding = [getattr(table, "padding_idx", None) for table in tables]
    return next((number + 1 for number in padding if number is not None), 0)


def longest_row(model: PreTrainedModel) -> int | None:
    """Return the most tokens of a row that an encoder reads; None if it reads rows of any length.

    The RoBERTa family counts positions from the padding token's number + 1. DeBERTa without `position_biased_input`
    has relative positions alone, and its `max_position_embeddings` limits nothing.
    """
    if not getattr(model.config, "position_biased_input", True):
        return None
    limit = (getattr(model.config, "max_position_embeddings", None) or 0) - first_position(model)
    return limit if limit > 0 else None
