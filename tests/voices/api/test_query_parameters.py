"""An address takes the query parameters that the schema documents, once each, and no others."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from testing.factories import Fan, succeeded
from testing.processes import REPOSITORY
from voices.api.gate.query_parameters import PARAMETERS
from voices.models import Member

ID = "5b2c0d3e-7f41-4a8e-9c15-2f6d8a9b0c1d"
SCHEMA = json.loads((REPOSITORY / "frontend" / "openapi.json").read_text())


def refusal(client: Client, method: str, address: str) -> dict[str, str]:
    answer = client.generic(method, address, "{}", content_type="application/json", headers={"accept-language": "en"})
    assert answer.status_code == 400, answer.content
    error: dict[str, str] = answer.json()["error"]
    return error


@pytest.mark.parametrize(
    ("method", "address", "name"),
    [
        ("GET", "/api/members/?is_staff=1", "is_staff"),
        ("GET", "/api/members/1/?page=1", "page"),
        ("GET", "/api/voice-requests/?uuid=fan&status=failed", "status"),
        ("GET", "/api/voice-requests/?uuid__startswith=a", "uuid__startswith"),
        ("GET", f"/api/voice-requests/{ID}/?format=api", "format"),
        ("GET", f"/api/voice-requests/{ID}/audio/?downlaod", "downlaod"),
        ("GET", f"/api/voice-requests/{ID}/events/?since=1", "since"),
        ("GET", "/api/voices/?members=1", "members"),
        ("GET", "/media/token?download", "download"),
        ("POST", "/api/voice-requests/?uuid=fan", "uuid"),
        ("POST", "/api/texts?debug=1", "debug"),
        ("DELETE", f"/api/voice-requests/{ID}/?force=1", "force"),
        ("GET", "/api/?%00=1", "\x00"),
    ],
)
def test_an_unknown_parameter_is_refused(db: None, client: Client, method: str, address: str, name: str) -> None:
    error = refusal(client, method, address)
    assert error == {
        "code": "unknown_parameter", "message": "This address takes no such query parameter.", "field": name,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/api/voice-requests/?uuid=a&uuid=b", "repeated_parameter"),
        ("/api/voice-requests/?uuid=a&page=first", "out_of_range"),
        ("/api/voice-requests/?uuid=a&page=last", "out_of_range"),
        ("/api/voice-requests/?uuid=a&page=0", "out_of_range"),
        ("/api/voice-requests/?uuid=a&page=-1", "out_of_range"),
        ("/api/voice-requests/?uuid=a&page=", "out_of_range"),
        ("/api/voice-requests/?uuid=a&page=" + "9" * 5000, "out_of_range"),
        ("/api/voice-requests/?uuid=", "empty_text"),
    ],
)
def test_an_unknown_value_is_refused(alice: Fan, address: str, code: str) -> None:
    assert refusal(alice.client, "GET", address)["code"] == code


@pytest.mark.parametrize("value", ["=perhaps", "=yes", "=2", "=TRUE", "=%00", "=true%20"])
def test_a_flag_is_on_or_off(member: Member, client: Client, value: str) -> None:
    done = succeeded(member)
    assert refusal(client, "GET", f"/api/voice-requests/{done.pk}/audio/?download{value}")["code"] == "invalid"


@pytest.mark.parametrize(
    ("query", "saved"), [("download", 1), ("download=1", 1), ("download=true", 1), ("download=0", 0)]
)
def test_a_flag_needs_no_value(member: Member, client: Client, query: str, saved: int) -> None:
    done = succeeded(member)
    address = client.get(f"/api/voice-requests/{done.pk}/audio/?{query}")["Location"]
    assert ("attachment" in client.get(address).headers.get("Content-Disposition", "")) == saved


def test_an_address_with_a_line_break_is_unknown(client: Client) -> None:
    answer = client.get("/api/members/%0A-/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_the_message_is_korean_for_koreans(client: Client) -> None:
    error = client.get("/api/members/?x=1", headers={"accept-language": "ko"}).json()["error"]
    assert error["message"] == "이 주소에는 그런 쿼리 매개변수가 없어요."


def test_a_long_name_is_not_sent_back(client: Client) -> None:
    assert len(client.get("/api/members/?" + "n" * 5000).json()["error"]["field"]) == 100


def test_what_is_documented_is_what_is_taken(client: Client) -> None:
    documented = {
        path.replace("{id}", ID if "voice-requests" in path else "1"): frozenset(
            parameter["name"] for parameter in operations["get"].get("parameters", []) if parameter["in"] == "query"
        )
        for path, operations in SCHEMA["paths"].items()
        if "get" in operations
    }
    arguments: dict[str, list[str]] = {"voice-request-audio": [ID], "voice-request-stream": [ID]}
    taken = {
        reverse(name, args=arguments.get(name)): names
        for name, names in PARAMETERS.items()
        if name not in ("docs", "schema")
    }
    assert taken == {path: names for path, names in documented.items() if names}


def test_other_parameters_of_the_site_are_not_ours(client: Client) -> None:
    assert client.get("/?utm_source=friend").status_code in (200, 503)
    assert client.get("/healthz?probe=1").status_code == 200
