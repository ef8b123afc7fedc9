"""Audio in a container of Azure Blob Storage; imported only if ``FORV_STORAGE=azure``."""

from contextlib import suppress
from typing import Any

from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.storage.blob import BlobServiceClient, CorsRule, ExponentialRetry
from django.core.files.base import ContentFile, File
from storages.backends.azure_storage import AzureStorage

from voices.storage_fault import StorageFault


class BoundedAzureStorage(AzureStorage):
    """django-storages' container, with an error instead of a longer wait if it does not answer for half a minute.

    Azure's library uploads in parts what is longer than 64 MiB.
    """

    def url(self, name: str | None, expire: Any = None, parameters: Any = None, mode: str = "r") -> str:
        """Return a signed address; of the parameters, ``response_disposition`` is supported."""
        disposition = (parameters or {}).get("response_disposition")
        azure_parameters = {"content_disposition": disposition} if disposition else None
        address: str = super().url(name, expire, azure_parameters, mode)
        return address

    def fault_of(self, error: Exception) -> StorageFault:
        """Say what an error of this storage means."""
        match error:
            case ResourceNotFoundError():
                return StorageFault.NO_BUCKET
            case ClientAuthenticationError():
                return StorageFault.NO_CREDENTIALS
            case HttpResponseError(status_code=403):
                return StorageFault.NOT_PERMITTED
            case ServiceRequestError() | ServiceResponseError():
                return StorageFault.NO_ANSWER
        return StorageFault.OTHER

    def prepare(self, origins: list[str], location: str) -> None:
        """Create the container if it is missing; pages of ``origins`` may read its objects.

        It is private, and where its account is, whatever ``location`` says. The account's rules for other origins are
        replaced, since Azure has them for the whole account.
        """
        with suppress(ResourceExistsError):
            self.client.create_container()
        rule = CorsRule(
            origins, ["GET", "HEAD"], allowed_headers=["*"], exposed_headers=["Content-Range"], max_age_in_seconds=3600
        )
        self.service_client.set_service_properties(cors=[rule])

    def _get_service_client(self) -> BlobServiceClient:
        # Seconds.
        retry = ExponentialRetry(initial_backoff=1, increment_base=2, retry_total=1)
        return BlobServiceClient.from_connection_string(
            self.connection_string, connection_timeout=5, read_timeout=10, retry_policy=retry
        )

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        try:
            return ContentFile(self.client.download_blob(name).readall(), name)
        except ResourceNotFoundError as error:
            raise FileNotFoundError(name) from error
