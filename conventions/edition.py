"""The edition: the number that says "something public changed", raised by the database itself.

A trigger on each table that a public page reads raises it in the transaction that changes the table, so that imports,
`update()` and a hand at the database's own console count too. Pages are kept by it: see `ilonews.middleware`.
"""

from django.apps import apps
from django.db import connection, migrations, models
from django.utils.translation import gettext_lazy as _

#: Models that no public page shows: what a release proposed, links to previews, and the number itself. Versions are among
#: them, because a version becomes public only together with a change of its record.
NOT_SHOWN = {"conventions.proposal", "conventions.release", "conventions.releaserow", "conventions.edition"}
NOT_SHOWN |= {"conventions.version"}
NOT_SHOWN |= {"articles.previewlink", "articles.notices"}
NOT_SHOWN |= {"articles.link"}
NOT_SHOWN |= {"articles.comment", "articles.embargo", "articles.insider"}
FLOORS = ["conventions", "articles"]


class EditionQuerySet(models.QuerySet):
    def current(self):
        """The number of the present edition; None in a database that has none, and then nothing may be kept."""
        return self.filter(pk=1).values_list("number", flat=True).first()


class Edition(models.Model):
    """One row: the number of the present edition, and in which transaction it was raised last (PostgreSQL only)."""

    number = models.BigIntegerField(_("number"))
    raised_in = models.BigIntegerField(_("raised in"), null=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        app_label = "conventions"
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        default_permissions = ()

    def __str__(self):
        return str(self.number)


def shown_tables(registry=apps):
    """The tables that public pages read, those of many-to-many relations included; of the floors that are there already."""
    shown = [
        model
        for floor in FLOORS
        if floor in registry.app_configs
        for model in registry.get_app_config(floor).get_models(include_auto_created=True)
        if model._meta.label_lower not in NOT_SHOWN
    ]
    return sorted(model._meta.db_table for model in shown)


# One upsert, so that the number survives even an emptied table. On PostgreSQL it waits for the end of the transaction
# (a deferred trigger), so that the row is locked last and briefly: two writers can neither wait long nor for each other.
RAISE = "INSERT INTO conventions_edition (id, number) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET number = {} + 1"
SQLITE = "CREATE TRIGGER edition_{table}_{event} AFTER {event} ON {table} BEGIN {statement}; END"
FUNCTION = f"""
CREATE OR REPLACE FUNCTION raise_edition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  {RAISE.format("conventions_edition.number")}, raised_in = txid_current()
    WHERE conventions_edition.raised_in IS DISTINCT FROM txid_current();
  RETURN NULL;
END $$"""
POSTGRESQL = """
CREATE CONSTRAINT TRIGGER edition_{table} AFTER INSERT OR UPDATE OR DELETE ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_edition()"""
EVENTS = ["insert", "update", "delete"]


def install(registry, schema_editor):
    """Put the triggers on every shown table that has none. Run it again after a migration that remakes a table."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(FUNCTION)
    for table in shown_tables(registry):
        if vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS edition_{table} ON {table}")
            schema_editor.execute(POSTGRESQL.format(table=table))
        for event in EVENTS if vendor == "sqlite" else []:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS edition_{table}_{event}")
            schema_editor.execute(SQLITE.format(table=table, event=event, statement=RAISE.format("number")))


class InstallEdition(migrations.RunPython):
    """The migration that puts the triggers where they belong: the last operation of each that makes or remakes tables."""

    def __init__(self):
        super().__init__(install, migrations.RunPython.noop)

    def deconstruct(self):
        return type(self).__name__, [], {}


def tables_without():
    """The shown tables that lack a trigger: there must be none."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            wanted = {table: {f"edition_{table}_{event}" for event in EVENTS} for table in shown_tables()}
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
            wanted = {table: {f"edition_{table}"} for table in shown_tables()}
        found = {name for (name,) in cursor.fetchall()}
    return [table for table, names in wanted.items() if not names <= found]
