"""The error of a study that cannot run."""


class StudyError(ValueError):
    """A configuration that cannot be run; the message has one line per problem."""
