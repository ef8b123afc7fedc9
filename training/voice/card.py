"""Write the card of a demo voice, `voice.toml`: its data, its training, and its character error rate.

    python -m training.voice.card GLOW_TTS_FOLDER HIFIGAN_FOLDER CORPUS_FOLDER --name 하늘 --teacher 1

The error rate is that of the recognizer on `held_out.txt`, spoken by the voice as in the service.
"""

import argparse
import datetime
import pathlib
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import torch

from training.corpus.folder import corpus_size
from training.corpus.teachers import PACKAGE, TEACHERS
from training.measures.intervals import interval
from training.measures.judge import NAME, Judge, voice_error_rate
from training.sentences import HELD_OUT, held_out_sentences
from voices.intake.card import Data, Hearing, Measured, VoiceCard
from voices.library.card import describe_model, installed_versions, read_card, write_card
from voices.synth import load_voice
from voices.synth.models import find_model

DATA_LICENCE = "Apache-2.0; recordings behind the teacher: CC BY 3.0, Koniwa (see voice_model/LICENSES.md)"
VOICE_LICENCE = "as this repository (see voice_model/LICENSES.md)"


def print_heard(said: str, heard: str, rate: float) -> None:
    print(f"{rate:.2f}\t{said}\t{heard}", flush=True)


def measured(rows: Mapping[str, Mapping[str, Sequence[float]]]) -> list[Measured]:
    """Return the rows as the card has them, without what could not be measured."""
    found = []
    for of, measures in rows.items():
        for name, values in measures.items():
            mean = interval(values)
            if mean.mean == mean.mean:  # not nan
                found.append(
                    Measured(name, of, round(mean.mean, 4), round(mean.low, 4), round(mean.high, 4), len(values))
                )
    return found


def write_measures(
    glow_tts: pathlib.Path, hifigan: pathlib.Path, rows: Mapping[str, Mapping[str, Sequence[float]]]
) -> None:
    """Replace the measures in a voice's card, and what it says of the files that were measured.

    Args:
        glow_tts: the exported acoustic model, which has a card.
        hifigan: the exported vocoder.
        rows: measures of the held-out sentences; those of the voice are in the row "after", and its error rates, named
            "CER, " and the recognizer, are its hearings.
    """
    card = read_card(glow_tts)
    if card is None:
        raise FileNotFoundError(f"{glow_tts} has no card")
    hearings = [
        Hearing(name.removeprefix("CER, "), HELD_OUT, len(rates), round(float(np.mean(rates)), 4))
        for name, rates in rows["after"].items()
        if name.startswith("CER, ")
    ]
    write_card(
        msgspec.structs.replace(
            card,
            acoustic_model=describe_model(find_model(glow_tts, "glow_tts").weights, card.acoustic_model.seed),
            vocoder=describe_model(find_model(hifigan, "hifigan").weights, card.vocoder.seed),
            hearings=hearings,
            measures=measured(rows),
        ),
        glow_tts,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a demo voice's card.")
    parser.add_argument("glow_tts", type=pathlib.Path, help="the exported acoustic model; the card is written here")
    parser.add_argument("hifigan", type=pathlib.Path, help="the exported vocoder")
    parser.add_argument("corpus", type=pathlib.Path, help="what the acoustic model was trained on")
    parser.add_argument("--name", required=True, help="the member's")
    parser.add_argument("--teacher", choices=TEACHERS, required=True, help="who read the corpus")
    parser.add_argument("--fine-tuned-from", default="", metavar="NAME", help="whose voice it began with")
    parser.add_argument("--seed", type=int, default=0, help="of the acoustic model's run")
    parser.add_argument("--vocoder-seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    source = f"a synthetic teacher, {PACKAGE}: {TEACHERS[arguments.teacher]}"
    utterances, minutes = corpus_size(arguments.corpus)
    voice = load_voice(arguments.glow_tts, arguments.hifigan, mode="pronounced")
    sentences = held_out_sentences()
    rate = voice_error_rate(voice, sentences, Judge(), print_heard)
    print(f"{NAME}, {len(sentences)} sentences: CER {rate:.4f}")
    write_card(
        VoiceCard(
            name=arguments.name,
            mode="pronounced",
            licence=VOICE_LICENCE,
            made_on=datetime.date.today(),
            fine_tuned_from=arguments.fine_tuned_from,
            data=Data(source, DATA_LICENCE, utterances, round(minutes, 1)),
            acoustic_model=describe_model(find_model(arguments.glow_tts, "glow_tts").weights, arguments.seed),
            vocoder=describe_model(find_model(arguments.hifigan, "hifigan").weights, arguments.vocoder_seed),
            versions=installed_versions(),
            hearings=[Hearing(NAME, HELD_OUT, len(sentences), round(rate, 4))],
        ),
        arguments.glow_tts,
    )


if __name__ == "__main__":
    main()
