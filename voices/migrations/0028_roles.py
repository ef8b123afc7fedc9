from django.db import migrations

from voices.desk.roles import give_roles


class Migration(migrations.Migration):

    dependencies = [
        ("voices", "0027_tallies"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give_roles, migrations.RunPython.noop)]
