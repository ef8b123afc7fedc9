"""The fast engine: exported networks, run by OpenVINO on the CPU. Importing it loads openvino, and no torch."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakValueDictionary

import numpy as np
import openvino

from voices.intake.settings import AcousticModelSettings, VocoderSettings
from voices.synth.engine import Encoding, Unexportable
from voices.synth.engine.evaluation import evaluate
from voices.synth.engine.export import ACOUSTIC_PARTS, VOCODER_PARTS, export_folder
from voices.synth.engine.windows import context_frames, cover

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from voices.synth.models import ConvertedModel

Precision = Literal["f32", "bf16"]

# How near to what numpy computes a network must be on this machine, in dB.
LEAST_AGREEMENT: dict[Precision, float] = {"f32": 40.0, "bf16": 20.0}

# Frames that the two parts of a vocoder are compiled for. More sizes would save 3 % of a sentence's time at most.
FRONT_WINDOWS, BACK_WINDOWS = (32, 48, 96, 192), (16, 32, 128)
CHECKED_SYMBOLS, CHECKED_FRAMES = 16, 32
USUAL_FEATURES = (-4.0, 2.0)  # mean and standard deviation of a vocoder's inputs, about


class ExportedEngine:
    """Runs exported networks. Make one in the process that speaks: its threads don't survive a fork."""

    def __init__(self, threads: int, precision: Precision | None = None) -> None:
        """Take the threads of one sentence, and the precision; None takes the fastest that this processor has.

        Encoders always run in single precision, so that durations are the same on every machine.
        """
        self._core: Any = openvino.Core()
        self._core.set_property("CPU", {"INFERENCE_NUM_THREADS": threads, "ENABLE_CPU_PINNING": False})
        has_bf16 = "BF16" in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        self.precision: Precision = precision or ("bf16" if has_bf16 else "f32")
        self._vocoders: WeakValueDictionary[Path, ExportedVocoderNetwork] = WeakValueDictionary()

    def acoustic_network(self, source: ConvertedModel) -> ExportedAcousticNetwork:
        """Load a Glow-TTS, which is exported now if it never was.

        Raises Unexportable if it can't be exported, or does not say on this machine what it should.
        """
        settings = source.converted.model
        assert isinstance(settings, AcousticModelSettings)
        folder = export_folder(source)
        encoder, decoder = (folder / f"{part}.xml" for part in ACOUSTIC_PARTS)
        network = ExportedAcousticNetwork(
            self._compiled(encoder, "f32"), self._compiled(decoder, self.precision), settings.layers.num_squeeze
        )
        network.memory_bytes = _memory_bytes(encoder, decoder)
        self._check(folder, lambda: _check_acoustic(self._core, network, encoder, decoder, settings, self.precision))
        return network

    def vocoder_network(self, source: ConvertedModel) -> ExportedVocoderNetwork:
        """Load a HiFi-GAN generator, as `acoustic_network`; voices with the same one share it."""
        settings = source.converted.model
        assert isinstance(settings, VocoderSettings)
        folder = export_folder(source)
        network = self._vocoders.get(folder)
        if network is None:
            front, back = (folder / f"{part}.xml" for part in VOCODER_PARTS)
            network = ExportedVocoderNetwork(
                lambda length: self._compiled(front, self.precision, length),
                lambda length: self._compiled(back, self.precision, length),
                settings,
            )
            network.memory_bytes = _memory_bytes(front, back)
            loaded = network
            self._check(folder, lambda: _check_vocoder(self._core, loaded, front, back, settings, self.precision))
            self._vocoders[folder] = network
        return network

    def _compiled(self, path: Path, precision: Precision, length: int | None = None) -> _Network:
        """Compile a network for any length, or for one alone; what was compiled is kept beside it."""
        cache = path.parent / "compiled"
        try:
            model = self._core.read_model(path)
            if length is not None:
                shape = model.input(0).get_partial_shape()
                shape[2] = length
                model.reshape(shape)
            config = {"INFERENCE_PRECISION_HINT": precision, "CACHE_DIR": str(cache)}
            return _Network(self._core.compile_model(model, "CPU", config))
        except RuntimeError as error:  # a damaged file, or a processor without what is needed
            raise Unexportable(str(error)[:200]) from error

    def _check(self, folder: Path, check: Callable[[], None]) -> None:
        """Check an export once on each kind of machine."""
        processor = self._core.get_property("CPU", "FULL_DEVICE_NAME")
        capabilities = self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        machine = f"{processor} {capabilities} {self.precision}"
        passed = folder / f"checked-{hashlib.sha256(machine.encode()).hexdigest()[:16]}"
        if not passed.exists():
            try:
                check()
            except RuntimeError as error:  # of OpenVINO
                raise Unexportable(str(error)[:200]) from error
            passed.write_text(machine, encoding="utf-8")


