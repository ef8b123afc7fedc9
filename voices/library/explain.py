"""Tell why a voice's files can't be used: in English for logs and rows, and in the reader's language for pages.

A row keeps the English sentence and, on a second line, the problem itself, from which a page makes its own sentence.
"""

import msgspec
from django.utils.translation import gettext, override

from voices.intake.refusal import REASONS, FileProblem
from voices.synth.errors import CheckpointError, SynthError


def explained(problem: FileProblem) -> str:
    """Return the model, the file, the reason and the remedy in the active language."""
    reason, remedy = (gettext(sentence) % problem.parameters for sentence in REASONS[problem.code])
    return f"{problem.where}: {reason}. {remedy}"


def explained_twice(problem: FileProblem) -> str:
    """Return the explanation in the active language and, on a line of its own, in English."""
    with override("en"):
        english = explained(problem)
    own = explained(problem)
    return own if own == english else f"{own}\n{english}"


def recorded(error: SynthError) -> str:
    """Return what a row keeps of an error."""
    if not isinstance(error, CheckpointError):
        return str(error)
    return f"{error}\n{msgspec.json.encode(error.problem).decode()}"


def problem_in(detail: str) -> FileProblem | None:
    """Return the problem of a voice's file that a row keeps; None if it keeps another text."""
    _, _, record = detail.partition("\n")
    try:
        problem = msgspec.json.decode(record, type=FileProblem)
        return problem if problem.code in REASONS else None
    except msgspec.DecodeError:
        return None


def shown(detail: str) -> str:
    """Return what a row keeps, in the active language."""
    problem = problem_in(detail)
    return explained(problem) if problem else detail


def shown_twice(detail: str) -> str:
    """Return what a row keeps, in the active language and, on a line of its own, in English."""
    problem = problem_in(detail)
    return explained_twice(problem) if problem else detail
