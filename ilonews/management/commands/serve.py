"""Serve the site with gunicorn, after looking whether it can be served at all."""

import os
import socket
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles import mail
from ilonews.settings import env, env_int


class Command(BaseCommand):
    help = "Serve the site with gunicorn on HOST (127.0.0.1) and PORT (8000) with WEB_CONCURRENCY (2) workers."

    def handle(self, **options):
        host, port = env("HOST") or "127.0.0.1", env_int("PORT", 8000)
        if not 1 <= port <= 65535:
            raise CommandError(f"PORT is {port}; it must be a number from 1 to 65535.")
        if not 1 <= env_int("WEB_CONCURRENCY", 2) <= 64:
            raise CommandError(f"WEB_CONCURRENCY is {env('WEB_CONCURRENCY')}; it must be a number of workers from 1 to 64.")
        refuse_busy_port(host, port)
        self.stdout.write(f"ilonews is at http://{host}:{port}/ - stop it with Ctrl-C.")
        if mail.is_off():
            self.stdout.write("It sends no mail, because EMAIL_URL is not set.")
        self.stdout.flush()
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "ilonews.wsgi"])


def refuse_busy_port(host, port):
    """Raise a sentence unless the port can be bound. (gunicorn would try five times and end in a traceback.)"""
    bare = host.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in bare else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bare, port))
        except OSError as error:
            cause = (error.strerror or str(error)).lower()
            raise CommandError(
                f"Port {port} on {host} cannot be served ({cause}): stop what uses it, or choose another with PORT=."
            ) from None
