"""Audio in a local folder, with URLs that expire as those of Google Cloud Storage do."""

from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.urls import reverse
from django.utils.http import content_disposition_header

from voices.storage_fault import StorageFault
from voices.telemetry.metrics import timed_storage

_SALT = "voices.storage"


class SignedFileSystemStorage(FileSystemStorage):
    """Files below one folder. Saving under an existing name replaces the file, as in a bucket."""

    def __init__(self, location: str) -> None:
        super().__init__(location=location, allow_overwrite=True)

    def _save(self, name: str, content: File[bytes]) -> str:
        """Write under another name first, so that nobody ever reads half a file, even if this process is killed."""
        try:
            part = super()._save(_part(name), content)  # type: ignore[misc]  # Django's stubs leave it out
            Path(self.path(part)).replace(self.path(name))
        except OSError:
            super().delete(_part(name))
            raise
        return name

    def delete(self, name: str) -> None:
        for path in (name, _part(name)):
            super().delete(path)

    def url(self, name: str | None, parameters: Mapping[str, str] | None = None) -> str:
        """Return a URL that works for ``settings.AUDIO_URL_SECONDS``.

        Of the parameters of ``GoogleCloudStorage.url``, ``response_disposition`` is supported.
        """
        disposition = (parameters or {}).get("response_disposition", "")
        token = signing.dumps([name, disposition], salt=_SALT)
        return reverse("signed-file", args=[token])

    def fault_of(self, error: Exception) -> StorageFault:
        """Say what an error of this storage means."""
        return StorageFault.NOT_PERMITTED if isinstance(error, OSError) else StorageFault.OTHER


def _part(name: str) -> str:
    return f"{name}.part"


def read_signed_token(token: str) -> tuple[str, str]:
    """Return the object name and the Content-Disposition in a token of :class:`SignedFileSystemStorage`.

    Raises ``signing.BadSignature`` for a forged token, ``signing.SignatureExpired`` for an old one.
    """
    name, disposition = signing.loads(token, salt=_SALT, max_age=settings.AUDIO_URL_SECONDS)
    return str(name), str(disposition)


def temporary_url(name: str, save_as: str = "") -> str:
    """Return a URL of the object that expires; with ``save_as``, a browser saves the file under that name."""
    url: Callable[..., str] = default_storage.url  # Django's base class declares no `parameters`
    disposition = content_disposition_header(True, save_as)
    with timed_storage("sign"):  # some buckets are asked for a signature over the network
        return url(name, parameters={"response_disposition": disposition} if save_as else None)
