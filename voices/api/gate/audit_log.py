"""Let the database record what staff change: who calls is known here, before a view changes anything."""

import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from voices.audit import acting
from voices.database import DATABASE_AWAY

_STAFFS = re.compile(r"/admin/|/api/voices/|/api/members/")
_SAFE = ("GET", "HEAD", "OPTIONS")


@sync_and_async_middleware
def audit_log(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: the changes of a call by staff are recorded as theirs."""
    if iscoroutinefunction(get_response):
        answer: Callable[[HttpRequest], Awaitable[HttpResponseBase]] = get_response

        async def recorded_async(request: HttpRequest) -> HttpResponseBase:
            if not _may_change(request):
                return await answer(request)
            stack = ExitStack()
            # The views are synchronous: they run in the same thread as this, by the same connection.
            await sync_to_async(lambda: stack.enter_context(_acting_for(request)))()
            try:
                return await answer(request)
            finally:
                await sync_to_async(stack.close)()

        return recorded_async

    def recorded(request: HttpRequest) -> HttpResponseBase:
        if not _may_change(request):
            return get_response(request)  # type: ignore[no-any-return]
        with _acting_for(request):
            return get_response(request)  # type: ignore[no-any-return]

    return recorded


def _may_change(request: HttpRequest) -> bool:
    return request.method not in _SAFE and _STAFFS.match(request.path_info) is not None


def _acting_for(request: HttpRequest) -> AbstractContextManager[None]:
    try:
        by_token = TokenAuthentication().authenticate(request)  # type: ignore[arg-type]  # it reads the headers only
    except (*DATABASE_AWAY, AuthenticationFailed):  # the view finds that out, too
        return nullcontext()
    user: Any = by_token[0] if by_token else request.user
    return acting(user) if user.is_authenticated and user.is_staff else nullcontext()
