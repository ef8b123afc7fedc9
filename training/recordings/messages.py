"""Messages for the user of train_voice."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from training.recordings.metadata import Problem

Say = Callable[[str], None]


def problem_line(problem: Problem) -> str:
    """Return a line with the file, what is wrong with it, and whether it is used."""
    cost = _("not used") if problem.left_out else _("used all the same")
    return f"{problem.file}: {problem.message} ({cost})"
