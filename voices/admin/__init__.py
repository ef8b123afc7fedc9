"""The pages of the admin, one file for each model. Django imports this package; the files register what they define."""

import axes.admin  # noqa: F401  (registers what is unregistered below or in `people`, as the next ones do)
import django.contrib.auth.admin  # noqa: F401
import django_q.admin  # noqa: F401
import rest_framework.authtoken.admin  # noqa: F401
import rest_framework_api_key.admin  # noqa: F401
from django.contrib import admin
from django_q.models import Failure, OrmQ, Schedule, Success
from rest_framework.authtoken.models import TokenProxy
from rest_framework_api_key.models import APIKey

from voices.admin import (  # noqa: F401
    api_keys,
    audit,
    consents,
    dictionary,
    members,
    owners,
    people,
    proposals,
    requests,
    rules,
    shares,
    voices,
    webhooks,
)

# The machinery of the queue says nothing that a request's row does not say. Our API keys are `Owner`s.
admin.site.unregister([Failure, OrmQ, Schedule, Success, APIKey, TokenProxy])
