#!/usr/bin/env python
"""Run a management command; a wrong setting or a silent database ends in one sentence, not in a traceback."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ilonews.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"ilonews: {error}")
    except OperationalError as error:
        cause = str(error).strip().splitlines()[0]
        sys.exit(f"ilonews: the database does not answer ({cause}). Check DATABASE_URL, or run `make run` to prepare it.")


if __name__ == "__main__":
    main()
