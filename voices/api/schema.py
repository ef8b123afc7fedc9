"""What the API's schema says of every address alike."""

from typing import Any

from voices.api.errors import all_codes

JSON = "application/json"
_ERROR = {
    "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}},
    "description": "",
}
# Any address refuses a parameter that it does not know, and answers while the database is away.
_REFUSALS = ("400", "503")


def add_refusals(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Name JSON as the type of bodies, and add the errors that any address may answer, and their codes.

    It is a POSTPROCESSING_HOOK of drf-spectacular.
    """
    result["components"]["schemas"]["ErrorBody"]["properties"]["code"]["enum"] = sorted(all_codes())
    for operations in result["paths"].values():
        for operation in operations.values():
            if content := operation.get("requestBody", {}).get("content"):
                # Any other type is read as JSON, too (parsers.py), but that is no promise.
                operation["requestBody"]["content"] = {
                    kind.replace("*/*", JSON): body for kind, body in content.items()
                }
            for status in _REFUSALS:
                operation["responses"].setdefault(status, _ERROR)
    return result
