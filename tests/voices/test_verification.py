"""Whether a file was made here: real speech of a demo voice, as files come back from the world."""

import io
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from numpy.typing import NDArray

from testing import factories
from testing.factories import reloaded
from testing.processes import REPOSITORY
from voices.choices import MadeHere
from voices.intake import sound
from voices.intake.sound import SoundRefused, decode_sound
from voices.library.manifest import read_manifest
from voices.models import Member, Origin, VoiceRequest
from voices.origins import origin_of
from voices.provenance import reference_of
from voices.synth import encode, load_voice, synthesize
from voices.synth.mark import Mark
from voices.synth.streaming import stream_encoder
from voices.tasks import synthesize_next
from voices.verification import verify

MADE, ANOTHER = "오늘도 와 줘서 고마워. 네 덕분에 힘이 나.", "내일은 날씨가 맑고 따뜻할 거라고 해요."
MARK = Mark(member="haneul", voice="a" * 64, request="b" * 32, made_at="2026-11-25T10:00:00")
Samples = NDArray[np.int16]


@pytest.fixture(scope="module")
def speech() -> dict[str, Samples]:
    """Speak with a demo voice what is known, and what is not."""
    folder = REPOSITORY / "voice_model"
    demo = read_manifest(folder)[0]
    voice = load_voice(folder / demo.glow_tts_dir, folder / demo.hifigan_dir, mode=demo.mode)
    assert voice.sample_rate == RATE
    return {text: (synthesize(voice, text).samples * 32767).astype(np.int16) for text in (MADE, ANOTHER)}


RATE = 22050


@pytest.fixture
def known(speech: dict[str, Samples], db: None) -> Samples:
    """The samples of what the service has made, as an MP3."""
    Origin.objects.record(origin_of(MARK, timezone.now(), encode(speech[MADE], RATE, "mp3", MARK)))
    return speech[MADE]


def written(folder: Path, samples: Samples, kind: str = "mp3", mark: Mark | None = None, rate: int = RATE) -> Path:
    path = folder / f"sound.{kind}"
    path.write_bytes(encode(samples, rate, kind, mark) if mark else _without_mark(samples, rate, kind))
    return path


def _without_mark(samples: Samples, rate: int, kind: str) -> bytes:
    file = io.BytesIO()
    container, subtype = {"wav": ("WAV", "PCM_16"), "mp3": ("MP3", "MPEG_LAYER_III"), "ogg": ("OGG", "VORBIS")}[kind]
    soundfile.write(file, samples, rate, format=container, subtype=subtype)
    return file.getvalue()


def resampled(samples: Samples, by: float) -> Samples:
    sound: Samples = np.clip(soxr.resample(samples.astype(np.float32), RATE * by, RATE), -32768, 32767).astype(np.int16)
    return sound


def with_music(samples: Samples) -> Samples:
    """Lay a chord that changes twice a second, and noise, 15 dB below the speech."""
    generator, seconds = np.random.default_rng(1), np.arange(len(samples)) / RATE
    music = generator.normal(0, 0.5, len(samples))
    for half_second in range(int(seconds[-1] * 2) + 1):
        part = (seconds * 2).astype(int) == half_second
        for note in generator.choice([220.0, 261.6, 329.6, 440.0, 523.3, 659.3], 3, replace=False):
            music[part] += np.sin(2 * np.pi * note * seconds[part])
    music *= 10 ** (-15 / 20) * np.sqrt(np.mean(samples.astype(float) ** 2) / np.mean(music**2))
    mixed: Samples = np.clip(samples + music, -32768, 32767).astype(np.int16)
    return mixed


