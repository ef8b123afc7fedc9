"""Why a storage does not work, in words for whoever runs the service."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StorageFault(TextChoices):
    """What is missing; each storage's ``fault_of(error)`` says which of its errors means what."""

    NO_ANSWER = "storage_does_not_answer", _("The storage does not answer.")
    NO_CREDENTIALS = "storage_credentials", _("The storage does not accept the credentials, or there are none.")
    NO_BUCKET = "storage_bucket", _("The bucket does not exist. The command manage.py prepare_bucket makes it.")
    NOT_PERMITTED = "storage_permission", _("The credentials lack a permission.")
    MAY_NOT_WRITE = "storage_permission_to_write", _("The credentials lack the permission to write objects.")
    MAY_NOT_READ = "storage_permission_to_read", _("The credentials lack the permission to read objects.")
    MAY_NOT_DELETE = "storage_permission_to_delete", _("The credentials lack the permission to delete objects.")
    CANNOT_SIGN = "storage_signing", _("The credentials can't sign addresses of audio.")
    OTHER = "storage", _("The storage does not work. The log has its error.")
