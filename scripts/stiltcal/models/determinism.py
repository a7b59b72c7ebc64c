"""Make trainings reproducible: the same seed gives the same bytes."""

import os
import warnings
from collections.abc import Callable

import torch
from torch import nn


def set_seed(seed: int) -> None:
    """Seed torch and, where the order of sums may vary, allow deterministic algorithms only.

    A single CPU thread always adds in the same order, so it may use the faster algorithms. Call this after setting the
    number of threads and before computing anything: cuBLAS reads its setting once.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(torch.cuda.is_available() or torch.get_num_threads() > 1)
    torch.utils.deterministic.fill_uninitialized_memory = False  # a debugging aid that takes 4 % of the time
    torch.manual_seed(seed)


def reproducibly(gradients: Callable[..., torch.Tensor], model: nn.Module, *batch) -> torch.Tensor:
    """Call `gradients(model, *batch)`, which adds to the model's gradients, and return its loss.

    Warns once if an operation of the encoder has no deterministic algorithm, and allows other algorithms from then on.
    Allowing them from the start (torch's `warn_only`) would make attention on a GPU use another algorithm although it
    has a deterministic one.
    """
    try:
        return gradients(model, *batch)
    except RuntimeError as error:
        if "deterministic" not in str(error):
            raise
        warnings.warn(f"the same seed may give other bytes in another run: {error}", stacklevel=2)
        torch.use_deterministic_algorithms(True, warn_only=True)
        model.zero_grad()
        return gradients(model, *batch)


def random_state() -> dict[str, torch.Tensor]:
    """Return the states of torch's random generators by device; dropout draws from them."""
    state = {"cpu": torch.get_rng_state()}
    return state | ({"cuda": torch.cuda.get_rng_state()} if torch.cuda.is_available() else {})


def restore_random_state(state: dict[str, torch.Tensor]) -> None:
    """Set torch's random generators to what `random_state` returned."""
    torch.set_rng_state(state["cpu"])
    if "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"])
