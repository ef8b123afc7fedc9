"""Audio in a bucket of Google Cloud Storage; imported only if ``FORV_STORAGE=gcs``."""

import mimetypes
from contextlib import suppress
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from google.cloud.exceptions import NotFound
from google.cloud.storage.retry import DEFAULT_RETRY
from storages.backends.gcloud import GoogleCloudStorage

# Seconds. Google's defaults are two minutes for each object, and a request has two.
BOUNDS: dict[str, Any] = {"timeout": 10.0, "retry": DEFAULT_RETRY.with_timeout(20.0)}


class BoundedGoogleCloudStorage(GoogleCloudStorage):
    """django-storages' bucket, with an error instead of a longer wait if it does not answer for half a minute."""

    def url(self, name: str | None, parameters: Any = None) -> str:
        """Return a signed address; raises ``ImproperlyConfigured`` for credentials that can't sign one."""
        try:
            address: str = super().url(name, parameters)
        except AttributeError as error:  # google-cloud-storage's, for credentials without a private key
            raise ImproperlyConfigured(
                "These credentials hold no key to sign addresses with. Set GS_IAM_SIGN_BLOB=1, and give their service "
                "account the role Service Account Token Creator."
            ) from error
        return address

    def exists(self, name: str) -> bool:
        return self.bucket.get_blob(name, **BOUNDS) is not None

    def delete(self, name: str) -> None:
        with suppress(NotFound):
            self.bucket.delete_blob(name, **BOUNDS)

    def _save(self, name: str, content: File[bytes]) -> str:
        content_type, _ = mimetypes.guess_type(name)
        self.bucket.blob(name).upload_from_file(
            content, rewind=True, size=content.size, content_type=content_type, **BOUNDS
        )
        return name
