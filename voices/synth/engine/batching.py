"""The reference engine for a GPU: what several threads ask of a network at one moment is computed as one batch.

While a batch is computed, the next one gathers; a thread that is alone waits for nobody. On a CPU a batch takes as long
as its sentences one by one (docs/performance.md), so that only workers with a GPU use this.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakValueDictionary

import numpy as np
import torch

from voices.intake.settings import VocoderSettings
from voices.synth.engine import Encoding
from voices.synth.engine.reference import ReferenceAcousticNetwork, ReferenceEngine, ReferenceVocoderNetwork
from voices.synth.engine.windows import context_frames, cover

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from voices.synth.engine.reference import Device
    from voices.synth.engine.windows import Window
    from voices.synth.models import ConvertedModel

MOST_AT_ONCE = 16  # sentences
WINDOW = 128  # frames; all windows of a batch are of one length, so that none has padding
MOST_WINDOWS = 64

Given = TypeVar("Given")
Made = TypeVar("Made")


class BatchingEngine:
    """Runs the networks with torch on one device, several sentences at once."""

    def __init__(self, device: Device) -> None:
        self._engine = ReferenceEngine(device)
        self._device = device
        self._vocoders: WeakValueDictionary[Path, BatchingVocoderNetwork] = WeakValueDictionary()

    def acoustic_network(self, source: ConvertedModel) -> BatchingAcousticNetwork:
        """Load a Glow-TTS. Raises CheckpointError if its weights don't fit its config."""
        return BatchingAcousticNetwork(self._engine.acoustic_network(source), self._device)

    def vocoder_network(self, source: ConvertedModel) -> BatchingVocoderNetwork:
        """Load a HiFi-GAN generator; voices with the same one share it, and its batches.

        Raises CheckpointError if its weights don't fit its config.
        """
        settings = source.converted.model
        assert isinstance(settings, VocoderSettings)
        network = self._vocoders.get(source.folder)
        if network is None:
            reference = self._engine.vocoder_network(source)
            network = BatchingVocoderNetwork(reference, self._device, sum(context_frames(settings.layers)))
            self._vocoders[source.folder] = network
        return network


class BatchingAcousticNetwork:
    """coqui's `GlowTTS`; its layers leave out what only fills a batch up."""

    def __init__(self, network: ReferenceAcousticNetwork, device: Device) -> None:
        self._model = network.model
        self._device = device
        self.memory_bytes = network.memory_bytes
        self.encode: Callable[[Sequence[int]], Encoding] = Gathered(self.encode_batch)
        self.decode: Callable[[NDArray[np.float32]], NDArray[np.float32]] = Gathered(self.decode_batch)

    @torch.inference_mode()
    def encode_batch(self, sentences: list[Sequence[int]]) -> list[Encoding]:
        """Run the encoder over the symbols of several sentences."""
        lengths = [len(ids) for ids in sentences]
        symbols = torch.nn.utils.rnn.pad_sequence([torch.tensor(list(ids)) for ids in sentences], batch_first=True)
        mean, log_scale, log_durations, _ = self._model.encoder(
            symbols.to(self._device), torch.tensor(lengths, device=self._device)
        )
        parts = (part.cpu().numpy() for part in (mean, log_scale, log_durations[:, 0]))
        return [
            Encoding(*(part[..., :length] for part in of_sentence))
            for length, *of_sentence in zip(lengths, *parts, strict=True)
        ]

    @torch.inference_mode()
    def decode_batch(self, latents: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Run the inverse flow over several latents [n_mels, n_frames], each of its own length."""
        group = self._model.decoder.num_squeeze
        lengths = [latent.shape[1] // group * group for latent in latents]
        x = torch.zeros(len(latents), latents[0].shape[0], max(lengths))
        mask = torch.zeros(len(latents), 1, max(lengths))
        for row, (latent, length) in enumerate(zip(latents, lengths, strict=True)):
            x[row, :, :length] = torch.from_numpy(np.ascontiguousarray(latent[:, :length]))
            mask[row, :, :length] = 1
        mels, _ = self._model.decoder(x.to(self._device), mask.to(self._device), reverse=True)
        return [mel[:, :length] for mel, length in zip(mels.cpu().numpy(), lengths, strict=True)]


class BatchingVocoderNetwork:
    """coqui's `HifiganGenerator`, which runs over windows of several utterances."""

    def __init__(self, network: ReferenceVocoderNetwork, device: Device, context: int) -> None:
        """Take the network, where it runs, and how many frames on each side a sample depends on."""
        self._generator = network.generator
        self._device = device
        self._context = context
        self.memory_bytes = network.memory_bytes
        self.generate: Callable[[NDArray[np.float32]], NDArray[np.float32]] = Gathered(self.generate_batch)

    @torch.inference_mode()
    def generate_batch(self, utterances: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Run the generator over the features [n_mels, n_frames] of several utterances, each of its own length."""
        sizes = (WINDOW,) if 2 * self._context < WINDOW else ()
        of_one_size: dict[int, list[tuple[NDArray[np.float32], Window, int]]] = defaultdict(list)
        for row, features in enumerate(utterances):
            for window in cover(features.shape[1], sizes, self._context):
                given = features[:, window.start : window.start + window.size]
                of_one_size[window.size].append((given, window, row))
        pieces: list[list[NDArray[np.float32]]] = [[] for _ in utterances]  # of one utterance, all have one size
        for size, windows in of_one_size.items():
            for begin in range(0, len(windows), MOST_WINDOWS):
                batch = windows[begin : begin + MOST_WINDOWS]
                given = np.stack([given for given, _, _ in batch])
                made = self._generator(torch.from_numpy(given).to(self._device))[:, 0].cpu().numpy()
                hop_length = made.shape[1] // size
                for samples, (_, window, row) in zip(made, batch, strict=True):
                    first, end = ((frame - window.start) * hop_length for frame in (window.keep_from, window.keep_to))
                    pieces[row].append(samples[first:end])
        return [np.concatenate(of_utterance) for of_utterance in pieces]


class Gathered(Generic[Given, Made]):
    """Calls `run` with what threads give while another call of it runs, `MOST_AT_ONCE` at most."""

    def __init__(self, run: Callable[[list[Given]], list[Made]]) -> None:
        self._run = run
        self._waiting: list[tuple[Given, Future[Made]]] = []
        self._changing = threading.Lock()  # the list
        self._running = threading.Lock()

    def __call__(self, given: Given) -> Made:
        """Return what `run` makes of one of its batch. Raises what it raises."""
        made: Future[Made] = Future()
        with self._changing:
            self._waiting.append((given, made))
        while not made.done():
            with self._running:
                self._run_next()
        return made.result()

    def _run_next(self) -> None:
        with self._changing:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        if not batch:  # another thread has run ours along
            return
        try:
            results: list[Any] = self._run([given for given, _ in batch])
        except BaseException as error:  # a timeout of one thread must not leave the others waiting
            for _, made in batch:
                made.set_exception(error)
            return
        for (_, made), result in zip(batch, results, strict=True):
            made.set_result(result)
