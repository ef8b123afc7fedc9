"""What all addresses below /api/ have in common."""

from typing import Any

import pytest
from django.test import Client

from testing.factories import SENTENCE
from voices.models import Member, VoiceRequest

PAGE = "https://fans.example"


def test_the_api_says_that_it_is_there(client: Client) -> None:
    response = client.get("/api/")
    assert (response.status_code, response.json()["result"]) == (200, "hello world!")


@pytest.mark.parametrize(
    "path", ["nothing/", "nothing", "members/x/", "voice-requests/not-a-uuid/", "voice-requests/not-a-uuid", "texts/1"]
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_is_not_found_in_json(method: str, path: str, client: Client) -> None:
    response = getattr(client, method)(f"/api/{path}", headers={"accept-language": "en"})
    assert response.status_code == 404
    assert response.json() == {"error": {"code": "not_found", "message": "Not found."}}


def test_a_forgotten_slash_is_forgiven_with_method_and_query_kept(client: Client) -> None:
    response = client.get("/api/voice-requests?uuid=fan-1")
    assert (response.status_code, response["Location"]) == (308, "/api/voice-requests/?uuid=fan-1")


def test_a_post_survives_its_forgotten_slash(client: Client, member: Member) -> None:
    body = {"member": member.pk, "text": SENTENCE}
    response = client.post("/api/voice-requests", body, content_type="application/json", follow=True)
    assert response.status_code == 202
    assert VoiceRequest.objects.count() == 1


@pytest.mark.parametrize("path", ["/api//evil.example/members", "//evil.example/api/members"])
def test_the_forgiven_slash_never_leads_to_another_site(path: str, client: Client) -> None:
    response = client.get(path)
    assert not response.headers.get("Location", "/").startswith("//")


@pytest.mark.parametrize(
    ("method", "path"),
    [("put", "voice-requests/"), ("patch", "members/"), ("get", "texts"), ("delete", "texts/")],
)
def test_a_wrong_method_is_refused_in_our_shape(method: str, path: str, client: Client) -> None:
    response = getattr(client, method)(f"/api/{path}")
    assert (response.status_code, response.json()["error"]["code"]) == (405, "method_not_allowed")


class TestOtherOrigins:
    def test_every_page_may_ask_where_none_is_named(self, client: Client, settings: Any) -> None:
        settings.CORS_ALLOW_ALL_ORIGINS = True
        assert client.get("/api/", headers={"origin": PAGE})["Access-Control-Allow-Origin"] == "*"

    def test_only_the_named_pages_may_ask(self, client: Client, settings: Any) -> None:
        settings.CORS_ALLOW_ALL_ORIGINS, settings.CORS_ALLOWED_ORIGINS = False, [PAGE]
        assert client.get("/api/", headers={"origin": PAGE})["Access-Control-Allow-Origin"] == PAGE
        assert "Access-Control-Allow-Origin" not in client.get("/api/", headers={"origin": "https://other.example"})

    @pytest.mark.parametrize("path", ["/api/texts", "/api/voice-requests/"])
    def test_a_browser_that_asks_first_is_told_what_it_may_send(self, path: str, client: Client) -> None:
        response = client.options(
            path,
            headers={
                "origin": PAGE,
                "access-control-request-method": "POST",
                "access-control-request-headers": "content-type,idempotency-key,prefer,range",
            },
        )
        assert response.status_code == 200
        assert "POST" in response["Access-Control-Allow-Methods"]
        assert {"content-type", "idempotency-key", "prefer", "range"} <= set(
            response["Access-Control-Allow-Headers"].split(", ")
        )

    def test_a_page_may_read_where_its_request_is(self, client: Client, member: Member) -> None:
        body = {"member": member.pk, "text": SENTENCE}
        response = client.post("/api/voice-requests/", body, content_type="application/json", headers={"origin": PAGE})
        assert "Location" in response["Access-Control-Expose-Headers"]

    def test_the_admin_is_not_for_other_pages(self, client: Client) -> None:
        assert "Access-Control-Allow-Origin" not in client.get("/healthz", headers={"origin": PAGE})


def test_a_wrong_host_is_refused_without_a_line_in_the_log(
    client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DEBUG = False
    assert client.get("/api/", headers={"host": "evil.example"}).status_code == 400
    assert caplog.text == ""
