"""Choose the recordings to train on, by their sound and by what the recognizer hears in them."""

from django.utils.translation import gettext as _

from training.measures.heard import HeardFile
from training.measures.judge import JUDGED_SYLLABLES, MISMATCH, Judge, letter_error_rate
from training.recordings.messages import Say, problem_line
from training.recordings.metadata import Problem, Recording, RecordingsError
from training.recordings.sound import check_sound, read_samples, sample_rate_of, syllable_count

MIN_MINUTES, FEW_MINUTES = 2.0, 8.0  # of usable speech: an error below the first, a warning below the second


def check_recordings(recordings: list[Recording], judge: Judge, heard: HeardFile, say: Say) -> list[Recording]:
    """Return the usable recordings, and report what is wrong with the others.

    What the recognizer hears is saved in `heard`; recordings that are in it are not recognized again.
    """
    usable: list[Recording] = []
    for number, recording in enumerate(recordings, 1):
        problems = check_sound(recording)
        if not any(problem.left_out for problem in problems):
            problems += check_text(recording, judge, heard)
        for problem in problems:
            say(problem_line(problem))
        if not any(problem.left_out for problem in problems):
            usable.append(recording)
        if number % 20 == 0:
            say(_("%(done)d of %(all)d recordings checked") % {"done": number, "all": len(recordings)})
    return usable


def check_text(recording: Recording, judge: Judge, heard: HeardFile) -> list[Problem]:
    """Return a problem if the recognizer hears another text than the recording's; short texts are not checked."""
    if syllable_count(recording.text) < JUDGED_SYLLABLES:
        return []
    name = recording.path.name
    if name not in heard.texts:
        heard.add(name, judge.hear(read_samples(recording.path), sample_rate_of(recording.path)))
    if letter_error_rate(recording.text, heard.texts[name]) < MISMATCH:
        return []
    message = _("says something else than its text: “%(heard)s”") % {"heard": heard.texts[name][:60]}
    return [Problem(name, message, True)]


def check_amount(usable: list[Recording], n_recordings: int, say: Say) -> None:
    """Report how many minutes are usable. Raises RecordingsError if they are too few."""
    seconds = sum(len(read_samples(recording.path)) / sample_rate_of(recording.path) for recording in usable)
    minutes = seconds / 60
    say(
        _("%(usable)d of %(all)d recordings can be used, %(minutes).1f minutes.")
        % {"usable": len(usable), "all": n_recordings, "minutes": minutes}
    )
    if minutes < MIN_MINUTES:
        raise RecordingsError(_("Too little to learn a voice from: at least %(min).0f minutes.") % {"min": MIN_MINUTES})
    if minutes < FEW_MINUTES:
        say(_("That is little; with ten minutes or more the voice gets better."))
