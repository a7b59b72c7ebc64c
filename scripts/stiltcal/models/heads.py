"""Name the classes of transformers that put a head on an encoder, and the families of encoders that have each."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import (
    MODEL_FOR_MASKED_LM_MAPPING,
    MODEL_FOR_MULTIPLE_CHOICE_MAPPING,
    MODEL_FOR_QUESTION_ANSWERING_MAPPING,
    MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
    MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING,
    AutoModelForMaskedLM,
    AutoModelForMultipleChoice,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    PretrainedConfig,
    PreTrainedModel,
)

from ..tasks.kinds import KINDS
from .errors import ModelError, explained

#: By `head` of the table of kinds.
HEADS: Mapping[str | None, Any] = {
    "sequence": AutoModelForSequenceClassification,
    "choices": AutoModelForMultipleChoice,
    "tokens": AutoModelForTokenClassification,
    "spans": AutoModelForQuestionAnswering,
}
#: By class: the configurations of families that have the head, and what the head is for.
_FAMILIES: Mapping[Any, tuple[Mapping, str]] = {
    AutoModelForSequenceClassification: (MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING, "sequence classification"),
    AutoModelForMultipleChoice: (MODEL_FOR_MULTIPLE_CHOICE_MAPPING, "multiple choice"),
    AutoModelForTokenClassification: (MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING, "token classification"),
    AutoModelForQuestionAnswering: (MODEL_FOR_QUESTION_ANSWERING_MAPPING, "question answering"),
    AutoModelForMaskedLM: (MODEL_FOR_MASKED_LM_MAPPING, "masked language modelling"),
}


def check_head(folder: str | Path, auto_class: Any, config: PretrainedConfig) -> None:
    """Raise ModelError if transformers has no such head for the family of a configuration. Bare encoders pass."""
    families, purpose = _FAMILIES.get(auto_class, ({type(config): None}, ""))
    if type(config) not in families:
        raise ModelError(
            f"{folder}: transformers has no head for {purpose} on {config.model_type}; take another encoder, or leave "
            "out what needs this head"
        )


def model_with_head(folder: str | Path, kind: str, config: PretrainedConfig) -> tuple[type[PreTrainedModel], set[str]]:
    """Return the class of models with a kind's head, and the names of the head's weights. Raises as `check_head`."""
    auto_class = HEADS[KINDS[kind].head]
    check_head(folder, auto_class, config)
    with explained(folder), torch.device("meta"):
        model = auto_class.from_config(config)
    return type(model), {name for name in model.state_dict() if not name.startswith(f"{model.base_model_prefix}.")}
