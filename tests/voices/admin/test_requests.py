"""The admin's page of a request."""

import pytest
from django.test import Client
from django.urls import reverse

from testing import factories
from testing.factories import reloaded
from voices.models import Member, VoiceRequest


def page_of(request: VoiceRequest) -> str:
    return reverse("admin:voices_voicerequest_change", args=[request.pk])


def test_a_request_links_to_its_tries_before_and_after(admin_client: Client, member: Member) -> None:
    first = factories.failed(member)
    second = first.retry()
    second.fail("internal_error", "<script>")
    third = reloaded(second).retry()

    shown = {request.pk: admin_client.get(page_of(request)).content.decode() for request in (first, second, third)}

    for one, other in [(first, second), (second, first), (second, third), (third, second), (third, first)]:
        assert page_of(other) in shown[one.pk]
    assert page_of(third) not in shown[first.pk]
    assert "voice_unusable 1g_checkpoint_1.pth.tar: not a checkpoint." in shown[second.pk]
    assert "internal_error &lt;script&gt;" in shown[third.pk]


@pytest.mark.parametrize("state", ["queued", "succeeded"])
def test_a_request_that_nobody_tried_again_has_none(state: str, admin_client: Client, member: Member) -> None:
    assert admin_client.get(page_of(getattr(factories, state)(member))).status_code == 200
