"""Reports of errors to Sentry, if ``SENTRY_DSN`` is set; otherwise ``sentry_sdk`` is not imported."""

from django.conf import settings

if settings.SENTRY_DSN:
    from voices.telemetry import sentry


def start_reports() -> None:
    """Report what is logged as an error from now on, in this process and those that it forks."""
    if settings.SENTRY_DSN:
        sentry.start()
