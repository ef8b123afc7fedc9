"""Addresses below ``/v1/``, with or without a slash at their end."""

from django.urls import re_path

from voices.api.openai.listings import AudioModelsView, ModelsView, ModelView, VoicesView
from voices.api.openai.speech import speech
from voices.api.openai.view import no_such_address

urlpatterns = [
    re_path(r"^models/?$", ModelsView.as_view()),
    re_path(r"^models/(?P<name>[^/]+)/?$", ModelView.as_view()),
    re_path(r"^audio/models/?$", AudioModelsView.as_view()),
    re_path(r"^audio/voices/?$", VoicesView.as_view()),
    re_path(r"^audio/speech/?$", speech),
    re_path(r"^(?P<rest>[\s\S]*)$", no_such_address),
]
