"""The admin, one file for each model. Django imports this package; the files register what they define."""

import django_q.admin  # noqa: F401  (registers what is unregistered below, as the next one does)
import rest_framework_api_key.admin  # noqa: F401
from django.contrib import admin
from django_q.models import Schedule, Success
from rest_framework_api_key.models import APIKey

from voices.admin import api_keys, dictionary, members, proposals, requests, shares, voices, webhooks  # noqa: F401

# Nothing is scheduled, and the queue keeps no results: a request's row has its own. Our API keys are `Owner`s.
admin.site.unregister([Schedule, Success, APIKey])
admin.site.site_header = admin.site.site_title = "ForV Voices"
