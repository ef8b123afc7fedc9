"""What Django leaves to us of Postgres: connections that LISTEN, locks by name, and when a database is away."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.db.models import Model

# Raised while the database can't be reached. Any other `django.db.Error` is a mistake of ours.
DATABASE_AWAY = (OperationalError, InterfaceError)


def listener_parameters(alias: str = DEFAULT_DB_ALIAS) -> dict[str, Any]:
    """Return what `psycopg` needs for a connection of its own, synchronous or not, that hears NOTIFY at once.

    Django closes its connections between requests and tasks, and then they hear nothing.
    """
    parameters = connections[alias].get_connection_params()
    of_django = {"cursor_factory", "context", "pool"}
    return {name: value for name, value in parameters.items() if name not in of_django} | {"autocommit": True}


def lock_until_commit(*name: str) -> None:
    """Let transactions that lock the same name run one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["\n".join(name)])


def share_until_commit(*name: str) -> None:
    """Let transactions that share a name run at once, and those that lock it wait for them, and they for those."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", ["\n".join(name)])


def keep_until_commit(row: Model) -> bool:
    """Let nobody delete the row until the transaction ends. False: it is deleted already."""
    table, key = connection.ops.quote_name(row._meta.db_table), row._meta.pk
    assert key is not None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE {key.column} = %s FOR KEY SHARE", [row.pk])
        return cursor.fetchone() is not None
