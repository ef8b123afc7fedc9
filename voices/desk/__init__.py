"""The frame of the admin, in which a creator's manager works: its site, navigation, roles and home page.

The pages of each model stand in `voices/admin/`; django-unfold gives both their look.
"""
