import mimetypes

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VoicesConfig(AppConfig):
    name = "voices"
    verbose_name = _("Voices")

    def ready(self) -> None:
        # Django does not allow models to be imported before this method.
        from voices import signals, storage_check  # noqa: F401  (they register themselves)
        from voices.synth import FORMATS
        from voices.telemetry.reports import start_reports
        from voices.worker import checks, warm_up  # noqa: F401  (checks register themselves)

        # Both storages guess a file's type from its name, and the image has no /etc/mime.types with ours.
        for audio in FORMATS.values():
            mimetypes.add_type(audio.mime_type, f".{audio.extension}")
        warm_up.connect()
        start_reports()
