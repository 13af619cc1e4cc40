"""Make everything ready that a running site needs. Run it as often as you like: it never undoes an edit."""

from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection

from conventions.models import Version


class Command(BaseCommand):
    help = "Migrate the database, load content if there is none, make development accounts, collect static files."

    def handle(self, **options):
        self.make_var_dir()
        with readable_database_errors():
            self.stdout.write(f"Migrating the database {database_name()}")
            connection.ensure_connection()
            call_command("migrate", interactive=False, verbosity=0)
            call_command("load_content", stdout=self.stdout)
            Version.objects.outdated().delete()
            if settings.DEVELOPMENT:
                call_command("development_accounts", stdout=self.stdout)
        self.collect_static_files()

    def make_var_dir(self):
        self.stdout.write(f"Keeping what the site writes in {settings.VAR_DIR}")
        try:
            settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(
                f"The folder {settings.VAR_DIR} cannot be made ({error.strerror}); set VAR_DIR to one that can."
            ) from None

    def collect_static_files(self):
        self.stdout.write("Collecting static files")
        try:
            call_command("collectstatic", interactive=False, verbosity=0)
        except (OSError, ValueError) as error:
            raise CommandError(f"The static files cannot be collected: {error}") from None


def database_name():
    """The database as a reader knows it again, without its password."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(database["NAME"])
    return f"postgres://{database['USER']}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


@contextmanager
def readable_database_errors():
    """Turn any error of the database into one sentence."""
    try:
        yield
    except Error as error:
        cause = " ".join(str(error).split()).rstrip(".")
        raise CommandError(
            f"The database {database_name()} does not do its work: {cause}. Start or mend it, or set DATABASE_URL to another."
        ) from None
