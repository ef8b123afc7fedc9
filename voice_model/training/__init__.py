"""The recipe of the demo voice: sentences -> a teacher's speech -> the two models."""

from voices.synth.coqui import import_torchaudio

import_torchaudio()  # coqui-tts imports it too, and fails where it does not fit the installed torch
