"""Read a text: from what a fan typed to what a voice can speak."""

from voices.synth.text.normalize.lexicon import Lexicon
from voices.synth.text.reading import cut_at_breath, read
from voices.synth.text.spoken import Dropped, Markup, Mode, Sentence, Spoken, Token, Word

__all__ = ["Dropped", "Lexicon", "Markup", "Mode", "Sentence", "Spoken", "Token", "Word", "cut_at_breath", "read"]
