"""synthesize_request, in this process, with a voice of random weights."""

import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests import factories
from tests.factories import files_below, reloaded
from voices.models import Member, VoiceRequest
from voices.tasks import synthesize_request

TWO_SENTENCES = "안녕하세요. 반갑습니다!"
PUBLIC = {"uuid": "fan-1", "created_at": "2022-08-22T10:15:30"}


@pytest.fixture
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which temporary files would be left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def spoken(request: VoiceRequest) -> VoiceRequest:
    synthesize_request(str(request.pk))
    return reloaded(request)


@pytest.mark.parametrize(
    ("audio_format", "container", "rate"),
    [("wav", "WAV", 22050), ("mp3", "MP3", 22050), ("opus", "OGG", 48000), ("flac", "FLAC", 22050)],
)
def test_a_request_becomes_audio_in_its_format(
    audio_format: str, container: str, rate: int, member: Member, media_dir: Path, temporary_files: Path
) -> None:
    done = spoken(factories.queued(member, text=TWO_SENTENCES, format=audio_format))

    assert (done.status, done.attempt, done.error_code) == ("succeeded", 1, "")
    assert (done.sentences_done, done.sentences_total) == (2, 2)
    assert (done.spoken_text, done.dropped) == (TWO_SENTENCES, [])
    assert done.started_at and done.finished_at and done.started_at < done.finished_at
    assert done.lease_expires_at is None
    assert files_below(media_dir) == [done.audio_name] == [f"wav_files/{member.pk}/{done.pk}/1_voice.{audio_format}"]
    with soundfile.SoundFile(media_dir / done.audio_name) as sound:
        assert (sound.format, sound.samplerate, sound.channels) == (container, rate, 1)
        samples = sound.read()
    # The tiny voice takes a tenth of a second for each of some thirty jamo.
    assert done.duration_seconds is not None and 2 < done.duration_seconds < 6
    assert len(samples) / rate == pytest.approx(done.duration_seconds, abs=0.1)
    assert np.abs(samples).max() > 0.01
    assert not any(temporary_files.iterdir())


def test_speed_and_seed_reach_the_voice(member: Member) -> None:
    slow, normal = (spoken(factories.queued(member, speed=speed)) for speed in (0.5, 1.0))
    assert slow.duration_seconds is not None and normal.duration_seconds is not None
    assert slow.duration_seconds > 1.5 * normal.duration_seconds


def test_what_cannot_be_spoken_is_reported(member: Member) -> None:
    done = spoken(factories.queued(member, text="안녕★하세요."))
    assert done.status == "succeeded"
    assert done.dropped == [{"text": "★", "position": 2}]


def test_the_audio_lies_where_the_seeds_clients_look_for_it(member: Member, media_dir: Path) -> None:
    done = spoken(factories.queued(member, **PUBLIC))
    public = media_dir / f"wav_files/{member.pk}/fan-1_2022-08-22T10:15:30_voice.wav"
    assert public.read_bytes() == (media_dir / done.audio_name).read_bytes()


def test_a_task_delivered_twice_speaks_once(member: Member, media_dir: Path) -> None:
    done = spoken(factories.queued(member))
    written = (media_dir / done.audio_name).stat().st_mtime_ns
    assert spoken(done).finished_at == done.finished_at
    assert (media_dir / done.audio_name).stat().st_mtime_ns == written


@pytest.mark.parametrize("overtaken_by", ["a cancel", "a later attempt", "a deletion"])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_overtaken_attempt_stops_at_its_next_sentence_and_leaves_no_audio(
    after: int, overtaken_by: str, member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = factories.queued(member, text="하나. 둘. 셋.", **PUBLIC)
    report_progress = VoiceRequest.report_progress
    reported: list[int] = []

    def overtake() -> None:
        row = reloaded(request)
        match overtaken_by:
            case "a cancel":
                assert row.cancel()
            case "a later attempt":
                VoiceRequest.objects.filter(pk=row.pk).update(attempt=2)
            case _:
                row.delete()

    def report_then_overtake(self: VoiceRequest, sentences_done: int) -> bool:
        reported.append(sentences_done)
        held = report_progress(self, sentences_done)
        if sentences_done == after:
            overtake()
        return held

    monkeypatch.setattr(VoiceRequest, "report_progress", report_then_overtake)
    synthesize_request(str(request.pk))

    assert reported == [1, 2, 3][: after + 1]
    assert files_below(media_dir) == []
    left = VoiceRequest.objects.filter(pk=request.pk).values_list("status", "attempt", "error_code").first()
    assert left == {"a cancel": ("cancelled", 1, ""), "a later attempt": ("processing", 2, "")}.get(overtaken_by)


def test_a_cancelled_request_is_not_spoken(member: Member, media_dir: Path) -> None:
    assert spoken(factories.cancelled(member)).status == "cancelled"
    assert files_below(media_dir) == []


def test_a_voice_that_cannot_be_loaded_fails_its_own_requests_only(
    member: Member, broken_member: Member, media_dir: Path
) -> None:
    broken = spoken(factories.queued(broken_member))
    assert (broken.status, broken.error_code) == ("failed", "voice_unusable")
    assert "2g_checkpoint_1.pth.tar" in broken.error_detail
    assert files_below(media_dir) == []
    assert spoken(factories.queued(member)).status == "succeeded"


def test_a_member_without_a_voice_fails_with_that_reason(member: Member) -> None:
    request = factories.queued(member)
    member.voices.all().delete()
    failed = spoken(request)
    assert (failed.status, failed.error_code) == ("failed", "no_voice")
    assert member.name in failed.error_detail


def test_a_text_of_which_the_voice_knows_nothing_fails_with_that_reason(member: Member) -> None:
    assert spoken(factories.queued(member, text="★")).error_code == "nothing_to_say"


def test_storage_that_refuses_is_an_internal_error_without_details(
    member: Member, media_dir: Path, temporary_files: Path
) -> None:
    request = factories.queued(member)
    (media_dir / "wav_files" / str(member.pk)).mkdir(parents=True)
    # A file where the request's folder should be.
    (media_dir / "wav_files" / str(member.pk) / str(request.pk)).write_text("in the way")
    failed = spoken(request)
    assert (failed.status, failed.error_code, failed.error_detail) == ("failed", "internal_error", "")
    assert files_below(media_dir) == [f"wav_files/{member.pk}/{request.pk}"]
    assert not any(temporary_files.iterdir())


def test_a_public_copy_that_cannot_be_written_leaves_no_audio(member: Member, media_dir: Path) -> None:
    request = factories.queued(member, **PUBLIC)
    assert request.public_audio_name
    (media_dir / request.public_audio_name).mkdir(parents=True)
    failed = spoken(request)
    assert (failed.status, failed.error_code) == ("failed", "internal_error")
    assert files_below(media_dir) == []


def test_the_same_seed_gives_the_same_audio(member: Member, media_dir: Path) -> None:
    first, second = (spoken(factories.queued(member, seed=7)) for _ in range(2))
    one, two = (soundfile.read(io.BytesIO((media_dir / done.audio_name).read_bytes()))[0] for done in (first, second))
    np.testing.assert_array_equal(one, two)
