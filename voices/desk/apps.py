from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin, with our site in place of its own."""

    default_site = "voices.desk.site.DeskSite"
