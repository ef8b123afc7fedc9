"""Audio in a bucket of Google Cloud Storage; imported only if ``FORV_STORAGE=gcs``."""

import mimetypes
import re
from contextlib import suppress
from typing import Any

import requests
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile, File
from google import auth
from google.api_core.exceptions import Forbidden, NotFound, RetryError, Unauthorized
from google.auth import iam
from google.auth.credentials import Credentials, Signing, TokenState
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from google.cloud.storage import Bucket, Client
from google.cloud.storage.retry import DEFAULT_RETRY
from storages.backends.gcloud import GoogleCloudStorage

from voices.storage_fault import StorageFault

TIMEOUT_SECONDS = 10.0
# Google's defaults are two minutes for each object, and a request has two.
BOUNDS: dict[str, Any] = {"timeout": TIMEOUT_SECONDS, "retry": DEFAULT_RETRY.with_timeout(20.0)}
# What is longer than 8 MiB (Google's bound) is uploaded in parts, and a part that is lost is sent again.
PART_BYTES = 2 * 2**20
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
# The names under which clients of the Flask server look for audio (voices/audio_objects.py).
_PUBLIC_NAME = re.compile(r"wav_files/\d+/[^/]+_voice\.\w+")


class BoundedRequest(Request):
    """A call for a token or a signature, of ten seconds where Google's default is two minutes."""

    def __call__(self, url: str, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("timeout", TIMEOUT_SECONDS)
        return super().__call__(url, *args, **kwargs)  # type: ignore[no-untyped-call]


class SignsByIam(Signing):
    """Signs by Google's API (signBlob), where there is no key file: on GKE, Cloud Run and Compute Engine."""

    signer_email = ""
    signer: Any = None

    def __init__(self, credentials: Credentials, email: str) -> None:
        self.signer_email = email
        self.signer = iam.Signer(BoundedRequest(), credentials, email)  # type: ignore[no-untyped-call]

    def sign_bytes(self, message: bytes) -> bytes:
        signature: bytes = self.signer.sign(message)
        return signature


class BoundedGoogleCloudStorage(GoogleCloudStorage):
    """django-storages' bucket, with an error instead of a longer wait if it does not answer for half a minute."""

    _client: Client | None
    credentials: Any
    project_id: str | None

    def get_default_settings(self) -> dict[str, Any]:
        # Whether everybody may read the objects that clients of the Flask server look for.
        return {**super().get_default_settings(), "public_copies": False}

    @property
    def client(self) -> Client:
        """The client of Google's library, with the credentials that the environment names."""
        if self._client is None:
            if self.credentials is None:
                self.credentials, project = auth.default(scopes=[SCOPE])
                self.project_id = self.project_id or project
            session = AuthorizedSession(self.credentials, auth_request=BoundedRequest())  # type: ignore[no-untyped-call]
            self._client = Client(project=self.project_id, credentials=self.credentials, _http=session)
        return self._client

    def url(self, name: str | None, parameters: Any = None) -> str:
        """Return a signed address; raises ``ImproperlyConfigured`` for credentials that can't sign one."""
        blob = self.bucket.blob(name)
        address: str = blob.generate_signed_url(
            version="v4", expiration=self.expiration, credentials=self._signer(), **(parameters or {})
        )
        return address

    def exists(self, name: str) -> bool:
        return self.bucket.get_blob(name, **BOUNDS) is not None

    def delete(self, name: str) -> None:
        with suppress(NotFound):
            self.bucket.delete_blob(name, **BOUNDS)

    def fault_of(self, error: Exception) -> StorageFault:
        """Say what an error of this storage means."""
        match error:
            case ImproperlyConfigured():
                return StorageFault.CANNOT_SIGN
            case NotFound():
                return StorageFault.NO_BUCKET
            case Forbidden():
                return StorageFault.NOT_PERMITTED
            case TransportError() if self.iam_sign_blob and "signBlob" in str(error):
                return StorageFault.CANNOT_SIGN
            case RetryError() | TransportError() | requests.ConnectionError() | requests.Timeout():
                return StorageFault.NO_ANSWER
            case Unauthorized() | GoogleAuthError():
                return StorageFault.NO_CREDENTIALS
        return StorageFault.OTHER

    def prepare(self, origins: list[str], location: str) -> None:
        """Create the bucket if it is missing, and configure it; pages of ``origins`` may read its objects.

        It is private, except for the public copies if there are any. What is deleted is gone at once.
        """
        bucket = self.client.lookup_bucket(self.bucket_name, **BOUNDS)
        if bucket is None:
            bucket = self.client.create_bucket(self.bucket_name, location=location, **BOUNDS)
        access = bucket.iam_configuration
        # Objects can be public one by one only where access is not decided for the whole bucket.
        access.uniform_bucket_level_access_enabled = not self.public_copies
        access.public_access_prevention = "inherited" if self.public_copies else "enforced"
        bucket.cors = [
            {
                "origin": origins,
                "method": ["GET", "HEAD"],
                "responseHeader": ["Content-Type", "Content-Range", "Range"],
                "maxAgeSeconds": 3600,
            }
        ]
        bucket.versioning_enabled = False
        bucket.soft_delete_policy.retention_duration_seconds = 0
        _add_lifecycle_rules(bucket)
        bucket.patch(**BOUNDS)

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        try:
            return ContentFile(self.bucket.blob(name).download_as_bytes(**BOUNDS), name)
        except NotFound as error:
            raise FileNotFoundError(name) from error

    def _save(self, name: str, content: File[bytes]) -> str:
        public = self.public_copies and _PUBLIC_NAME.fullmatch(name)
        content_type, _ = mimetypes.guess_type(name)
        blob = self.bucket.blob(name, chunk_size=PART_BYTES)
        # Google's default for public objects keeps them an hour in caches, even if they are deleted.
        blob.cache_control = "public, max-age=60" if public else "private, max-age=3600"
        blob.upload_from_file(
            content,
            rewind=True,
            size=content.size,
            content_type=content_type,
            predefined_acl="publicRead" if public else None,
            **BOUNDS,
        )
        return name

    def _signer(self) -> Signing:
        """Return what signs addresses: the key of the credentials, or Google's API with ``GS_IAM_SIGN_BLOB``."""
        credentials = self.client and self.credentials
        if self.iam_sign_blob:
            if not self.sa_email and credentials.token_state != TokenState.FRESH:
                credentials.refresh(BoundedRequest())  # only now do a machine's own credentials know their name
            if email := self.sa_email or getattr(credentials, "service_account_email", None):
                return SignsByIam(credentials, email)
            raise ImproperlyConfigured("GS_SA_EMAIL must name the service account that signs addresses.")
        if not isinstance(credentials, Signing):
            raise ImproperlyConfigured(
                "These credentials hold no key to sign addresses with. Set GS_IAM_SIGN_BLOB=1, and give their service "
                "account the role Service Account Token Creator."
            )
        return credentials


def _add_lifecycle_rules(bucket: Bucket) -> None:
    """Add the rules of this service to those that the bucket has, each once.

    No rule deletes audio by its age: the service knows when, and its rows would name what is gone.
    """
    ours: list[dict[str, Any]] = [
        {"action": {"type": "Delete"}, "condition": {"age": 1, "matchesPrefix": ["readyz/"]}},
        {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 1}},
    ]
    rules = [dict(rule) for rule in bucket.lifecycle_rules]
    bucket.lifecycle_rules = [*rules, *(rule for rule in ours if rule not in rules)]
