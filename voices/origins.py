"""Where sound comes from: of all that the service has spoken, what is needed to know it again.

A row has no text and names neither the request nor its owner. It outlives both, so that the service can say of a file
that it made it after whoever asked for it has deleted it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from voices.synth.fingerprint import find_peaks, keys_of
from voices.synth.mark import Mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voices.synth.fingerprint import Peaks

MOST_ALIKE = 8  # rows that are compared with a sound, of those that have keys in common with it

_MOST_KEYS_IN_COMMON = """
    SELECT id FROM (
        SELECT id, (SELECT count(*) FROM unnest(keys) AS key WHERE key = ANY(%(keys)s::int[])) AS common
        FROM voices_origin WHERE keys && %(keys)s::int[]
    ) AS alike ORDER BY common DESC, id DESC LIMIT %(most)s
"""


class OriginQuerySet(models.QuerySet["Origin"]):
    def record(self, origin: Origin) -> None:
        """Write the origin of a request's audio, in place of that of an earlier attempt."""
        others = [field.name for field in Origin._meta.fields if field.name not in ("id", "reference")]
        self.bulk_create([origin], update_conflicts=True, unique_fields=["reference"], update_fields=others)

    def alike(self, keys: NDArray[np.int32]) -> Sequence[Origin]:
        """Return the rows with the most of these keys, the most first, at most ``MOST_ALIKE``."""
        with connection.cursor() as cursor:
            cursor.execute(_MOST_KEYS_IN_COMMON, {"keys": keys.tolist(), "most": MOST_ALIKE})
            order = [pk for (pk,) in cursor.fetchall()]
        rows = self.in_bulk(order)
        return [rows[pk] for pk in order if pk in rows]


class Origin(models.Model):
    """One audio that the service has made: its mark, and how its sound is known again."""

    # As the mark in the file has it (voices/provenance.py).
    reference = models.CharField(_("request, as its mark names it"), max_length=32, unique=True)
    member = models.CharField(_("member"), max_length=100)
    voice = models.CharField(_("acoustic model SHA-256"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    # Of the samples in 16 bits that the file is decoded to: the same whatever its metadata are.
    samples_sha256 = models.CharField(_("SHA-256 of the samples"), max_length=64, db_index=True)
    peaks = models.BinaryField()  # `Peaks` of voices/synth/fingerprint.py, little-endian
    keys = ArrayField(models.IntegerField())

    objects = OriginQuerySet.as_manager()

    class Meta:
        verbose_name = _("origin of audio")
        verbose_name_plural = _("origins of audio")
        indexes = [GinIndex(fields=["keys"], name="origin_by_key")]

    def __str__(self) -> str:
        return f"{self.member} {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def own_peaks(self) -> Peaks:
        return np.frombuffer(self.peaks, "<f4").reshape(-1, 2)


def origin_of(mark: Mark, made_at: Any, audio: bytes) -> Origin:
    """Return the unsaved origin of a file with this mark. Takes some milliseconds for each second of sound."""
    samples, rate = soundfile.read(io.BytesIO(audio), dtype="int16")
    peaks = find_peaks(samples, rate)
    return Origin(
        reference=mark.request,
        member=mark.member,
        voice=mark.voice,
        made_at=made_at,
        samples_sha256=hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest(),
        peaks=peaks.astype("<f4").tobytes(),
        keys=keys_of(peaks).tolist(),
    )
