from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VoicesConfig(AppConfig):
    name = "voices"
    verbose_name = _("Voices")

    def ready(self) -> None:
        from voices import signals  # noqa: F401  (connects itself)
        from voices.worker import warm_up

        warm_up.connect()
