"""What is told to whoever brought the recordings, line by line."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from training.recordings.metadata import Problem

Say = Callable[[str], None]


def problem_line(problem: Problem) -> str:
    """What is wrong with which file, and what that costs."""
    cost = _("not used") if problem.left_out else _("used all the same")
    return f"{problem.file}: {problem.message} ({cost})"
