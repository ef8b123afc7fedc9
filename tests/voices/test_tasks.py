"""`synthesize_next`, run in this process, with a voice of random weights."""

import errno
import hashlib
import io
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django_q.exceptions import TimeoutException

from testing import factories
from testing.factories import files_below, reloaded
from voices import tasks
from voices.audio_objects import attempt_audio_name, public_audio_name
from voices.models import Member, StoredSentence, VoiceRequest
from voices.provenance import reference_of
from voices.storage import SignedFileSystemStorage
from voices.synth.engine.batching import BatchingEngine
from voices.synth.engine.reference import ReferenceEngine
from voices.tasks import synthesize_next
from voices.worker import engines
from voices.worker.loaded_voices import LoadedVoices

TWO_SENTENCES = "안녕하세요. 반갑습니다!"
PUBLIC = {"client_uuid": "fan-1", "client_created_at": "2022-08-22T10:15:30"}


@pytest.fixture
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which temporary files would be left behind."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def raising(error: BaseException) -> Callable[..., None]:
    def raise_it(*args: Any, **kwargs: Any) -> None:
        raise error

    return raise_it


def spoken(request: VoiceRequest) -> VoiceRequest:
    synthesize_next()
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
    assert files_below(media_dir) == [done.audio_name]
    assert re.fullmatch(rf"wav_files/{member.pk}/[0-9a-f]{{32}}/1_voice\.{audio_format}", done.audio_name)
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


def test_ssml_is_spoken_as_it_says(member: Member) -> None:
    text = '<speak>하나.<break time="2s"/><prosody rate="0.5">둘.</prosody></speak>'
    done = spoken(factories.queued(member, text=text, markup="ssml"))
    assert (done.status, done.spoken_text) == ("succeeded", "하나.\n둘.")
    first, second = done.captions
    assert second["start"] - first["end"] == pytest.approx(2.0, abs=0.002)
    assert [text[word["from"] : word["to"]] for word in (*first["words"], *second["words"])] == ["하나.", "둘."]


def test_dropped_characters_are_reported(member: Member) -> None:
    done = spoken(factories.queued(member, text="안녕★하세요."))
    assert done.status == "succeeded"
    assert done.dropped == [{"text": "★", "position": 2}]


def test_the_audio_is_stored_under_the_legacy_name_too(member: Member, media_dir: Path) -> None:
    done = spoken(factories.queued(member, **PUBLIC))
    public = media_dir / f"wav_files/{member.pk}/fan-1_2022-08-22T10:15:30_voice.wav"
    assert public.read_bytes() == (media_dir / done.audio_name).read_bytes()


def test_a_repeated_task_speaks_once(member: Member, media_dir: Path) -> None:
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
    store_sentence = VoiceRequest.store_sentence
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

    def store_then_overtake(self: VoiceRequest, sentence: StoredSentence) -> bool:
        reported.append(sentence.number + 1)
        held = store_sentence(self, sentence)
        if sentence.number + 1 == after:
            overtake()
        return held

    monkeypatch.setattr(VoiceRequest, "store_sentence", store_then_overtake)
    synthesize_next()

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


def spoken_after(attempts: int, request: VoiceRequest) -> VoiceRequest:
    """Return the request after so many attempts, without the pauses between them."""
    for _ in range(attempts):
        assert reloaded(request).status == "queued"
        VoiceRequest.objects.update(available_at=Now())
        synthesize_next()
    return reloaded(request)


