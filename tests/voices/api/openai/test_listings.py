"""GET /v1/models, /v1/audio/voices and the like."""

import pytest
from django.test import Client

from voices.models import Member

NAMES = ["forv", "tts-1", "tts-1-hd", "gpt-4o-mini-tts"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_models_are_listed_and_described(slash: str, client: Client) -> None:
    listed = client.get(f"/v1/models{slash}").json()
    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == NAMES
    for model in listed["data"]:
        assert client.get(f"/v1/models/{model['id']}{slash}").json() == model
        assert (model["object"], model["owned_by"], type(model["created"])) == ("model", "forv", int)


def test_open_webui_finds_the_models(client: Client) -> None:
    assert [model["id"] for model in client.get("/v1/audio/models").json()["models"]] == NAMES


def test_voices_are_the_members_that_have_one(client: Client, member: Member, broken_member: Member) -> None:
    broken_member.voices.update(active=False)
    assert client.get("/v1/audio/voices").json() == {"voices": [{"id": "member-1", "name": "테스트 멤버"}]}


def test_clients_may_accept_whatever_they_like(client: Client, member: Member) -> None:
    for accepted in ("application/octet-stream", "audio/mpeg", "*/*", "text/html"):
        assert client.get("/v1/audio/voices", headers={"accept": accepted}).status_code == 200


def test_parameters_of_other_servers_do_not_matter(client: Client, member: Member) -> None:
    assert client.get("/v1/audio/voices?limit=1000&type=all").status_code == 200
