"""Reading: from what a fan typed to what a voice can say."""

from voices.synth.text.reading import read
from voices.synth.text.spoken import Dropped, Mode, Sentence, Spoken

__all__ = ["Dropped", "Mode", "Sentence", "Spoken", "read"]
