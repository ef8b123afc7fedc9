"""What the API's schema says of every address alike."""

from typing import Any

_ERROR = {
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    "description": "",
}
# Any address refuses a parameter that it does not know, and answers while the database is away.
_REFUSALS = ("400", "503")


def add_refusals(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add the errors that every address may answer, as a POSTPROCESSING_HOOK of drf-spectacular."""
    for operations in result["paths"].values():
        for operation in operations.values():
            for status in _REFUSALS:
                operation["responses"].setdefault(status, _ERROR)
    return result
