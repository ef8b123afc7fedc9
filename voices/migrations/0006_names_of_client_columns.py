from django.db import migrations, models


class Migration(migrations.Migration):
    """The client's own strings get names that don't look like those of our columns."""

    dependencies = [
        ("voices", "0005_voices_are_checked"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="voicerequest", name="request_by_client"),
        migrations.RenameField(model_name="voicerequest", old_name="uuid", new_name="client_uuid"),
        migrations.RenameField(model_name="voicerequest", old_name="created_at", new_name="client_created_at"),
        migrations.AddIndex(
            model_name="voicerequest",
            index=models.Index(fields=["client_uuid", "-queued_at"], name="request_by_client"),
        ),
    ]
