"""The roles of those who work at the desk, as groups: viewer, reviewer and manager.

`manage.py migrate` makes them. A migration that adds a model calls :func:`give_roles` again.
"""

from typing import Any

# Their pages show secrets, or are the service's own.
NOT_FOR_ALL = {"owner", "webhook", "webhookdelivery", "transfer", "cluster", "auditentry"}
# The service alone writes these.
NOT_WRITTEN = {"auditentry", "tally", "cluster", "rulehit"}
# What reviewers decide. Whoever accepts a proposal writes the dictionary.
DECIDED = {"voicerequest": ("change",), "report": ("change",), "share": ("change",), "readingproposal": ("change",)}
WRITTEN = {"dictionaryentry": ("add", "change")}
ALL = ("view", "add", "change", "delete")


def permissions_of(role: str, model: str) -> tuple[str, ...]:
    """Return the actions that a role may take on a model of the service, named in lower case."""
    match role:
        case "manager":
            return ("view",) if model in NOT_WRITTEN else ALL
        case "reviewer" if model not in NOT_FOR_ALL:
            return ("view", *DECIDED.get(model, ()), *WRITTEN.get(model, ()))
        case "viewer" if model not in NOT_FOR_ALL:
            return ("view",)
        case _:
            return ()


def give_roles(apps: Any, schema_editor: Any = None) -> None:
    """Make the groups, and give them what they may do with each model there is; what else they have they keep.

    Django makes permissions after the last migration only, so those that are missing are made here as it makes them.
    """
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role in ("viewer", "reviewer", "manager"):
        group, _ = Group.objects.get_or_create(name=role)
        for model in apps.get_app_config("voices").get_models():
            names = model._meta
            for action in permissions_of(role, names.model_name):
                kind, _ = ContentType.objects.get_or_create(app_label="voices", model=names.model_name)
                permission, _ = Permission.objects.get_or_create(
                    content_type=kind,
                    codename=f"{action}_{names.model_name}",
                    defaults={"name": f"Can {action} {names.verbose_name_raw}"},
                )
                group.permissions.add(permission)
