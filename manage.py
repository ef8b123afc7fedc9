#!/usr/bin/env python
"""Run the service's commands; `manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forv.settings")
    # A deployment has a SECRET_KEY. Without one this is a developer's machine, where commands need no environment.
    if not os.environ.get("SECRET_KEY"):
        os.environ.setdefault("DJANGO_DEBUG", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
