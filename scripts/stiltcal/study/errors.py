"""The error of a study that cannot run."""

from ..support.messages import for_people


class StudyError(ValueError):
    """A configuration that cannot be run. message: one line per problem; it is kept as `for_people` shows it."""

    def __init__(self, message: str):
        super().__init__(for_people(message))
