"""Make the three accounts with which the newsroom is tried out on one's own machine."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

NAMES = ["reporter", "editor", "chief"]
PASSWORD = "decent-work"


class Command(BaseCommand):
    help = f"Make the accounts {', '.join(NAMES)}, each in the group of its name. Refused in production."

    @transaction.atomic
    def handle(self, **options):
        if not settings.DEVELOPMENT:
            raise CommandError(
                "Development accounts have a public password and are not made in production; "
                "make an account of your own with: manage.py createsuperuser"
            )
        for name in NAMES:
            make_account(name)
        self.stdout.write(f"Accounts: {', '.join(NAMES)}; password {PASSWORD} (unless you changed it).")


def make_account(name):
    """Make an account in the group of its name. One that is there keeps its password and its groups."""
    try:
        group = Group.objects.get(name=name)
    except Group.DoesNotExist:
        raise CommandError(f"The group “{name}” is missing, no account was made; run first: manage.py migrate") from None
    facts = {"is_staff": True, "email": f"{name}@example.org"}  # its mail is printed; no such address exists
    user, created = get_user_model().objects.get_or_create(username=name, defaults=facts)
    if created:
        user.set_password(PASSWORD)
        user.save()
        user.groups.add(group)
