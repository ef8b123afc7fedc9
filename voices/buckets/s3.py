"""Audio in a bucket of Amazon S3, or of a storage that speaks its protocol; imported only if ``FORV_STORAGE=s3``."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from voices.storage_fault import StorageFault

# What this service adds to a bucket's rules. None deletes audio by its age: its rows would name what is gone.
_LIFECYCLE_RULES: list[dict[str, Any]] = [
    {"ID": "forv-probes", "Status": "Enabled", "Filter": {"Prefix": "readyz/"}, "Expiration": {"Days": 1}},
    {
        "ID": "forv-parts",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    },
]
_NO_CREDENTIALS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"}


class BoundedS3Storage(S3Storage):
    """django-storages' bucket, with an error instead of a longer wait if it does not answer for half a minute.

    boto3 uploads in parts what is longer than 8 MiB, and sends a lost part again.
    """

    def get_default_settings(self) -> dict[str, Any]:
        return {**super().get_default_settings(), "object_parameters": {"CacheControl": "private, max-age=3600"}}

    def __init__(self, addressing_style: str, **options: Any) -> None:
        bounds = Config(
            signature_version="s3v4",
            s3={"addressing_style": addressing_style},
            connect_timeout=5,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 2},
        )
        super().__init__(client_config=bounds, **options)

    def url(self, name: str | None, parameters: Any = None, *args: Any, **kwargs: Any) -> str:
        """Return a signed address; of the parameters, ``response_disposition`` is supported."""
        disposition = (parameters or {}).get("response_disposition")
        s3_parameters = {"ResponseContentDisposition": disposition} if disposition else None
        address: str = super().url(name, s3_parameters, *args, **kwargs)
        return address

    def fault_of(self, error: Exception) -> StorageFault:
        """Say what an error of this storage means."""
        match error:
            case ClientError():
                code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
                if code == "NoSuchBucket":
                    return StorageFault.NO_BUCKET
                if code in _NO_CREDENTIALS:
                    return StorageFault.NO_CREDENTIALS
                return StorageFault.NOT_PERMITTED if status == 403 else StorageFault.OTHER
            case NoCredentialsError() | PartialCredentialsError():
                return StorageFault.NO_CREDENTIALS
            case ConnectionError() | HTTPClientError():
                return StorageFault.NO_ANSWER
        return StorageFault.OTHER

    def prepare(self, origins: list[str], location: str) -> None:
        """Create the bucket if it is missing, and configure it; pages of ``origins`` may read its objects.

        It is private, and in the region ``location``.
        """
        client, bucket = self.connection.meta.client, {"Bucket": self.bucket_name}
        # Amazon's oldest region must not be named.
        place = {} if location == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": location}}
        with suppress(client.exceptions.BucketAlreadyOwnedByYou):
            client.create_bucket(**bucket, **place)
        closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        with _where_it_is_known():
            client.put_public_access_block(**bucket, PublicAccessBlockConfiguration=dict.fromkeys(closed, True))
        cors = {
            "AllowedOrigins": origins,
            "AllowedMethods": ["GET", "HEAD"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["Content-Type", "Content-Range"],
            "MaxAgeSeconds": 3600,
        }
        client.put_bucket_cors(**bucket, CORSConfiguration={"CORSRules": [cors]})
        try:
            rules = client.get_bucket_lifecycle_configuration(**bucket)["Rules"]
        except ClientError:  # there are none
            rules = []
        ours = {rule["ID"] for rule in _LIFECYCLE_RULES}
        rules = [*(rule for rule in rules if rule.get("ID") not in ours), *_LIFECYCLE_RULES]
        client.put_bucket_lifecycle_configuration(**bucket, LifecycleConfiguration={"Rules": rules})

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        client = self.connection.meta.client
        try:
            answer = client.get_object(Bucket=self.bucket_name, Key=name)
        except client.exceptions.NoSuchKey as error:
            raise FileNotFoundError(name) from error
        return ContentFile(answer["Body"].read(), name)


@contextmanager
def _where_it_is_known() -> Iterator[None]:
    """Pass over what other storages than Amazon's do not have; they are private by default."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NotImplemented", "MethodNotAllowed"):
            raise
