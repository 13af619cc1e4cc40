"""Tables that the database itself lets nobody rewrite: rows are added, and then stay as they are.

A trigger refuses every update and every deletion, by whatever door it comes: a form, a script, a hand at the console.
A table may leave some columns open, or some rows: what stands in the others stays.
"""

from django.db import migrations

REFUSAL = "Rows of {table} are added, and never changed or deleted."
EVENTS = ["update", "delete"]
SQLITE = "CREATE TRIGGER keep_{table}_{event} BEFORE {event} {of} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
    MESSAGE = replace('{REFUSAL}', '{{table}}', TG_TABLE_NAME);
END $$"""
POSTGRESQL = """
CREATE TRIGGER keep_{table} BEFORE UPDATE {of} OR DELETE ON {table} FOR EACH ROW {when} EXECUTE FUNCTION refuse_rewriting()"""


def keep(connection, table, columns=(), rows=""):
    """Put the triggers on a table; those that are there already are put anew.

    `columns` are those that nobody may write over (default: all), `rows` the condition of those that are kept (default: all).
    """
    release(connection, table)
    parts = {"table": table, "of": f"OF {', '.join(columns)}" if columns else "", "when": f"WHEN ({rows})" if rows else ""}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
            cursor.execute(POSTGRESQL.format(**parts))
        else:
            refusal = REFUSAL.format(table=table)
            for event in EVENTS:
                of = parts["of"] if event == "update" else ""
                cursor.execute(SQLITE.format(**{**parts, "of": of}, event=event, refusal=refusal))


def release(connection, table):
    """Take the triggers off a table, as a migration that remakes it must, before it puts them back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS keep_{table} ON {table}")
        else:
            for event in EVENTS:
                cursor.execute(f"DROP TRIGGER IF EXISTS keep_{table}_{event}")


class KeepRows(migrations.RunPython):
    """The migration that makes a table append-only; the last operation of each that makes or remakes the table."""

    def __init__(self, table, **kept):
        self.table, self.kept = table, kept
        super().__init__(
            lambda registry, editor: keep(editor.connection, table, **kept),
            lambda registry, editor: release(editor.connection, table),
        )

    def deconstruct(self):
        return type(self).__name__, [self.table], self.kept
