"""A database of a measurement's own, with voices that speak as in the service."""

import os
from pathlib import Path

from forv import embedded_postgres
from testing.tiny_voice import write_tiny_voice


def own_database(folder: Path, voice_model: Path | None = None) -> None:
    """Set Django up with a new database in `folder`, and the members and voices of `voice_model`.

    By default that is a member with id 1 and a tiny voice.
    """
    if voice_model is None:
        voice_model = folder / "voice_model"
        write_tiny_voice(voice_model, 1)
        (voice_model / "voices.toml").write_text('[[member]]\nid = 1\nslug = "bench"\nname = "bench"\n')
    os.environ["FORV_VOICE_MODEL_DIR"] = str(voice_model)
    os.environ["FORV_DATA_DIR"] = str(folder)
    os.environ["FORV_SAME_AGAIN_DAYS"] = "0"  # each request is to be spoken
    os.environ["LOG_LEVEL"] = "WARNING"
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forv.settings")
    os.environ.setdefault("DJANGO_DEBUG", "1")

    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    os.environ["DATABASE_URL"] = embedded_postgres.database_url(settings.EMBEDDED_POSTGRES_DIR)
    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0)
