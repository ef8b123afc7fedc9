"""Refuse bodies for staff before they are read, when the sender is nobody: an upload may be a gigabyte long."""

import io
import re
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpResponse
from psycopg_pool import PoolTimeout
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated, PermissionDenied

from voices.api.errors import DatabaseUnavailable
from voices.api.gate.refusal import CLOSE, Application, Receive, Scope, Send, refuse
from voices.database import DATABASE_AWAY

# The admin's login, the only one of its pages that takes a body from everybody.
LOGIN = "/admin/login/"
_STAFFS = re.compile(rf"/api/voices/|/api/members/\d+/roll-back/|(?!{LOGIN}\Z)/admin/")
_CHALLENGE = (b"www-authenticate", b"Token")


class StaffOnly:
    """ASGI middleware: 401 or 403 for a body from who is not staff; the admin's pages lead to its login instead.

    It looks at the headers only, as the views do again: a session's cookie, or ``Authorization: Token …``. Which
    permission a member of the staff needs is for the view to say.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _STAFFS.match(scope["path"]) and _has_body(scope):
            refusal = await sync_to_async(_refusal, thread_sensitive=False)(scope)
            if refusal is not None and scope["path"].startswith("/admin/") and refusal is not DatabaseUnavailable:
                await _lead_to_login(scope, send)
                return
            if refusal is not None:
                challenge = [_CHALLENGE] if refusal.status_code == 401 else []
                await refuse(scope, send, refusal, CLOSE, *challenge)
                return
        await self._application(scope, receive, send)


def _has_body(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


def _refusal(scope: Scope) -> type[APIException] | None:
    """Return why the sender may send no body, or ``None``."""
    request = ASGIRequest(scope, io.BytesIO())
    try:
        by_token = TokenAuthentication().authenticate(request)  # type: ignore[arg-type]  # it reads the headers only
        if by_token:
            user = by_token[0]
        else:
            SessionMiddleware(lambda request: HttpResponse()).process_request(request)
            user = get_user(request)
    except AuthenticationFailed:
        return AuthenticationFailed
    except (*DATABASE_AWAY, PoolTimeout):
        return DatabaseUnavailable
    finally:
        connection.close()
    if not user.is_authenticated:
        return NotAuthenticated
    return None if user.is_staff else PermissionDenied


async def _lead_to_login(scope: Scope, send: Send) -> None:
    """Answer as Django's admin does to who is not logged in."""
    location = f"{LOGIN}?next={quote(scope['path'])}".encode()
    headers = [(b"location", location), (b"content-length", b"0"), CLOSE]
    await send({"type": "http.response.start", "status": 302, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
