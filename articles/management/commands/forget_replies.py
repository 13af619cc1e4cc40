"""Remove who wrote what was settled long ago. What they wrote, and what was done about it, stays."""

from django.conf import settings
from django.core.management.base import BaseCommand

from articles.models import Reply


class Command(BaseCommand):
    help = "Remove name, e-mail address and identity from what readers sent, REPLY_DAYS after it was settled. Run it daily."

    def handle(self, **options):
        forgotten = Reply.objects.forget(settings.REPLY_DAYS)
        self.stdout.write(f"{forgotten:,} senders were forgotten, of what was settled {settings.REPLY_DAYS} days ago or before.")
