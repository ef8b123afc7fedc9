"""The administrator's dictionary."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from voices.dictionary import lexicon_for
from voices.models import DictionaryEntry, Member, VoiceRequest
from voices.synth import read
from voices.tasks import synthesize_next

CSV = "written,reading,member\r\n킴밥천국,킴밥 천국,\r\nQQX,큐큐,member-1\r\n"


def said(text: str, member: Member | None = None) -> str:
    return read(text, lexicon=lexicon_for(member.pk if member else None)).text


def test_an_edit_counts_from_the_next_reading_on(db: None) -> None:
    entry = DictionaryEntry.objects.create(written="뽀로롱", reading="보로롱")
    assert said("뽀로롱 안녕") == "보로롱 안녕"
    entry.reading = "포로롱"
    entry.save()
    assert said("뽀로롱 안녕") == "포로롱 안녕"
    entry.delete()
    assert said("뽀로롱 안녕") == "뽀로롱 안녕"


def test_particles_agree_with_what_is_read(db: None) -> None:
    DictionaryEntry.objects.create(written="QQX", reading="큐큐")
    assert said("QQX은 왔어요.") == "큐큐는 왔어요."


@pytest.mark.django_db(transaction=True)
def test_the_worker_reads_by_the_dictionary(member: Member) -> None:
    DictionaryEntry.objects.create(written="QQX", reading="큐큐", member=member)
    request = VoiceRequest.objects.submit(member=member, text="QQX 안녕.")
    synthesize_next()
    request.refresh_from_db()
    assert request.spoken_text == "큐큐 안녕."


@pytest.mark.parametrize("fields", [{"reading": "abc"}, {"reading": ""}, {"written": " x"}, {"written": "x\ny"}])
def test_what_is_no_reading_is_refused(db: None, fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        DictionaryEntry(**{"written": "QQX", "reading": "큐큐", **fields}).full_clean()


def test_one_reading_a_member(db: None) -> None:
    DictionaryEntry.objects.create(written="QQX", reading="큐큐")
    with pytest.raises(ValidationError):
        DictionaryEntry(written="QQX", reading="꾸꾸").full_clean()


def test_a_csv_comes_in_and_goes_out(admin_client: Client, member: Member) -> None:
    upload = SimpleUploadedFile("dictionary.csv", CSV.encode(), "text/csv")
    shown = admin_client.post("/admin/voices/dictionaryentry/import/", {"import_file": upload, "format": "0"})
    assert not DictionaryEntry.objects.exists()  # first it is shown what would change
    confirm = shown.context["confirm_form"].initial
    admin_client.post("/admin/voices/dictionaryentry/process_import/", confirm)
    assert said("킴밥천국 QQX", member) == "킴밥 천국 큐큐"
    exported = admin_client.post("/admin/voices/dictionaryentry/export/", {"format": "0", **_all_fields()})
    assert "QQX,큐큐,member-1" in exported.content.decode()


def test_a_bad_line_in_a_csv_is_named_and_nothing_comes_in(admin_client: Client, member: Member) -> None:
    upload = SimpleUploadedFile("dictionary.csv", b"written,reading,member\r\nABC,xyz,\r\n", "text/csv")
    shown = admin_client.post("/admin/voices/dictionaryentry/import/", {"import_file": upload, "format": "0"})
    assert "한글로 적어 주세요." in shown.content.decode()
    assert not DictionaryEntry.objects.exists()


def test_the_admin_previews_an_entry(admin_client: Client, db: None) -> None:
    entry = DictionaryEntry.objects.create(written="QQX", reading="큐큐")
    page = admin_client.get(f"/admin/voices/dictionaryentry/{entry.pk}/change/").content.decode()
    assert "큐큐는 오늘 큐큐로 불렸어요." in page


def _all_fields() -> dict[str, str]:
    return {"dictionaryentryresource_written": "on", "dictionaryentryresource_reading": "on"} | {
        "dictionaryentryresource_member": "on",
        "resource": "",
    }
