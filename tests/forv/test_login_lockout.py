"""Logins of the admin end after wrong passwords, for a while, and nothing of what was typed is kept."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import now

from forv.login_lockout import FAILURES_OF_ADDRESS

PASSWORD = "the right password"  # noqa: S105
HOME = "203.0.113.7"
LIMIT = settings.AXES_FAILURE_LIMIT


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss", "a@b.example", PASSWORD)


def log_in(name: str = "boss", password: str = "wrong", address: str = HOME, **headers: str) -> Any:  # noqa: S107
    form = {"username": name, "password": password, "next": "/admin/"}
    return Client(REMOTE_ADDR=address).post("/admin/login/", form, headers=headers)


def fail(times: int, **given: str) -> Any:
    return [log_in(**given) for _ in range(times)][-1]


def pass_time(amount: timedelta) -> None:
    for attempt in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=attempt.attempt_time - amount)


def test_the_right_password_opens(boss: User) -> None:
    fail(LIMIT - 1)
    assert log_in(password=PASSWORD).status_code == 302
    assert fail(LIMIT - 1).status_code == 200  # counted from the start again


def test_too_many_wrong_passwords_lock_out(boss: User) -> None:
    locked = fail(LIMIT)
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert "비밀번호를 여러 번 틀렸어요" in locked.content.decode()
    assert "15분 뒤에 다시 시도해 주세요." in locked.content.decode()
    assert "Try again in 15 minutes." in log_in(**{"accept-language": "en"}).content.decode()
    assert log_in(password=PASSWORD).status_code == 429


def test_the_lockout_ends(boss: User) -> None:
    fail(LIMIT)
    pass_time(timedelta(minutes=10))
    assert 290 <= int(log_in(password=PASSWORD)["Retry-After"]) <= 300
    pass_time(timedelta(minutes=5, seconds=1))
    assert log_in(password=PASSWORD).status_code == 302


def test_others_are_not_locked_out(boss: User) -> None:
    fail(LIMIT)
    assert log_in(password=PASSWORD, address="203.0.113.8").status_code == 302
    User.objects.create_superuser("other", "b@b.example", PASSWORD)
    assert log_in("other", PASSWORD).status_code == 302


def test_one_address_with_changing_names_is_locked_out(boss: User) -> None:
    for number in range(FAILURES_OF_ADDRESS):
        assert log_in(f"guess-{number}").status_code == 200
    assert log_in(password=PASSWORD).status_code == 429
    assert AccessAttempt.objects.count() == FAILURES_OF_ADDRESS
    fail(3, name="one-more")
    assert AccessAttempt.objects.count() == FAILURES_OF_ADDRESS, "rows end where the lockout begins"


def test_changing_browsers_does_not_help(boss: User) -> None:
    for number in range(LIMIT):
        locked = log_in(**{"user-agent": f"browser {number}"})
    assert locked.status_code == 429


def test_an_ipv6_network_is_one_address(boss: User) -> None:
    for number in range(LIMIT):
        locked = log_in(address=f"2001:db8:1:2::{number:x}")
    assert locked.status_code == 429
    assert log_in(password=PASSWORD, address="2001:db8:1:3::1").status_code == 302


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 302)])
def test_the_address_that_a_trusted_proxy_tells_counts(boss: User, proxies: int, status: int, settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    fail(LIMIT, address="10.0.0.1", **{"x-forwarded-for": "6.6.6.6, 198.51.100.1"})
    other = {"x-forwarded-for": "6.6.6.6, 198.51.100.2"}
    assert log_in(password=PASSWORD, address="10.0.0.1", **other).status_code == status


def test_nothing_that_was_typed_is_kept_or_logged(boss: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for password in ("SECRET-1", "SECRET-2", "SECRET-3"):
        log_in(password=password)
    log_in(password=PASSWORD)
    fail(LIMIT + 2, password="SECRET-4")  # noqa: S106
    kept = [*AccessAttempt.objects.values_list(), *AccessLog.objects.values_list()]
    assert kept
    for secret in ("SECRET", PASSWORD):
        assert secret not in str(kept)
        assert secret not in caplog.text


def test_old_rows_end(boss: User) -> None:
    AccessLog.objects.create(username="boss", ip_address=HOME)
    AccessLog.objects.update(attempt_time=now() - timedelta(days=91))
    log_in("guess")
    pass_time(timedelta(hours=1))
    log_in(password=PASSWORD)
    assert AccessLog.objects.count() == 1
    assert AccessAttempt.objects.count() == 0
