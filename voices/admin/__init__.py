"""The admin, one file for each model. Django imports this package; the files register what they define."""

import django_q.admin  # noqa: F401  (registers what is unregistered below)
from django.contrib import admin
from django_q.models import Schedule, Success

from voices.admin import dictionary, members, requests, voices, webhooks  # noqa: F401

# Nothing is scheduled, and the queue keeps no results: a request's row has its own.
admin.site.unregister([Schedule, Success])
admin.site.site_header = admin.site.site_title = "ForV Voices"
