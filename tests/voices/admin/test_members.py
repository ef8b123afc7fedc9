"""The admin's page of a member: what staff give in, and what of it is refused."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from testing.factories import files_below
from voices.models import Member, Suggestion

ADDRESS = "/admin/voices/member/"


def form(**fields: Any) -> dict[str, Any]:
    """Return the fields of the page, without its inlines' rows."""
    management = {
        f"{prefix}-{name}_FORMS": number
        for prefix in ("suggestions", "voices")
        for name, number in [("TOTAL", 0), ("INITIAL", 0), ("MIN_NUM", 0), ("MAX_NUM", 1000)]
    }
    management |= {"voices-TOTAL_FORMS": 1, "voices-INITIAL_FORMS": 1} if fields.pop("has_voice", False) else {}
    return {"name": "새 멤버", "slug": "new", "links": "", "hue": "", **management, **fields}


def upload(kind: str = "PNG", colour: str = "red") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (80, 80), colour).save(file, kind)
    return SimpleUploadedFile("face.png", file.getvalue(), "image/png")


def saved(admin_client: Client, **fields: Any) -> Member:
    response = admin_client.post(f"{ADDRESS}add/", form(**fields))
    assert response.status_code == 302, response.context["errors"]
    return Member.objects.get(slug="new")


def errors(admin_client: Client, **fields: Any) -> dict[str, Any]:
    response = admin_client.post(f"{ADDRESS}add/", form(**fields))
    assert response.status_code == 200
    assert not Member.objects.filter(slug="new").exists()
    found: dict[str, Any] = response.context["adminform"].form.errors
    return found


def test_links_are_written_a_line_each(admin_client: Client) -> None:
    member = saved(admin_client, links="인스타 그램 https://example.com/a\n\nYouTube https://example.com/b")
    assert member.links == {"인스타 그램": "https://example.com/a", "YouTube": "https://example.com/b"}
    page = admin_client.get(f"{ADDRESS}{member.pk}/change/").content.decode()
    assert "인스타 그램 https://example.com/a\n" in page or "\n인스타 그램 https://example.com/a<" in page


@pytest.mark.parametrize(
    "links",
    [
        "YouTube",
        "a http://example.com/",
        "a javascript:alert(1)",
        "x" * 51 + " https://example.com/",
        "\n".join(f"{number} https://example.com/" for number in range(11)),
    ],
)
def test_other_links_are_refused(links: str, admin_client: Client) -> None:
    assert "links" in errors(admin_client, links=links)


@pytest.mark.parametrize("hue", ["360", "-1", "red"])
def test_a_hue_is_one_of_a_circle(hue: str, admin_client: Client) -> None:
    assert "hue" in errors(admin_client, hue=hue)


def test_a_greeting_can_be_spoken(admin_client: Client) -> None:
    assert "greeting" in errors(admin_client, greeting="★★★")
    assert saved(admin_client, greeting="안녕.").greeting == "안녕."


def test_a_picture_is_read_written_anew_replaced_and_taken_away(
    admin_client: Client, media_dir: Path, django_capture_on_commit_callbacks: Any
) -> None:
    member = saved(admin_client, new_picture=upload("JPEG"))
    first = files_below(media_dir)
    assert len(first) == 2
    assert all(Image.open(media_dir / name).format == "WEBP" for name in first)
    change = f"{ADDRESS}{member.pk}/change/"
    assert "/pictures/" in admin_client.get(change).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(change, form(new_picture=upload(colour="blue")))
    assert len(files_below(media_dir)) == 2
    assert files_below(media_dir) != first
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(change, form())
    assert len(files_below(media_dir)) == 2  # saved without a new one, it stays
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(change, form(no_picture="on"))
    member.refresh_from_db()
    assert (member.picture.name, files_below(media_dir)) == ("", [])


def test_a_picture_that_two_members_have_stays_with_the_other(
    admin_client: Client, media_dir: Path, django_capture_on_commit_callbacks: Any
) -> None:
    members = [saved(admin_client, new_picture=upload())]
    members[0].slug = "first"
    members[0].save()
    members.append(saved(admin_client, new_picture=upload()))
    for member, left in zip(members, (2, 0), strict=True):
        with django_capture_on_commit_callbacks(execute=True):
            member.delete()
        assert len(files_below(media_dir)) == left


def test_what_is_no_picture_is_refused(admin_client: Client, media_dir: Path) -> None:
    svg = SimpleUploadedFile("face.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png")
    assert "읽을 수 있는 사진이 아니에요." in str(errors(admin_client, new_picture=svg))
    assert files_below(media_dir) == []


def test_suggestions_are_given_in_beside_it(admin_client: Client) -> None:
    row = {"suggestions-0-label": "잘 자", "suggestions-0-text": "잘 자요.", "suggestions-0-place": 1}
    member = saved(admin_client, **{"suggestions-TOTAL_FORMS": 1}, **row)
    suggestion = Suggestion.objects.get()
    assert (suggestion.member, suggestion.label, suggestion.text) == (member, "잘 자", "잘 자요.")
