"""For servers without ASGI: everything but event streams and long waits is served as well."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forv.settings")
application = get_wsgi_application()