class ExportedAcousticNetwork:
    """Glow-TTS's encoder and inverse flow."""

    memory_bytes: int

    def __init__(self, encoder: _Network, decoder: _Network, frames_per_group: int) -> None:
        self._encoder = encoder
        self._decoder = decoder
        self._frames_per_group = frames_per_group

    def encode(self, ids: Sequence[int]) -> Encoding:
        """Run the encoder over the symbols of one sentence."""
        mean, log_scale, log_durations = self._encoder(np.array([ids], np.int64))
        return Encoding(mean[0], log_scale[0], log_durations[0, 0])

    def decode(self, latent: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the inverse flow: latent [n_mels, n_frames] -> mel of the same shape, without an incomplete group."""
        n_frames = latent.shape[1] // self._frames_per_group * self._frames_per_group
        (mel,) = self._decoder(latent[None, :, :n_frames])
        frames: NDArray[np.float32] = mel[0]
        return frames


class ExportedVocoderNetwork:
    """HiFi-GAN's generator in two parts: the first needs much context and little work, the second the opposite."""

    memory_bytes: int

    def __init__(
        self, front: Callable[[int], _Network], back: Callable[[int], _Network], settings: VocoderSettings
    ) -> None:
        """Take what compiles each part for a length, and the settings."""
        front_context, back_context = context_frames(settings.layers)
        steps = settings.layers.upsample_factors[0]
        self._front = _Windowed(front, FRONT_WINDOWS, front_context, 1, steps)
        self._back = _Windowed(back, BACK_WINDOWS, back_context, steps, settings.audio.hop_length)

    def generate(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the generator: features [n_mels, n_frames] -> samples [n_frames * hop_length], -1..1."""
        samples: NDArray[np.float32] = self._back(self._front(features))[0]
        return samples


class _Network:
    """A compiled network of one input. Threads take turns, since one request runs at a time."""

    def __init__(self, compiled: Any) -> None:
        self._request = compiled.create_infer_request()
        self._turn = threading.Lock()

    def __call__(self, given: NDArray[Any]) -> list[NDArray[Any]]:
        with self._turn:
            return list(self._request.infer([np.ascontiguousarray(given)], share_inputs=True).values())


class _Windowed:
    """A network that runs over windows of an utterance, compiled for their lengths."""

    def __init__(
        self,
        compiled: Callable[[int], _Network],
        sizes: tuple[int, ...],
        context: int,
        steps_in: int,
        steps_out: int,
    ) -> None:
        """Take what compiles it, the windows and the context in frames, and a frame's steps that go in and come out."""
        self._compile = compiled
        self._steps_in = steps_in
        self._steps_out = steps_out
        self._context = context
        # Windows that are no longer than their contexts would not get anywhere.
        self._sizes = tuple(size for size in sizes if size > 2 * context)
        self._networks = {size: compiled(size * steps_in) for size in self._sizes}

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the network makes of x [channels, n_frames * steps_in]: [channels, n_frames * steps_out]."""
        pieces = []
        for window in cover(x.shape[1] // self._steps_in, self._sizes, self._context):
            given = x[None, :, window.start * self._steps_in : (window.start + window.size) * self._steps_in]
            (made,) = self._network(window.size)(given)
            first, end = ((frame - window.start) * self._steps_out for frame in (window.keep_from, window.keep_to))
            pieces.append(made[0, :, first:end])
        return np.concatenate(pieces, axis=1)

    def _network(self, size: int) -> _Network:
        if size not in self._networks:  # an utterance of a fraction of a second
            self._networks[size] = self._compile(size * self._steps_in)
        return self._networks[size]


def _memory_bytes(*paths: Path) -> int:
    return sum(path.with_suffix(".bin").stat().st_size for path in paths)


def _check_acoustic(
    core: Any,
    network: ExportedAcousticNetwork,
    encoder: Path,
    decoder: Path,
    settings: AcousticModelSettings,
    precision: Precision,
) -> None:
    ids = np.linspace(0, settings.symbols.row_count - 1, CHECKED_SYMBOLS).astype(np.int64)
    encoding = network.encode(ids.tolist())
    expected = evaluate(core.read_model(encoder), ids[None])
    for name, right, found in zip(
        ("means", "log scales", "log durations"),
        expected,
        (encoding.mean, encoding.log_scale, encoding.log_durations),
        strict=True,
    ):
        _require(name, right, found, "f32")
    latent = np.repeat(expected[0][0], settings.layers.num_squeeze, axis=1)
    latent += 0.3 * np.random.default_rng(0).standard_normal(latent.shape, np.float32)
    _require("mels", evaluate(core.read_model(decoder), latent[None])[0], network.decode(latent), precision)


def _check_vocoder(
    core: Any,
    network: ExportedVocoderNetwork,
    front: Path,
    back: Path,
    settings: VocoderSettings,
    precision: Precision,
) -> None:
    mean, deviation = USUAL_FEATURES
    shape = (settings.layers.in_channels, CHECKED_FRAMES)
    features = np.random.default_rng(0).normal(mean, deviation, shape).astype(np.float32)
    (hidden,) = evaluate(core.read_model(front), features[None])
    (expected,) = evaluate(core.read_model(back), hidden)
    _require("samples", expected, network.generate(features), precision)


def _require(name: str, expected: NDArray[np.float32], found: NDArray[np.float32], precision: Precision) -> None:
    """Raise Unexportable if `found` is too far from what is expected; its shape may lack axes of one."""
    allowed = np.square(expected.astype(np.float64)).sum() * 10 ** (-LEAST_AGREEMENT[precision] / 10)
    if found.size == expected.size:
        difference = np.square(expected.reshape(-1).astype(np.float64) - found.reshape(-1)).sum()
    else:
        difference = np.inf
    if not difference <= allowed:
        raise Unexportable(f"this machine computes other {name} ({precision})")
