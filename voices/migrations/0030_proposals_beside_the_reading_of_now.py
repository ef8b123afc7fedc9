import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('voices', '0029_consents_on_record'),
    ]

    operations = [
        migrations.AddField(
            model_name='readingproposal',
            name='sample_now',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='voices.voicerequest'),
        ),
    ]
