"""The error of this room."""


class PriceProblem(ValueError):
    """A table or a dry run that the price cannot be computed from; one line says which."""
