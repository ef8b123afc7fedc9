"""The errors that the API answers, all in one shape: ``{"error": {"code", "message", "field"?}}``.

Codes never change; messages are in the language of Accept-Language. This module imports no models: the gate in front
of Django needs it before they are loaded. `exception_handler.py` turns what a view raises into one of these.
"""

import functools
import math
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, NotAuthenticated

# Why a request failed, as its client is told. The detail beside it is for the people who run the service.
FAILURES = {
    "nothing_to_say": gettext_lazy("There is nothing in the text that can be spoken."),
    "voice_unusable": gettext_lazy("This member's voice can't be loaded right now."),
    "no_consent": gettext_lazy("This member's voice may not be used for this right now."),
    "no_voice": gettext_lazy("This member has no voice yet."),
    "voice_runaway": gettext_lazy("The voice could not speak this sentence. Try other words."),
    "voice_implausible": gettext_lazy("The voice made noise in place of speech. Try other words, or another member."),
    "attempts_exhausted": gettext_lazy("Speaking this failed several times. Try again later."),
    "timed_out": gettext_lazy("Speaking this took too long. Try a shorter text."),
    "disk_full": gettext_lazy("There is no room left to keep the audio. Try again later."),
    "storage_unavailable": gettext_lazy("The audio could not be kept. Try again later."),
    "cancelled": gettext_lazy("This request was cancelled."),
    "internal_error": gettext_lazy("Something went wrong on our side. Try again later."),
}

# Why the sound of a request is withheld, which has not failed; `voices.review.state` has the codes.
WITHHELD = {
    "under_review": gettext_lazy("Somebody listens to it first. It can be heard once it is approved."),
    "rejected": gettext_lazy("This can't be heard here."),
    "revoked": gettext_lazy("This member's voice may not be used for it any more."),
    "expired": gettext_lazy("It was kept for its time, and is deleted now."),
}
# Why it was rejected, as its fan is told; the codes are those of `RejectionReason`.
REJECTIONS = {
    "hurtful": gettext_lazy("It could not be approved, because it may hurt somebody."),
    "private": gettext_lazy("It could not be approved, because it holds personal details."),
    "sexual": gettext_lazy("It could not be approved, because it is sexual."),
    "deceive": gettext_lazy("It could not be approved, because people could be deceived by it."),
    "advert": gettext_lazy("It could not be approved, because it advertises something or leads elsewhere."),
    "other": gettext_lazy("It could not be approved. Try other words."),
}

# DRF's codes for its own checks, and the codes that our clients know.
CODES = {
    "required": "missing_field",
    "null": "missing_field",
    "blank": "empty_text",
    "max_length": "too_long",
    "min_value": "out_of_range",
    "max_value": "out_of_range",
    "overflow": "out_of_range",
    "invalid_choice": "unknown_choice",
    "does_not_exist": "unknown_member",
    "incorrect_type": "invalid",
    "parse_error": "malformed_json",
    "max_string_length": "out_of_range",
    "empty": "missing_field",
    "no_name": "missing_field",
    "not_a_dict": "invalid",
}

# Codes that stand where they are raised: in a view, in a field, or in DRF.
_OF_VIEWS = [
    "no_voice_before", "not_a_word", "not_cancellable", "not_hangul", "not_one_line", "not_ready", "not_retryable",
    "not_sound", "nothing_to_say", "pause_out_of_range", "sound_too_large", "sound_too_long", "ssml_malformed",
    "ssml_unsupported", "ssml_value", "too_large", "too_many", "unknown_model", "unknown_voice", "unsafe_name",
    "voice_not_usable",
]  # fmt: skip
_OF_DRF = [
    "authentication_failed", "invalid", "method_not_allowed", "not_acceptable", "not_authenticated", "not_found",
    "null_characters_not_allowed", "permission_denied", "surrogate_characters_not_allowed", "throttled",
    "unsupported_media_type",
]  # fmt: skip


