"""Clients who want more than their share, or what belongs to others."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx

from attack.connections import Attack
from attack.world import EVIL, FAN, PASSWORD, World

POSTS = 600
# FORV_MAX_QUEUED_PER_FAN times FORV_FANS_PER_ADDRESS, and some of others.
MOST_WAITING = 200 + 20
TURNS_A_MINUTE = 10  # of one address: FORV_FANS_PER_ADDRESS
MALLORY = "198.51.100.67"
GUESSER = "198.51.100.68"
FLOODER = "198.51.100.69"  # an address of its own: what it may ask for in this minute is used up


def fill_the_queue(world: World) -> str:
    places = [0]

    def post(number: int) -> str:
        with world.client(FLOODER) as evil:
            uuid = f"{uuid4()}" if number % 2 else "a-fan"  # also under a fan's own name
            answer = world.ask(evil, "가나다라마바사아자차카타파하 " * 5, uuid=uuid)
        if answer.status_code != 202:
            return str(answer.json()["error"]["code"])
        places.append(answer.json()["queue_position"] or 0)
        return "taken"

    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(POSTS)))
    refused = {code: answers.count(code) for code in set(answers) - {"taken"}}
    assert set(refused) <= {"throttled", "too_many_waiting"}, refused
    assert max(places) <= MOST_WAITING, f"{max(places)} waited"
    with world.listener(FAN, "a-fan") as fan:
        asked = world.ask(fan, "저는 한 번만 물어요.", uuid="a-fan")
        assert asked.status_code == 202, asked.text
        place = asked.json()["queue_position"]
    # Eight posts come at a time, so that some may be sorted into the same minute; twenty are others'.
    most_before = TURNS_A_MINUTE * (2 + (time.monotonic() - begun) / 60) + 8 + 20
    # How many are still before the fan depends on the worker's speed, too.
    assert place is None or place <= most_before, f"the fan waits in place {place}"
    return f"{max(places)} wait at most; refused: {refused}; a fan who comes later is in place {place}"


def others_requests(world: World) -> str:
    key = str(uuid4())
    with (
        world.listener(FAN, "alice") as alice,
        world.listener(MALLORY, "alice") as mallory,
        world.client(MALLORY) as nobody,
    ):
        hers = world.ask(alice, "앨리스의 말이에요.", uuid="alice", headers={"Idempotency-Key": key})
        assert hers.status_code == 202
        request = hers.json()["id"]
        for thief in (mallory, nobody):
            same = world.ask(thief, "앨리스의 말이에요.", uuid="alice", headers={"Idempotency-Key": key})
            assert same.status_code in (202, 403, 409, 422) and request not in same.text, same.text
            listed = thief.get("/api/voice-requests/", params={"uuid": "alice"})
            assert request not in listed.text, "her requests are listed to others"
            for method, path in (("DELETE", ""), ("POST", "cancel/"), ("POST", "retry/")):
                refused = thief.request(method, f"/api/voice-requests/{request}/{path}")
                assert refused.status_code in (401, 403, 404, 409), (method, path, refused.status_code)
        assert alice.get(f"/api/voice-requests/{request}/").status_code == 200
        assert request in alice.get("/api/voice-requests/").text
    return "not listed, given, cancelled, tried again or deleted by others"


def staff_addresses(world: World) -> str:
    tried = 0
    with world.client() as nobody, world.listener() as fan, world.client(Authorization="Token " + "0" * 40) as guess:
        for client in (nobody, fan, guess):
            for method, path in (
                ("GET", "/api/voices/"), ("GET", "/api/voices/1/"), ("POST", "/api/voices/"),
                ("POST", "/api/voices/1/activate/"), ("POST", "/api/voices/1/audition/"),
                ("POST", "/api/members/1/roll-back/"),
            ):  # fmt: skip
                answer = client.request(method, path)
                assert answer.status_code in (401, 403), (method, path, answer.status_code)
                tried += 1
        for path in ("/admin/", "/admin/voices/voicerequest/", "/admin/auth/user/add/"):
            answer = nobody.get(path)
            assert answer.status_code == 302 and "/admin/login/" in answer.headers["Location"], path
            tried += 1
    return f"{tried} calls: 401, 403, or the login"


def guess_passwords(world: World) -> str:
    statuses = [_log_in(world, EVIL, "boss", f"guess {number}") for number in range(12)]
    assert statuses.count(200) <= 5, statuses
    assert _log_in(world, EVIL, "boss", PASSWORD) == 429, "the right password opens a locked door"
    assert _log_in(world, f"6.6.6.6, {EVIL}", "boss", PASSWORD) == 429, "a header of the client's is believed"
    names = [_log_in(world, GUESSER, f"name-{number}", "guess") for number in range(60)]
    assert names.count(200) <= 50, names
    assert _log_in(world, FAN, "boss", PASSWORD) == 302, "others are locked out"
    return f"{statuses.count(200)} guesses for one name, {names.count(200)} with changing names, then 429"


def _log_in(world: World, address: str, name: str, password: str) -> int:
    with world.client(address) as browser:
        form = browser.get("/admin/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)
        assert token, form.status_code
        answer: httpx.Response = browser.post(
            "/admin/login/", data={"username": name, "password": password, "csrfmiddlewaretoken": token[1]}
        )
        return answer.status_code


ATTACKS: tuple[tuple[str, Attack], ...] = (
    (f"{POSTS} posts from one address under changing names, a fan's own too", fill_the_queue),
    ("another's uuid, idempotency key and request", others_requests),
    ("addresses for staff, by nobody, a fan and a guessed token", staff_addresses),
    ("guessing passwords", guess_passwords),
)
