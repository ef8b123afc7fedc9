"""The errors below ``/v1/``, as OpenAI's clients read them: ``{"error": {"message", "type", "param", "code"}}``."""

from typing import Any

from rest_framework.exceptions import APIException

from voices.api.errors import error_response_body

PREFIX = "/v1/"
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def error_body_for(path: str, exception: APIException) -> dict[str, Any]:
    """Return the body of the answer to an exception, in the shape that clients of this address read."""
    body = error_response_body(exception)
    return openai_shape(body, exception.status_code) if path.startswith(PREFIX) else body


def openai_shape(body: dict[str, dict[str, str]], status: int) -> dict[str, Any]:
    """Return an error body of ours as OpenAI writes them; codes and messages stay ours."""
    error = body["error"]
    kind = "server_error" if status >= 500 else _TYPES.get(status, "invalid_request_error")
    return {"error": {"message": error["message"], "type": kind, "param": error.get("field"), "code": error["code"]}}
