"""Why a file of a voice is refused: a stable code with its parameters, and a reason and a remedy for each code."""

from __future__ import annotations

from typing import Literal, TypeGuard

import msgspec

# The files of one model. "folder" is not a file: something is missing in it.
Part = Literal["weights", "config", "statistics", "card", "folder"]
Parameter = str | int | float

MAX_PARAMETER = 80  # characters; what a stranger's file says is shortened to this in a message


class Refusal(msgspec.Struct, frozen=True, tag="refused"):
    """A code of `REASONS`, the file that is meant, and what the code's sentences name."""

    code: str
    part: Part
    parameters: dict[str, Parameter] = {}


class FileProblem(msgspec.Struct, frozen=True):
    """What is wrong with a file of a voice, in a form that can be stored and told in any language."""

    model: str  # "Glow-TTS", "HiFi-GAN", or "" where a file belongs to neither
    file: str  # its name as the user knows it
    code: str  # of `REASONS`
    parameters: dict[str, Parameter] = {}

    @property
    def where(self) -> str:
        """The model and the file."""
        return f"{self.model} {self.file}".strip()

    def __str__(self) -> str:
        """Return the file and the reason in English, without the remedy."""
        return f"{self.where}: {REASONS[self.code][0] % self.parameters}."


class Refused(Exception):
    """Raised by a reader that refuses a file."""

    def __init__(self, part: Part, code: str, **parameters: object) -> None:
        """Take the file and a code of `REASONS` with the parameters that its sentences name."""
        shown = {name: value if _is_small(value) else shorten(value) for name, value in parameters.items()}
        super().__init__(REASONS[code][0] % shown)
        self.refusal = Refusal(code, part, shown)


