"""The audit log: what staff changed, with before and after, who and when.

Postgres writes it, by a trigger on each table that staff can change, while a transaction acts for a member of staff. So
it also holds what our own methods change by UPDATE, actions on many rows, and what a deletion takes along, which a log
by Django's signals would miss. What fans wrote, keys and passwords are not copied: each table names its columns.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

_ACTOR = "SELECT set_config('forv.actor', %s, false), set_config('forv.actor_name', %s, false)"


class AuditEntry(models.Model):
    """One change of one row, written by the trigger."""

    class Action(models.TextChoices):
        INSERT = "insert", _("added")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("deleted")

    at = models.DateTimeField(_("time"))
    # A number and a name, and no foreign key: the entry outlives the account.
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(_("who"), max_length=150)
    action = models.CharField(_("action"), max_length=6, choices=Action)
    table = models.CharField(max_length=63)
    object_id = models.CharField(_("number"), max_length=64)
    # Of the columns that changed; null where there was, or is, no row.
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["table", "object_id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.table} {self.object_id}"

    @property
    def model(self) -> type[models.Model] | None:
        """The model whose row it was; ``None`` for a table that is no more."""
        every = apps.get_models(include_auto_created=True)
        return next((model for model in every if model._meta.db_table == self.table), None)


@contextmanager
def acting(user: AbstractBaseUser) -> Iterator[None]:
    """Record what this connection changes as done by the user."""
    _set_actor(str(user.pk), user.get_username())
    try:
        yield
    finally:
        if connection.connection is not None:
            _set_actor("", "")


def _set_actor(key: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ACTOR, [key, name])


def watch(table: str, *, key: str = "id", only: Sequence[str] = (), leave_out: Sequence[str] = ()) -> str:
    """Return the SQL that begins to record the changes of a table, for a migration.

    ``key`` is the column that names the row. ``only`` these columns are copied or, where it is empty, all but those to
    ``leave_out``: give one of both for a table with texts of fans, keys or passwords.
    """
    how, columns = ("only", only) if only else ("leave_out", leave_out)
    return f"""
        CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
        WHEN (current_setting('forv.actor', true) <> '')
        EXECUTE FUNCTION voices_audit('{key}', '{how}', '{",".join(columns)}')
    """


def unwatch(table: str) -> str:
    """Return the SQL that ends it."""
    return f"DROP TRIGGER audit ON {table}"


FUNCTION = """
    CREATE FUNCTION voices_audit() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        whole_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
        whole_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
        columns text[] := string_to_array(TG_ARGV[2], ',');
        shown_before jsonb;
        shown_after jsonb;
    BEGIN
        SELECT jsonb_object_agg(name, whole_before -> name), jsonb_object_agg(name, whole_after -> name)
            INTO shown_before, shown_after
            FROM jsonb_object_keys(coalesce(whole_after, whole_before)) AS name
            WHERE (name = ANY (columns)) = (TG_ARGV[1] = 'only')
            AND (TG_OP <> 'UPDATE' OR whole_before -> name IS DISTINCT FROM whole_after -> name);
        IF TG_OP = 'UPDATE' AND shown_after IS NULL THEN
            RETURN NULL;
        END IF;
        INSERT INTO voices_auditentry (at, actor_id, actor_name, action, "table", object_id, before, after) VALUES (
            now(), current_setting('forv.actor')::bigint, left(current_setting('forv.actor_name', true), 150),
            lower(TG_OP), TG_TABLE_NAME, left(coalesce(whole_after, whole_before) ->> TG_ARGV[0], 64),
            CASE WHEN TG_OP <> 'INSERT' THEN shown_before END, CASE WHEN TG_OP <> 'DELETE' THEN shown_after END
        );
        RETURN NULL;
    END
    $$
"""
