"""Steps of the recipe on a small voice: training both models, export, loudness."""

import importlib.util
import math
import random
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from testing.processes import REPOSITORY
from testing.small_voice import write_small_acoustic_model, write_small_corpus, write_small_vocoder
from training import train_vocoder
from training.corpus.folder import load_utterances
from training.discriminators import FullDiscriminators
from training.models.start import open_acoustic_model, open_vocoder
from training.train_acoustic import train_acoustic
from training.train_vocoder import PEAK, SpokenVoice, load_voice, segments
from training.voice import export
from voices.synth.models import find_model


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small voice, a corpus, and in run/ an acoustic model that was trained from that voice for two steps."""
    folder = tmp_path_factory.mktemp("recipe")
    write_small_acoustic_model(folder / "glow")
    write_small_vocoder(folder / "hifi")
    write_small_corpus(folder / "corpus")
    utterances = load_utterances(folder / "corpus", open_acoustic_model(folder / "glow").config)
    train_acoustic(utterances, folder / "run", 2, start=folder / "glow")
    return folder


@pytest.fixture(scope="module")
def voices(recipe: Path) -> list[SpokenVoice]:
    return [load_voice(recipe / "corpus", recipe / "run", at_most) for at_most in (None, 2)]


def test_each_voice_gets_the_same_share_of_segments_whatever_the_size_of_its_corpus(voices: list[SpokenVoice]) -> None:
    silent = [replace(utterance, waveform=utterance.waveform * 0) for utterance in voices[1].utterances]
    shuffler = random.Random(0)
    cuts = [segments([voices[0], SpokenVoice(silent, voices[1].own_mels)], 8, shuffler)[1] for _ in range(20)]
    share = torch.cat(cuts).abs().amax(dim=(1, 2)).eq(0).float().mean()
    assert 0.4 < float(share) < 0.6


def test_segments_have_random_gains_and_their_mels_have_the_same(voices: list[SpokenVoice]) -> None:
    assert [len(voice.utterances) for voice in voices] == [6, 2]
    recorded = [SpokenVoice(voice.utterances, [u.mel for u in voice.utterances]) for voice in voices]
    shuffler = random.Random(0)
    cuts = [segments(recorded, 8, shuffler) for _ in range(8)]
    mels, waveforms = (torch.cat(tensors) for tensors in zip(*cuts, strict=True))
    assert float(waveforms.abs().max()) <= PEAK + 1e-6
    # The gain is applied to samples and mel, so their difference is the same for all segments.
    levels = [20 * math.log10(float(waveform.square().mean().sqrt())) for waveform in waveforms]
    of_mels = [10 * math.log10(float((2 * mel).exp().sum())) for mel in mels]
    differences = [level - of_mel for level, of_mel in zip(levels, of_mels, strict=True)]
    assert max(levels) - min(levels) > 5
    assert max(differences) - min(differences) < 2


def test_a_resumed_vocoder_run_ends_with_the_weights_of_one_that_was_never_stopped(
    recipe: Path, voices: list[SpokenVoice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_vocoder, "SAVE_EVERY", 2)
    monkeypatch.setattr(train_vocoder, "DISCRIMINATOR_WARMUP", 1)

    def train(run: str) -> None:
        train_vocoder.train_vocoder(voices, recipe / run, 4, spectral_steps=1, start=recipe / "hifi", seed=3)

    train("whole")

    def stop_at_the_fourth(voices: list[SpokenVoice], count: int, shuffler: random.Random) -> Any:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return segments(voices, count, shuffler)

    calls: list[int] = []
    with monkeypatch.context() as stopping:
        stopping.setattr(train_vocoder, "segments", stop_at_the_fourth)
        with pytest.raises(KeyboardInterrupt):
            train("stopped")
    train("stopped")
    whole, stopped = (torch.load(recipe / run / "vocoder.pth", weights_only=True) for run in ("whole", "stopped"))
    before = open_vocoder(recipe / "hifi").model.state_dict()
    assert any(not torch.equal(weights, before[name]) for name, weights in whole["model"].items())
    for name, weights in whole["average"].items():
        assert torch.equal(weights, stopped["average"][name]), name


def test_the_full_discriminators_of_a_gpu_teach_the_vocoder(
    recipe: Path, voices: list[SpokenVoice], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_vocoder, "discriminators_for", lambda device: FullDiscriminators())
    monkeypatch.setattr(train_vocoder, "SEGMENTS_PER_BATCH", {"cpu": 1})
    monkeypatch.setattr(train_vocoder, "DISCRIMINATOR_WARMUP", 1)
    train_vocoder.train_vocoder(voices, tmp_path, 2, spectral_steps=0, start=recipe / "hifi", seed=3)
    saved = torch.load(tmp_path / "vocoder.pth", weights_only=True)
    assert saved["discriminators"].keys() == FullDiscriminators().state_dict().keys()
    untrained = open_vocoder(recipe / "hifi").model.state_dict()
    assert any(not torch.equal(weights, untrained[name]) for name, weights in saved["model"].items())
    assert all(torch.isfinite(weights).all() for weights in saved["model"].values())


def test_a_run_from_before_the_discriminators_is_resumed(
    recipe: Path, voices: list[SpokenVoice], tmp_path: Path
) -> None:
    train_vocoder.train_vocoder(voices, tmp_path, 1, start=recipe / "hifi")
    saved = torch.load(tmp_path / "vocoder.pth", weights_only=True)
    older = {name: value for name, value in saved.items() if not name.startswith("discriminator")}
    assert older.keys() < saved.keys()
    torch.save(older, tmp_path / "vocoder.pth")
    train_vocoder.train_vocoder(voices, tmp_path, 2, spectral_steps=1, start=recipe / "hifi")
    assert torch.load(tmp_path / "vocoder.pth", weights_only=True)["step"] == 2


def test_the_steps_of_an_exported_voice_include_those_of_the_voice_it_started_from(
    recipe: Path, voices: list[SpokenVoice], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    shutil.copytree(recipe / "run", run)
    train_vocoder.train_vocoder(voices, run, 1, start=recipe / "hifi")
    monkeypatch.setattr(sys, "argv", ["export", str(run), str(tmp_path), "--voice", "7"])
    export.main()
    pair = tmp_path / "glow-tts" / "7", tmp_path / "hifigan-v2" / "7"
    assert find_model(pair[0], "glow_tts").weights.name == "7g_checkpoint_3.pth.tar"
    assert find_model(pair[1], "hifigan").weights.name == "7h_checkpoint_2.pth.tar"
    assert (open_acoustic_model(pair[0]).steps, open_vocoder(pair[1]).steps) == (3, 2)


@pytest.mark.skipif(importlib.util.find_spec("pyloudnorm") is None, reason="needs requirements/training.txt")
def test_the_loudness_of_a_voice_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training.voice import level

    glow_tts, vocoder = tmp_path / "glow", REPOSITORY / "voice_model" / "hifigan-v2" / "1"
    shutil.copytree(REPOSITORY / "voice_model" / "glow-tts" / "1", glow_tts)
    (config,) = glow_tts.glob("*config.json")
    sentences = ["오늘 하루도 정말 수고 많으셨어요."]
    before = level.loudness(glow_tts, vocoder, sentences)
    level.make_louder(config, -6)
    monkeypatch.setattr(level, "LOUDNESS", before)
    assert before - 8 < level.level(glow_tts, vocoder, sentences) < before - 4
    assert abs(level.loudness(glow_tts, vocoder, sentences) - before) < 0.2
    assert list(glow_tts.glob("*.part")) == []
