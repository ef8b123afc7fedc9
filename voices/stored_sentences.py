"""The sentences of a request that are spoken already: heard while the others are spoken, and kept if a worker dies.

They are rows and not objects of the storage: a sentence and the progress that announces it are written by one
transaction, under the fence of the attempt, so that there is never a stray one, and the first sound does not wait for
an upload. They are deleted some minutes after the request is finished: then the audio is there.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import numpy as np
from django.db import models
from django.db.models import Case, Q, When
from django.db.models.functions import Now
from numpy.typing import NDArray

from voices.choices import ReviewStatus

if TYPE_CHECKING:
    from voices.models import VoiceRequest

# Longer than most listen: a stream that goes on after it reads the audio instead.
KEPT_FOR = timedelta(minutes=10)
_DELETED_AT_ONCE = 1000


class StoredSentenceQuerySet(models.QuerySet["StoredSentence"]):
    def continued_by(self, request: "VoiceRequest", said: Sequence[str]) -> list["StoredSentence"]:
        """Return the request's sentences, in order, if they are the beginning of what an attempt will say.

        Otherwise the voice or the reading has changed since, and the list is empty.
        """
        stored = list(self.filter(request=request).order_by("number"))
        found = [(sentence.voice_id, sentence.number, sentence.said) for sentence in stored]
        wanted = [(request.voice_id, number, text) for number, text in enumerate(said[: len(stored)])]
        return stored if found == wanted else []

    def heard_in(self, request: "VoiceRequest") -> Self:
        """Return the request's sentences, or those of requests that sound the same; its own come first."""
        same = Q(request=request)
        shared = Q(request__review_status=ReviewStatus.NOT_REQUIRED, request__withdrawn_for="")
        if request.audio_name:
            same |= shared & Q(request__audio_name=request.audio_name)
        elif request.speech_key and not request.fresh:
            same |= shared & Q(request__speech_key=request.speech_key, request__finished_at=None, voice__active=True)
        return self.filter(same).order_by(Case(When(request=request, then=0), default=1), "-attempt")

    def delete_old(self) -> int:
        """Delete sentences of requests that were finished ``KEPT_FOR`` ago, some of many. Return how many."""
        old = self.filter(request__finished_at__lt=Now() - KEPT_FOR)
        return self.filter(pk__in=old.values("pk")[:_DELETED_AT_ONCE]).delete()[0]


class StoredSentence(models.Model):
    """One spoken sentence, with the pause before it."""

    request = models.ForeignKey("voices.VoiceRequest", models.CASCADE, related_name="sentences")
    voice = models.ForeignKey("voices.Voice", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()  # from 0
    attempt = models.PositiveIntegerField()  # that spoke it
    said = models.TextField()  # as it was given to the voice
    sample_rate = models.PositiveIntegerField()  # Hz
    pcm = models.BinaryField()  # 16 bits, little-endian, one channel
    caption = models.JSONField()  # a `SentenceCaption` (voices/synth/captions.py)

    objects = StoredSentenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="one_sentence_of_each_number")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.number}"

    @property
    def samples(self) -> NDArray[np.int16]:
        """The samples [n_samples]."""
        return np.frombuffer(self.pcm, "<i2").astype(np.int16)

    @property
    def sample_count(self) -> int:
        return len(self.pcm) // 2


def as_pcm(samples: NDArray[np.int16]) -> bytes:
    """Return the form in which samples are stored."""
    return samples.astype("<i2").tobytes()
