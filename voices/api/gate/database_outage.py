"""Answer requests outside of Django REST framework while the database can't be reached."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.deprecation import MiddlewareMixin

from voices.api.errors import DatabaseUnavailable
from voices.api.openai_errors import PREFIX, error_body_for
from voices.database import DATABASE_AWAY


class DatabaseOutageMiddleware(MiddlewareMixin):
    """Answer 503 with Retry-After in place of a stack trace."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DATABASE_AWAY):
            return None
        unavailable = DatabaseUnavailable()
        response = (
            JsonResponse(error_body_for(request.path, unavailable))
            if request.path.startswith(("/api/", PREFIX))
            else HttpResponse(str(unavailable.detail), content_type="text/plain; charset=utf-8")
        )
        response.status_code = unavailable.status_code
        response["Retry-After"] = str(unavailable.wait)
        return response
