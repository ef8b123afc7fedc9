import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from voices.audit import unwatch, watch
from voices.desk.roles import give_roles


class Migration(migrations.Migration):

    dependencies = [
        ('voices', '0028_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.CharField(help_text="By which it is found: a contract's number, or where it is kept.", max_length=200, verbose_name='document')),
                ('scope', models.CharField(choices=[('all', 'the page and the API'), ('page', 'the page only'), ('api', 'API keys only')], default='all', max_length=4, verbose_name='for whom')),
                ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='from')),
                ('valid_until', models.DateField(blank=True, help_text='The last day. Empty: no end is agreed.', null=True, verbose_name='until')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked at')),
                ('to_recall', models.PositiveIntegerField(db_default=0, editable=False, verbose_name='to be recalled')),
                ('recalled', models.PositiveIntegerField(db_default=0, editable=False, verbose_name='recalled')),
                ('recall_renewed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('recalled_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='recall finished at')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='voices.member', verbose_name='member')),
                ('voice', models.ForeignKey(blank=True, help_text='Empty: every voice that the member has, and those to come.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='voices.voice', verbose_name='voice')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'ordering': ['-created_at'],
                'indexes': [models.Index(condition=models.Q(('recalled_at', None), ('revoked_at__isnull', False)), fields=['recall_renewed_at'], name='consent_being_recalled')],
                'constraints': [models.CheckConstraint(condition=models.Q(('scope__in', ['all', 'page', 'api'])), name='consent_scope_is_known'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='consent_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('recalled_at', None), ('revoked_at__isnull', False), _connector='OR'), name='recalled_if_revoked')],
            },
        ),
        migrations.RunSQL(watch("voices_consent"), unwatch("voices_consent")),
        migrations.RunPython(give_roles, migrations.RunPython.noop),
    ]
