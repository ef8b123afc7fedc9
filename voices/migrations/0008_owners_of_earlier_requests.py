from django.db import migrations
from django.utils.crypto import get_random_string

AT_ONCE = 1000


def give_each_client_an_owner(apps, schema_editor):
    """Make the requests of each client's uuid those of a listener without a token.

    The first to ask for a token with that uuid gets it (``OwnerManager.add_listener``).
    """
    Owner = apps.get_model("voices", "Owner")
    VoiceRequest = apps.get_model("voices", "VoiceRequest")
    without = VoiceRequest.objects.filter(owner=None, purpose="fan").exclude(client_uuid="")
    while names := list(without.order_by("client_uuid").values_list("client_uuid", flat=True).distinct()[:AT_ONCE]):
        owners = Owner.objects.bulk_create(
            Owner(kind="listener", name=name, prefix=get_random_string(16), hashed_key="") for name in names
        )
        for owner in owners:
            without.filter(client_uuid=owner.name).update(owner=owner)


def forget_owners(apps, schema_editor):
    apps.get_model("voices", "VoiceRequest").objects.update(owner=None)
    apps.get_model("voices", "Owner").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ("voices", "0007_owners"),
    ]

    operations = [
        migrations.RunPython(give_each_client_an_owner, forget_owners),
    ]