class IdempotencyConflict(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = gettext_lazy("This Idempotency-Key was used for a different request.")


class _BadParameter(APIException):
    """Something is wrong with the query parameter ``name``."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, name: str) -> None:
        self.detail = {name[:100]: ErrorDetail(str(self.default_detail), self.default_code)}


class UnknownParameter(_BadParameter):
    default_code = "unknown_parameter"
    default_detail = gettext_lazy("This address takes no such query parameter.")


class RepeatedParameter(_BadParameter):
    default_code = "repeated_parameter"
    default_detail = gettext_lazy("Give this query parameter once.")


class ApiKeyRequired(NotAuthenticated):
    default_code = "api_key_required"
    default_detail = gettext_lazy("This service answers only those who have an API key.")


class TokenRequired(NotAuthenticated):
    default_detail = gettext_lazy("Send the token or API key whose requests you want to see.")


class ScopeTooSmall(APIException):
    status_code = status.HTTP_403_FORBIDDEN
    default_code = "insufficient_scope"
    default_detail = gettext_lazy("This API key may only read.")


class NotConsented(APIException):
    status_code = status.HTTP_403_FORBIDDEN
    default_code = "no_consent"
    default_detail = FAILURES["no_consent"]


class NotYours(APIException):
    status_code = status.HTTP_403_FORBIDDEN
    default_code = "not_yours"
    default_detail = gettext_lazy("Only who asked for it can do this.")


class NameIsTaken(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "name_taken"
    default_detail = gettext_lazy("Somebody else has asked with this uuid and created_at. Choose another created_at.")


class NotInThisState(APIException):
    status_code = status.HTTP_409_CONFLICT


class DatabaseUnavailable(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "database_unavailable"
    default_detail = gettext_lazy("The service is resting for a moment. Try again shortly.")
    wait = 5


class RequestTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "request_too_large"
    default_detail = gettext_lazy("The request is too large.")


class RequestTooSlow(APIException):
    status_code = status.HTTP_408_REQUEST_TIMEOUT
    default_code = "request_too_slow"
    default_detail = gettext_lazy("The request arrived too slowly. Try again.")


class Busy(APIException):
    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "busy"
    default_detail = gettext_lazy("Many people are asking this very moment. Try again in a second.")
    wait = 1


class TooManyWaiting(APIException):
    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "queue_full"
    default_detail = gettext_lazy("Very many people are asking right now. Try again in a little while.")

    def __init__(self, wait_seconds: float) -> None:
        super().__init__()
        self.wait = max(1, math.ceil(wait_seconds))


class TooManyOfYours(TooManyWaiting):
    default_code = "too_many_waiting"
    default_detail = gettext_lazy("Many of your requests are still waiting. Try again when some of them are done.")


class TooOften(TooManyWaiting):
    default_code = "throttled"
    default_detail = gettext_lazy("That was too often within a minute.")


class TooManyStreams(TooManyWaiting):
    default_code = "too_many_streams"
    default_detail = gettext_lazy("You already follow many requests at once.")


class TransferIsOver(APIException):
    status_code = status.HTTP_410_GONE
    default_code = "transfer_over"
    default_detail = gettext_lazy("This code was used, or its ten minutes are over. Make another one.")


class TooManyProposed(APIException):
    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "too_many_proposals"
    default_detail = gettext_lazy("Very many readings have been proposed. Try again another day.")
    wait = 3600


class NotInTime(APIException):
    """No sound was there within ``FORV_MAX_WAIT_SECONDS``; the request was cancelled."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "not_in_time"
    default_detail = gettext_lazy("This took too long, because many people are asking. Try again in a little while.")
    wait = 5


class InternalError(APIException):
    default_code = "internal_error"
    default_detail = FAILURES["internal_error"]


@functools.cache
def all_codes() -> frozenset[str]:
    """Return every code that the API may answer; its schema lists them."""
    of_exceptions = {
        kind.default_code for kind in globals().values() if isinstance(kind, type) and issubclass(kind, APIException)
    } - {APIException.default_code}
    return frozenset({*FAILURES, *WITHHELD, *CODES.values(), *_OF_VIEWS, *_OF_DRF, *of_exceptions})


def failure_message(code: str) -> str:
    """Return the message for the client whose request failed with ``code``, or is withheld."""
    return str(FAILURES.get(code) or WITHHELD.get(code) or FAILURES["internal_error"])


def failure_status(code: str) -> int:
    """Return the HTTP status of the answer to a client that waited for such a request."""
    return status.HTTP_409_CONFLICT if code in WITHHELD else status.HTTP_500_INTERNAL_SERVER_ERROR


def failure_body(code: str) -> dict[str, dict[str, str]]:
    """Return the body of the answer to a client that waited for a request that failed with ``code``."""
    return {"error": {"code": code, "message": failure_message(code)}}


def error_response_body(exception: APIException) -> dict[str, dict[str, str]]:
    """Return the body of the answer to an exception."""
    field, detail = _first(exception.detail)
    code = detail.code or exception.default_code
    code = CODES.get(code, code)
    body = {"code": code if code in all_codes() else "invalid", "message": str(detail)}
    return {"error": {**body, "field": field} if field else body}


def _first(detail: Any) -> tuple[str, ErrorDetail]:
    """Return the field and the detail of the first error in DRF's nested lists and dicts."""
    field = ""
    while not isinstance(detail, ErrorDetail):
        if isinstance(detail, dict):
            key, detail = next(iter(detail.items()))
            field = field or ("" if key == "non_field_errors" else str(key))
        else:
            detail = next(item for item in detail if item)
    return field, detail


def not_found_json() -> dict[str, dict[str, str]]:
    """Return the body of the answer for an API address that does not exist."""
    return {"error": {"code": "not_found", "message": _("Not found.")}}
