"""Addresses of the pages that the service renders itself, and of their looks."""

from django.urls import path, re_path

from voices.share_page import verification, views

_SHARE = r"^s/(?P<token>[A-Za-z0-9_-]{22})"

urlpatterns = [
    path("verify", verification.verify_page, name="verify"),
    path("s/hue-<int:hue>.css", views.hue_style, name="share-hue"),
    re_path(rf"{_SHARE}$", views.share_page, name="share"),
    re_path(rf"{_SHARE}/audio$", views.share_audio, name="share-audio"),
    re_path(rf"{_SHARE}/card\.png$", views.share_card, name="share-card"),
    re_path(rf"{_SHARE}/report$", views.share_report, name="share-report"),
    re_path(rf"{_SHARE}/reported$", views.share_reported, name="share-reported"),
]
