"""The directory of a zip file, which readers must not understand in two ways.

A reader of zips finds the directory from a record at the end of the file, and from a second record if the file is large
(PKWARE APPNOTE 4.3.14 to 4.3.16). Python and torch differ in which of the two they believe, so a file can show one
reader small members and another huge ones.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

from voices.intake.refusal import Refused

_END = struct.Struct("<4s4H2IH")  # signature, two disks, entries here and in all, size, offset, length of the comment
_LOCATOR = struct.Struct("<4sIQI")  # signature, disk, offset of the large record, disks
_LARGE_END = struct.Struct("<4sQ2H2I4Q")  # signature, size, versions, disks, entries here and in all, size, offset
_SEE_LARGE_16, _SEE_LARGE_32 = 0xFFFF, 0xFFFFFFFF  # values that point to the large record


def refuse_ambiguous_zip(file: BinaryIO) -> None:
    """Raise Refused unless both records give the same directory, which ends where the records begin."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - _LOCATOR.size))
    tail = file.read()
    locator = tail[: -_END.size]
    has_locator = len(locator) == _LOCATOR.size and locator.startswith(b"PK\6\7")
    large_at = _LOCATOR.unpack(locator)[2] if has_locator else 0
    file.seek(min(large_at, size))
    large = file.read(_LARGE_END.size)
    end = _END.unpack(tail[-_END.size :])
    if end[0] != b"PK\5\6" or end[7] != 0:
        raise Refused("weights", "zip_without_end")
    entries, length, offset = end[4], end[5], end[6]
    records_at = size - _END.size
    if has_locator:
        records_at = large_at
        if len(large) != _LARGE_END.size or not large.startswith(b"PK\6\6"):
            raise Refused("weights", "zip_damaged")
        large_entries, large_length, large_offset = _LARGE_END.unpack(large)[7:]
        same = (
            entries in (large_entries, _SEE_LARGE_16)
            and length in (large_length, _SEE_LARGE_32)
            and offset in (large_offset, _SEE_LARGE_32)
        )
        if not same or records_at + _LARGE_END.size + _LOCATOR.size + _END.size != size:
            raise Refused("weights", "zip_ambiguous")
        length, offset = large_length, large_offset
    if offset + length != records_at:
        raise Refused("weights", "zip_displaced")