Change = Callable[[Samples], Samples]
CHANGES: dict[str, tuple[str, Change]] = {
    "as MP3": ("mp3", lambda samples: samples),
    "as Vorbis": ("ogg", lambda samples: samples),
    "cut": ("mp3", lambda samples: samples[RATE // 2 : RATE // 2 + 2 * RATE]),
    "five percent faster": ("mp3", lambda samples: resampled(samples, 1.05)),
    "five percent slower": ("mp3", lambda samples: resampled(samples, 0.95)),
    "with quiet music": ("mp3", with_music),
    "between others": ("mp3", lambda samples: np.concatenate([np.zeros(3 * RATE, np.int16), samples, samples[::-1]])),
}


class TestWhatWasMadeHere:
    @pytest.mark.parametrize(("kind", "change"), CHANGES.values(), ids=CHANGES)
    def test_it_is_known_by_its_sound_without_metadata(
        self, kind: str, change: Change, known: Samples, tmp_path: Path
    ) -> None:
        verdict = verify(written(tmp_path, change(known), kind))
        assert verdict.made_here == MadeHere.SAME_SOUND
        assert [origin.reference for origin in verdict.origins] == [MARK.request]
        assert verdict.mark == {}

    def test_it_is_known_by_its_samples_where_only_the_metadata_are_gone(self, known: Samples, tmp_path: Path) -> None:
        path = written(tmp_path, known, "mp3", MARK)
        tagged = path.read_bytes()
        assert tagged[:3] == b"ID3"
        size = 10 + sum((byte & 127) << shift for byte, shift in zip(tagged[6:10], (21, 14, 7, 0), strict=True))
        path.write_bytes(tagged[size:])
        assert verify(path).made_here == MadeHere.SAME_SAMPLES

    def test_a_saved_stream_of_unknown_length_is_read(self, known: Samples, tmp_path: Path) -> None:
        encoder = stream_encoder("wav", RATE, MARK)
        (tmp_path / "saved.wav").write_bytes(encoder.write(known) + encoder.close())
        verdict = verify(tmp_path / "saved.wav")
        assert verdict.made_here == MadeHere.SAME_SOUND
        assert verdict.mark["request"] == MARK.request


class TestWhatWasNot:
    def test_the_same_voice_with_other_words_is_not_known(
        self, known: Samples, speech: dict[str, Samples], tmp_path: Path
    ) -> None:
        verdict = verify(written(tmp_path, speech[ANOTHER]))
        assert (verdict.made_here, verdict.origins) == (MadeHere.UNKNOWN, [])

    def test_our_mark_on_other_sound_is_only_what_the_file_says(
        self, known: Samples, speech: dict[str, Samples], tmp_path: Path
    ) -> None:
        verdict = verify(written(tmp_path, speech[ANOTHER], "mp3", MARK))
        assert verdict.made_here == MadeHere.SAYS_SO
        assert verdict.mark["member"] == "haneul"

    @pytest.mark.parametrize("samples", [np.zeros(RATE, np.int16), np.ones(10, np.int16)], ids=["silence", "a click"])
    def test_what_has_no_peaks_matches_nothing(self, samples: Samples, known: Samples, tmp_path: Path) -> None:
        Origin.objects.record(origin_of(Mark(request="c" * 32), timezone.now(), encode(samples, RATE, "wav")))
        other = np.zeros(2 * RATE, np.int16)
        assert verify(written(tmp_path, other, "wav")).made_here == MadeHere.UNKNOWN

    @pytest.mark.parametrize(
        "comment", ["", "[1]", '{"ai_generated": 1}', "[" * 4000, '{"ai_generated": true, "service": 7, "x": "y"}']
    )
    def test_metadata_of_others_are_no_mark(self, comment: str, db: None, tmp_path: Path) -> None:
        with soundfile.SoundFile(tmp_path / "a.wav", "w", RATE, 1) as file:
            file.comment = comment or " "
            file.write(np.zeros(RATE, np.int16))
        assert verify(tmp_path / "a.wav").mark == {}


class TestFilesOfStrangers:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"x" * 5000,
            b"RIFF\xff\xff\xff\xffWAVE",
            b"ID3\x04" + b"\xff" * 3000,
            b"fLaC" + b"\0" * 500,
            b"OggS" * 99,
        ],
        ids=["nothing", "text", "a header", "a tag", "flac", "ogg"],
    )
    def test_what_is_no_sound_is_refused(self, content: bytes, tmp_path: Path) -> None:
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(SoundRefused, match="not_sound"):
            decode_sound(tmp_path / "x")

    def test_bounds(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "x.wav"
        path.write_bytes(b"RIFF" + bytes(sound.MAX_BYTES))
        with pytest.raises(SoundRefused, match="sound_too_large"):
            decode_sound(path)
        written(tmp_path, np.zeros((sound.LONGEST_SECONDS + 1) * 8000, np.int16), "wav", rate=8000)
        (tmp_path / "sound.wav").rename(path)
        with pytest.raises(SoundRefused, match="sound_too_long"):
            decode_sound(path)

    def test_only_its_beginning_is_kept(self, tmp_path: Path) -> None:
        decoded = decode_sound(written(tmp_path, np.ones(90 * 8000, np.int16), "wav", rate=8000))
        assert len(decoded.samples) == sound.SECONDS_HEARD * 8000

    def test_a_data_chunk_that_lies_about_its_length_is_read_to_the_end(self, tmp_path: Path) -> None:
        path = written(tmp_path, np.ones(RATE, np.int16), "wav")
        content = path.read_bytes()
        at = content.index(b"data")
        path.write_bytes(content[: at + 4] + struct.pack("<I", 2**31) + content[at + 8 :])
        assert len(decode_sound(path).samples) <= RATE


@pytest.fixture
def spoken(member: Member) -> Path:
    """A file that a worker has made."""
    request = factories.queued(member, text=MADE, format="opus")
    synthesize_next()
    return Path(default_storage.path(reloaded(request).audio_name))


def test_a_worker_writes_where_sound_comes_from(spoken: Path, member: Member) -> None:
    origin = Origin.objects.get()
    request = VoiceRequest.objects.get()
    assert (origin.reference, origin.member, origin.made_at) == (
        reference_of(request.pk),
        member.slug,
        request.started_at,
    )
    assert verify(spoken).made_here == MadeHere.SAME_SAMPLES
    request.delete()
    assert verify(spoken).made_here == MadeHere.SAME_SAMPLES


def test_the_command_tells_it(spoken: Path, member: Member, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_audio", spoken)
    told = capsys.readouterr().out
    assert told.startswith("same_samples: ")
    assert f"member {member.slug}" in told and "its metadata say: service = ForV Voices" in told
    with pytest.raises(CommandError, match="not_sound"):
        call_command("verify_audio", __file__)
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_audio", spoken.parent / "none.wav")


class TestTheApi:
    def test_it_says_whose_voice_it_is_and_when_it_was_made_and_no_more(
        self, spoken: Path, member: Member, client: Client
    ) -> None:
        with spoken.open("rb") as file:
            response = client.post("/api/verifications/", {"file": file}, headers={"accept-language": "en"})
        assert response.status_code == 200
        told = response.json()
        assert (told["made_here"], told["message"]) == ("same_samples", "Yes: every sample is the same.")
        assert set(told["origins"][0]) == {"member", "voice", "made_at", "request"}
        assert MADE not in json.dumps(told, ensure_ascii=False)

    @pytest.mark.parametrize(("body", "code"), [({}, "missing_field"), ({"file": io.BytesIO(b"x")}, "not_sound")])
    def test_what_is_refused(self, body: dict[str, Any], code: str, client: Client, db: None) -> None:
        response = client.post("/api/verifications/", body)
        assert (response.status_code, response.json()["error"]["code"]) == (400, code)
        assert response.json()["error"]["field"] == "file"

    def test_so_many_a_minute(self, client: Client, db: None, settings: Any) -> None:
        settings.CALLS_PER_MINUTE = {**settings.CALLS_PER_MINUTE, "verifications": 1}
        settings.FANS_PER_ADDRESS = 1
        assert [client.post(path).status_code for path in ("/api/verifications/", "/verify")] == [400, 429]


class TestThePage:
    def test_it_tells_in_korean_whose_voice_it_is(self, spoken: Path, member: Member, client: Client) -> None:
        form = client.get("/verify")
        assert "여기서 만든 목소리인가요?" in form.content.decode()
        assert "unsafe-inline" not in form["Content-Security-Policy"]
        with spoken.open("rb") as file:
            # Browsers send no cookie that would have to be checked.
            answer = Client(enforce_csrf_checks=True).post("/verify", {"file": file})
        page = answer.content.decode()
        assert 'data-made-here="same_samples"' in page
        assert f"{member.name} 목소리로 AI가 만들었어요." in page
        assert answer["Cache-Control"] == "no-store"

    def test_what_can_not_be_read_is_said_kindly(self, client: Client, db: None) -> None:
        assert "먼저 파일을 골라 주세요." in client.post("/verify").content.decode()
        answer = client.post("/verify", {"file": io.BytesIO(b"<script>")})
        assert answer.status_code == 400
        assert "소리로 읽을 수 없는 파일이에요." in answer.content.decode()
