"""What the API's schema says of every address alike."""

from typing import Any

from voices.api.errors import all_codes

_ERROR = {
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    "description": "",
}
# Any address refuses a parameter that it does not know, and answers while the database is away.
_REFUSALS = ("400", "503")


def add_refusals(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add the errors that every address may answer, and their codes, as a POSTPROCESSING_HOOK of drf-spectacular."""
    result["components"]["schemas"]["ErrorBody"]["properties"]["code"]["enum"] = sorted(all_codes())
    for operations in result["paths"].values():
        for operation in operations.values():
            for status in _REFUSALS:
                operation["responses"].setdefault(status, _ERROR)
    return result
