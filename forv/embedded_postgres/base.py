"""Django's Postgres backend with the embedded server, which the first connection starts.

So commands that need no database (``synthesize``, ``preview_text``) do not start one.
"""

from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

from forv import embedded_postgres


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        socket_dir = embedded_postgres.start(settings.EMBEDDED_POSTGRES_DIR)
        self.settings_dict.update(HOST=socket_dir, USER="postgres")
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        connection: psycopg.Connection[Any]
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            if f'database "{conn_params["dbname"]}" does not exist' not in str(error):
                raise
            self._create_database(conn_params)
            connection = super().get_new_connection(conn_params)
        return connection

    def _create_database(self, conn_params: dict[str, Any]) -> None:
        """Create the database; with the embedded server there is no administrator to do it."""
        with psycopg.connect(
            host=conn_params["host"], user=conn_params["user"], dbname="postgres", autocommit=True
        ) as connection:
            name = psycopg.sql.Identifier(conn_params["dbname"])
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(name))