class TestFailedAttempt:
    @pytest.fixture(autouse=True)
    def three_attempts(self, settings: Any) -> None:
        settings.MAX_ATTEMPTS = 3

    def test_is_repeated_after_growing_pauses(self, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("voices.tasks.speech.speak", raising(RuntimeError("once")))
        request = factories.queued(member)
        pauses = []
        for attempt in (1, 2):
            put_back = spoken_after(1, request)
            assert (put_back.status, put_back.attempt, put_back.error_code) == ("queued", attempt, "")
            assert put_back.started_at
            pauses.append(round((put_back.available_at - put_back.started_at).total_seconds()))
        assert pauses[0] >= 2 and pauses[1] >= 5 * 2
        monkeypatch.undo()
        assert spoken_after(1, request).status == "succeeded"

    @pytest.mark.parametrize("error", [ConnectionError("503"), TimeoutException("too long")], ids=repr)
    def test_waits_longer_before_the_last_time_if_the_storage_failed(
        self, error: BaseException, member: Member, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.STORAGE_PATIENCE_SECONDS = 1000
        monkeypatch.setattr(default_storage, "save", raising(error))
        request = factories.queued(member)
        pauses = []
        for _ in range(2):
            put_back = spoken_after(1, request)
            assert put_back.started_at
            pauses.append((put_back.available_at - put_back.started_at).total_seconds())
        assert pauses[0] < 100 and pauses[1] >= 1000
        monkeypatch.undo()
        assert spoken_after(1, request).status == "succeeded"

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (RuntimeError("unexpected"), "internal_error"),
            (MemoryError(), "internal_error"),
            (SystemExit(1), "internal_error"),
            (TimeoutException("Task exceeded maximum timeout value"), "timed_out"),
            (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        ],
        ids=repr,
    )
    def test_fails_the_request_after_the_last_one(
        self, error: BaseException, code: str, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("voices.tasks.speech.speak", raising(error))
        failed = spoken_after(3, factories.queued(member))
        assert (failed.status, failed.attempt, failed.error_code, failed.error_detail) == ("failed", 3, code, "")

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
            (ConnectionError("503"), "storage_unavailable"),
        ],
        ids=repr,
    )
    def test_leaves_no_half_written_audio(
        self, error: OSError, code: str, member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def save_half(self: SignedFileSystemStorage, name: str, content: File[bytes]) -> str:
            (media_dir / name).parent.mkdir(parents=True, exist_ok=True)
            (media_dir / name).write_bytes(content.read()[:100])
            raise error

        monkeypatch.setattr(SignedFileSystemStorage, "_save", save_half)
        failed = spoken_after(3, factories.queued(member))
        assert (failed.status, failed.error_code, failed.error_detail) == ("failed", code, "")
        assert files_below(media_dir) == []

    def test_leaves_audio_that_it_cannot_delete_to_the_sweeper(
        self, member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(SignedFileSystemStorage, "delete", raising(ConnectionError("503")))
        monkeypatch.setattr(VoiceRequest, "succeed", lambda self, **kwargs: False)
        request = factories.queued(member)
        synthesize_next()
        assert files_below(media_dir) == [attempt_audio_name(reloaded(request))]
        assert reloaded(request).cancel()
        assert reloaded(request).stray_audio

    def test_leaves_no_public_copy(self, member: Member, media_dir: Path) -> None:
        request = factories.queued(member, **PUBLIC)
        public = public_audio_name(request)
        assert public
        (media_dir / public / "in the way").mkdir(parents=True)
        failed = spoken_after(3, request)
        assert (failed.status, failed.error_code) == ("failed", "storage_unavailable")
        assert files_below(media_dir) == []


@pytest.mark.parametrize("reached", [1, 2, 3])
def test_the_next_attempt_goes_on_from_the_sentence_that_was_reached(
    reached: int, member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"text": "하나. 둘. 셋.", "seed": 7}
    whole = spoken(factories.queued(member, **fields))
    request = factories.queued(member, **fields)
    store_sentence = VoiceRequest.store_sentence
    stored: list[tuple[int, int]] = []

    def store_then_fail(self: VoiceRequest, sentence: StoredSentence) -> bool:
        held = store_sentence(self, sentence)
        stored.append((sentence.attempt, sentence.number))
        if sentence.attempt == 1 and sentence.number + 1 == reached:
            raise RuntimeError("in the middle")
        return held

    monkeypatch.setattr(VoiceRequest, "store_sentence", store_then_fail)
    done = spoken_after(2, request)

    assert (done.status, done.attempt, done.sentences_done) == ("succeeded", 2, 3)
    assert stored == [(1, number) for number in range(reached)] + [(2, number) for number in range(reached, 3)]
    samples, whole_samples = (soundfile.read(media_dir / one.audio_name, dtype="int16")[0] for one in (done, whole))
    np.testing.assert_array_equal(samples, whole_samples)
    assert done.captions == whole.captions


@pytest.mark.parametrize("priority", [VoiceRequest.Priority.INTERACTIVE, VoiceRequest.Priority.BATCH])
def test_a_sample_gives_way_at_its_next_sentence_and_goes_on_later(
    priority: int, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = factories.queued(member, text="하나. 둘. 셋.", purpose=VoiceRequest.Purpose.SAMPLE)
    asked: list[VoiceRequest] = []
    store_sentence = VoiceRequest.store_sentence

    def somebody_asks(self: VoiceRequest, sentence: StoredSentence) -> bool:
        if not asked:
            asked.append(factories.queued(member, priority=priority))
        return store_sentence(self, sentence)

    monkeypatch.setattr(VoiceRequest, "store_sentence", somebody_asks)
    given_back = spoken(sample)
    assert (given_back.status, given_back.sentences_done, given_back.error_code) == ("queued", 1, "")
    assert spoken(asked[0]).status == "succeeded"
    done = spoken(sample)
    assert (done.status, done.sentences_done) == ("succeeded", 3)
    assert list(done.sentences.order_by("number").values_list("attempt", flat=True)) == [1, 2, 2]


def test_the_stored_sentences_are_the_samples_of_the_file(member: Member, media_dir: Path) -> None:
    done = spoken(factories.queued(member, text=TWO_SENTENCES))
    samples, rate = soundfile.read(media_dir / done.audio_name, dtype="int16")
    sentences = done.sentences.order_by("number")
    assert [sentence.sample_rate for sentence in sentences] == [rate] * 2
    np.testing.assert_array_equal(np.concatenate([sentence.samples for sentence in sentences]), samples)


def test_a_commit_whose_confirmation_was_lost_counts(
    member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(change: Callable[[], Any]) -> Any:
        """Commit, then raise as if the connection had broken."""
        change()
        return change()

    monkeypatch.setattr("voices.tasks.through_outage", twice)
    done = spoken(factories.queued(member))
    assert done.status == "succeeded"
    assert files_below(media_dir) == [done.audio_name]


def test_size_hash_and_duration_of_the_audio_are_recorded(member: Member, media_dir: Path) -> None:
    done = spoken(factories.queued(member))
    audio = (media_dir / done.audio_name).read_bytes()
    assert (done.audio_size, done.audio_sha256) == (len(audio), hashlib.sha256(audio).hexdigest())


def test_a_task_without_a_request_does_nothing(member: Member, media_dir: Path) -> None:
    synthesize_next()
    assert files_below(media_dir) == []


def test_the_same_seed_gives_the_same_audio(member: Member, media_dir: Path) -> None:
    first, second = (spoken(factories.queued(member, seed=7)) for _ in range(2))
    one, two = (soundfile.read(io.BytesIO((media_dir / done.audio_name).read_bytes()))[0] for done in (first, second))
    np.testing.assert_array_equal(one, two)


def test_implausible_speech_is_not_published(member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "voices.synth.voice.Voice.waveform", lambda voice, mel: np.full(256 * len(mel), 0.5, np.float32)
    )
    failed = spoken(factories.queued(member, text=TWO_SENTENCES))

    assert (failed.status, failed.attempt, failed.error_code) == ("failed", 1, "voice_implausible")
    assert "steady_noise" in failed.error_detail
    assert files_below(media_dir) == []


@pytest.mark.parametrize("file_format", ["wav", "mp3", "opus", "flac"])
def test_audio_says_that_ai_made_it_and_for_which_request(file_format: str, member: Member) -> None:
    request = factories.queued(member, format=file_format)
    synthesize_next()
    request = reloaded(request)
    with default_storage.open(request.audio_name) as file, soundfile.SoundFile(file) as sound:
        said = json.loads(sound.comment)
    assert request.voice
    assert request.started_at
    assert said["ai_generated"] is True
    assert (said["request"], said["member"]) == (reference_of(request.pk), member.slug)
    assert str(request.pk) not in json.dumps(said)
    assert (said["voice"], said["made_at"]) == (
        request.voice.glow_tts_sha256,
        request.started_at.isoformat(timespec="seconds"),
    )


@pytest.mark.django_db(transaction=True)
def test_on_a_gpu_several_requests_are_spoken_at_once_and_sound_as_one_by_one(
    member: Member, broken_member: Member, media_dir: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["안녕하세요.", "반갑습니다!", "오늘도 와 줘서 고마워요. 또 만나요."]
    engine = ReferenceEngine()
    monkeypatch.setattr(engines, "exported_engines", lambda: ())
    monkeypatch.setattr(engines, "reference_engine", lambda: engine)
    monkeypatch.setattr(tasks, "loaded_voices", LoadedVoices(2**30))
    one_by_one = [spoken(factories.queued(member, text=text)) for text in texts]

    settings.DEVICE = "cuda"
    batching = BatchingEngine("cpu")  # the code that a GPU runs
    monkeypatch.setattr(engines, "reference_engine", lambda: batching)
    monkeypatch.setattr(tasks, "loaded_voices", LoadedVoices(2**30))
    at_once = [factories.queued(member, text=text) for text in texts]
    broken = factories.queued(broken_member)
    synthesize_next()
    assert reloaded(broken).error_code == "voice_unusable"
    for request, alone in zip(map(reloaded, at_once), one_by_one, strict=True):
        assert (request.status, request.attempt) == ("succeeded", 1)
        expected, found = (soundfile.read(media_dir / done.audio_name)[0] for done in (alone, request))
        assert np.abs(expected - found).max() <= 2 / 2**15
