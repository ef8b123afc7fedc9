"""The administrator's dictionary, as the reader wants it."""

from datetime import datetime

from voices.models import DictionaryEntry
from voices.synth.text import Lexicon

_compiled: dict[int | None, tuple[tuple[int, datetime | None], Lexicon]] = {}


def lexicon_for(member_id: int | None) -> Lexicon:
    """The member's lexicon as it is now; compiled again only when an entry has changed.

    Each process asks the database for the version, so an edit counts from the next request on, in every worker.
    """
    entries = DictionaryEntry.objects.for_member(member_id)
    version = entries.version()
    if member_id not in _compiled or _compiled[member_id][0] != version:
        _compiled[member_id] = version, Lexicon(entries.values_list("written", "reading"))
    return _compiled[member_id][1]
