"""The Django project: settings, URLs, entry points of the servers, health checks and `make run`."""
