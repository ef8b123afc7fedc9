"""The corpus folder as the two training loops want it: in memory, with mels and symbol ids."""

import pathlib
from dataclasses import dataclass

import numpy as np
import soundfile
import torch
from TTS.tts.utils.text.tokenizer import TTSTokenizer
from TTS.utils.audio import AudioProcessor

from voice_model.training.make_corpus import sentences, wav_name
from voice_model.training.model_configs import acoustic_config
from voice_model.training.pronunciation import pronounced_jamo


@dataclass(frozen=True)
class Utterance:
    """One sentence and the teacher's reading of it."""

    symbol_ids: torch.Tensor  # int64 [n_symbols]
    mel: torch.Tensor  # float32 [n_frames, n_mels], natural log
    waveform: torch.Tensor  # float32 [n_samples], -1..1


def load_utterances(corpus: pathlib.Path) -> list[Utterance]:
    """All sentences that have been read so far and were not set aside in ``rejected.txt``."""
    config = acoustic_config()
    tokenizer, _ = TTSTokenizer.init_from_config(config)
    audio_processor = AudioProcessor(config.audio)
    rejected_list = corpus / "rejected.txt"
    rejected = set(rejected_list.read_text().split()) if rejected_list.exists() else set()
    utterances = []
    for sentence in sentences():
        path = corpus / wav_name(sentence)
        if path.name in rejected or not path.exists():
            continue
        waveform, _ = soundfile.read(path, dtype="float32")
        mel = audio_processor.melspectrogram(waveform)
        utterances.append(
            Utterance(
                torch.tensor(tokenizer.text_to_ids(pronounced_jamo(sentence))),
                torch.from_numpy(np.ascontiguousarray(mel.T)),
                torch.from_numpy(waveform),
            )
        )
    return utterances
