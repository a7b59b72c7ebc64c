"""The same seed, the same bytes: torch is seeded, and computes by deterministic algorithms alone where that matters."""

import os
import warnings
from collections.abc import Callable

import torch
from torch import nn


def set_seed(seed: int) -> None:
    """Seed torch and let it choose deterministic algorithms alone.

    One thread of a CPU adds up in one order by any algorithm, so that it may take the quicker ones. To be called after
    the number of threads is set, and before anything is computed: cuBLAS reads its setting once.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(torch.cuda.is_available() or torch.get_num_threads() > 1)
    torch.utils.deterministic.fill_uninitialized_memory = False  # it finds reads before writes, at 4 % of the time
    torch.manual_seed(seed)


def reproducibly(gradients: Callable[..., torch.Tensor], model: nn.Module, *batch) -> torch.Tensor:
    """The loss of `gradients(model, *batch)`, which adds to the model's gradients.

    Where an operation of the encoder has no deterministic algorithm, with a warning and by others, from then on. With
    warnings alone from the start (torch's `warn_only`), attention on a GPU would leave the one that it has unused.
    """
    try:
        return gradients(model, *batch)
    except RuntimeError as error:
        if "deterministic" not in str(error):
            raise
        warnings.warn(f"the same seed need not give the same bytes again: {error}", stacklevel=2)
        torch.use_deterministic_algorithms(True, warn_only=True)
        model.zero_grad()
        return gradients(model, *batch)
