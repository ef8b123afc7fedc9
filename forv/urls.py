"""URLs of the page, the shares, the API, the admin and the health checks."""

from django.contrib import admin
from django.urls import include, path, re_path

from forv.health import healthz, readyz
from forv.page import broken, member_page, no_such_page, page
from voices.api.media import member_picture, signed_file
from voices.pictures import NAME as PICTURE

urlpatterns = [
    path("", page, name="page"),
    path("voices", page),
    path("members/<slug:slug>", member_page),
    path("api/", include("voices.api.urls")),
    path("v1/", include("voices.api.openai.urls")),
    path("admin/", admin.site.urls),
    path("", include("voices.share_page.urls")),
    re_path(rf"^pictures/(?P<file_name>{PICTURE})$", member_picture, name="member-picture"),
    path("media/<str:token>", signed_file, name="signed-file"),
    path("healthz", healthz),
    path("readyz", readyz),
    # Before Django's own answer, which is for developers while debugging.
    re_path(r"", no_such_page),
]
handler404 = no_such_page
handler500 = broken
