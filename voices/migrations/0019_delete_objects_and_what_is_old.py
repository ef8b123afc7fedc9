"""A table of the objects that are to be deleted, and the schedule by which what is old is deleted."""

from typing import Any

from django.db import migrations, models

NAME = "retention"


def add_schedule(apps: Any, schema_editor: Any) -> None:
    apps.get_model("django_q", "Schedule").objects.get_or_create(
        name=NAME, defaults={"func": "voices.retention.apply_next_batch", "schedule_type": "H"}
    )


def remove_schedule(apps: Any, schema_editor: Any) -> None:
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
        ("voices", "0018_batches"),
    ]

    operations = [
        migrations.CreateModel(
            name="ObjectToDelete",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_index=True, max_length=255)),
                ("due_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="voicerequest",
            index=models.Index(fields=["status", "finished_at"], name="request_by_end"),
        ),
        migrations.RunPython(add_schedule, remove_schedule),
    ]
