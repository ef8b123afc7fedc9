"""Entry point for servers without ASGI, which can't serve event streams and long waits."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forv.settings")
application = get_wsgi_application()