def _is_small(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and abs(value) < 2**53


def shorten(value: object) -> str:
    """Return a value of a stranger's file on one line, without control characters, at most MAX_PARAMETER long."""
    try:
        text = "".join(character if character.isprintable() else " " for character in str(value)[: 4 * MAX_PARAMETER])
    except ValueError:  # an integer of too many digits
        text = "a number of thousands of digits"
    text = " ".join(text.split())
    return text if len(text) <= MAX_PARAMETER else text[: MAX_PARAMETER - 1] + "…"


def _(message: str) -> str:
    """Mark a message for translation; a higher layer translates it."""
    return message


_EXPORT = _("Save the model again with coqui-tts, and bring the file that it writes.")
_COPY = _("Copy or download the file again, and compare its size with the original.")
_CONFIG = _("Bring the config that was saved with this checkpoint.")
_OWN = _("Bring the file of the training run itself; do not use a checkpoint whose origin you don't know.")
_BOTH = _("Bring a Glow-TTS and a HiFi-GAN that were trained with the same audio settings.")

# code: (reason, remedy), both in English. Codes never change.
REASONS: dict[str, tuple[str, str]] = {
    # --- which files there are ---
    "folder_empty": (
        _("the folder is missing or empty"),
        _("Name the folder that holds the checkpoint and its config."),
    ),
    "no_config": (
        _("the folder has neither N%(letter)s_config.json nor config.json"),
        _("Put the config of the training run beside the checkpoint."),
    ),
    "several_configs": (_("the folder has several configs: %(names)s"), _("Leave only the config of this checkpoint.")),
    "no_checkpoint": (_("the folder has no checkpoint (.pth or .pth.tar)"), _("Put the checkpoint beside the config.")),
    "no_pair": (
        _("holds neither both models nor two folders of these names: %(names)s"),
        _("Put both models into one folder, or into two folders of such names."),
    ),
    "missing": (_("the file is missing"), _("Put the file back, or import the voice again.")),
    "statistics_missing": (
        _("statistics file is missing"),
        _("Bring scale_stats.npy of the training run; the config asks for it (audio.stats_path)."),
    ),
    "other_weights": (_("these are not the weights that were imported"), _("Import the voice again.")),
    # --- any file ---
    "too_large": (_("the file is larger than %(max)d bytes"), _EXPORT),
    "needs_too_much": (_("reading it takes more memory or time than such a file needs"), _EXPORT),
    "unreadable": (_("the file can't be read"), _COPY),
    "git_lfs": (_("this is a pointer of Git LFS, not the file itself"), _("Fetch the file with `git lfs pull`.")),
    "web_page": (
        _("this is a web page, not the file itself"),
        _("Download the file itself; the address led to a page about it."),
    ),
    "archive": (
        _("this is an archive of files (%(kind)s), not the file itself"),
        _("Unpack it, and bring the file that is in it."),
    ),
    # --- checkpoints ---
    "damaged": (_("the file is damaged or truncated"), _COPY),
    "zip_without_end": (_("the zip does not end with its directory"), _COPY),
    "zip_damaged": (_("the zip's directory is damaged"), _COPY),
    "zip_ambiguous": (_("the zip has two directories that differ"), _OWN),
    "zip_displaced": (_("the zip's directory is not where it says"), _OWN),
    "zip_twice": (_("the zip has two members of one name (%(name)s)"), _OWN),
    "runs_code": (_("refused, its pickle would run code (%(name)s)"), _OWN),
    "no_weights": (
        _("the file holds no model weights"),
        _("Bring the checkpoint of the model, not that of another part."),
    ),
    "not_glow_tts": (
        _("these are not the weights of an acoustic model (glow_tts)"),
        _("Bring the checkpoint of Glow-TTS here, and that of HiFi-GAN as the vocoder."),
    ),
    "not_hifigan": (
        _("these are not the weights of a vocoder (hifigan_generator)"),
        _("Bring the checkpoint of HiFi-GAN here, and that of Glow-TTS as the acoustic model."),
    ),
    "not_plain_tensor": (_("%(name)s is not a plain tensor"), _EXPORT),
    "claims_more": (_("%(name)s claims more numbers than the file holds"), _OWN),
    "not_finite": (
        _("%(name)s holds NaN or infinity"),
        _("The training run had failed by then; bring an earlier checkpoint."),
    ),
    "weight_norm": (_("%(name)s and %(other)s don't fit each other"), _EXPORT),
    "too_many_weights": (_("the model has more than %(max)d numbers"), _("Bring a model of a usual size.")),
    "weight_missing": (_("%(name)s is missing"), _CONFIG),
    "weight_unknown": (_("%(name)s does not belong to this model"), _CONFIG),
    "weight_shape": (_("%(name)s has shape %(shape)s, but the config asks for %(expected)s"), _CONFIG),
    "weight_type": (_("%(name)s holds %(type)s, but the model needs %(expected)s"), _EXPORT),
    "impossible_model": (_("its config describes no possible model (%(error)s)"), _CONFIG),
    "larger_model": (_("its config describes a larger model than the file holds"), _CONFIG),
    "not_invertible": (
        _("a flow's matrix cannot be inverted"),
        _("The training run had failed by then; bring an earlier checkpoint."),
    ),
    "vocabulary_size": (_("its vocabulary has %(found)d symbols, but %(other)s lists %(listed)d"), _CONFIG),
    # --- configs ---
    "config_not_json": (
        _("config is not readable JSON (line %(line)d)"),
        _("Mend the config at this line, or bring the original."),
    ),
    "config_not_text": (_("config is not readable JSON (not text in UTF-8)"), _("Save the config as UTF-8.")),
    "config_nested": (_("config is not readable JSON (nested too deeply)"), _CONFIG),
    "config_no_object": (_("config is not a JSON object"), _CONFIG),
    "not_acoustic": (
        _("expected an acoustic model (glow_tts), found %(found)s"),
        _("Bring the config of Glow-TTS here; other acoustic models are not supported."),
    ),
    "not_vocoder": (
        _("expected a vocoder (hifigan_generator), found %(found)s"),
        _("Bring the config of HiFi-GAN here; other vocoders are not supported."),
    ),
    "other_program": (
        _("this is a config of %(program)s, not of coqui-tts"),
        _("Train or convert the model with coqui-tts; its configs and checkpoints are read."),
    ),
    "no_audio": (_("the config has no audio section"), _CONFIG),
    "no_layers": (_("the config has no generator_model_params"), _CONFIG),
    "not_a_number": (_("%(name)s is %(value)s, expected a number from %(low)s to %(high)s"), _CONFIG),
    "not_whole": (_("%(name)s is %(value)s, expected a whole number"), _CONFIG),
    "no_numbers": (_("%(name)s is not a list of numbers"), _CONFIG),
    "not_text": (_("%(name)s is not text"), _CONFIG),
    "frame_rate": (
        _("sample_rate and hop_length make %(rate)s mel frames a second, expected %(low)d to %(high)d"),
        _CONFIG,
    ),
    "several_speakers": (
        _("voices of several speakers in one checkpoint are not supported"),
        _("Train a checkpoint of one speaker."),
    ),
    "encoder": (_("unknown encoder_type %(found)s"), _("Train Glow-TTS with the encoder rel_pos_transformer.")),
    "upsampling": (
        _("upsample_factors make %(made)d samples of a frame, but hop_length is %(hop_length)d"),
        _CONFIG,
    ),
    "in_channels": (_("in_channels is %(found)s, but num_mels is %(n_mels)d"), _CONFIG),
    "models_differ": (_("%(name)s is %(ours)d%(unit)s, but %(other)s says %(theirs)d"), _BOTH),
    "no_characters": (_("the config has no characters"), _CONFIG),
    "phonemes": (
        _("the voice was trained on phonemes, which this service does not make"),
        _("Train with use_phonemes: false, on Hangul."),
    ),
    "characters_class": (_("unknown characters_class %(found)s"), _("Train with coqui's Graphemes.")),
    "order_unknown": (
        _("is_unique without is_sorted leaves the order of the symbols to chance"),
        _("Set is_sorted as it was in training, or train with is_unique: false."),
    ),
    "character_twice": (_("the config names a character twice"), _CONFIG),
    "symbol_missing": (_("the config names no %(name)s symbol, but asks for it"), _CONFIG),
    "text_cleaner": (
        _("unknown text_cleaner %(found)s"),
        _("Set the text_cleaner of the training to one that is known: %(known)s."),
    ),
    # --- statistics ---
    "statistics_damaged": (_("statistics file is damaged or truncated"), _COPY),
    "statistics_no_dict": (
        _("statistics file does not hold a dict"),
        _("Bring scale_stats.npy as coqui-tts wrote it."),
    ),
    "statistics_no_array": (
        _("%(name)s is not an array of numbers"),
        _("Bring scale_stats.npy as coqui-tts wrote it."),
    ),
    "statistics_shape": (
        _("%(name)s has shape %(shape)s, but the model has %(n_mels)d mel bands"),
        _("Bring scale_stats.npy of the same training run."),
    ),
    "statistics_not_positive": (
        _("mel_std is not positive everywhere"),
        _("Compute the statistics again, without silent recordings."),
    ),
    "statistics_range": (
        _("%(name)s holds values that no mel has"),
        _("Bring scale_stats.npy as coqui-tts wrote it."),
    ),
    # --- cards ---
    "card_nested": (_("nested too deeply"), _("Leave the card away, or write it as docs/voices.md says.")),
    "card_invalid": (
        _("it is no card that can be read: %(error)s"),
        _("Leave the card away, or write it as docs/voices.md says."),
    ),
}
