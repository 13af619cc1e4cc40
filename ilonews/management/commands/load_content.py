"""Load the content of `fixtures/` into an empty database, whole or not at all: `loaddata` with what it leaves unchecked.

What the register says then is what its last release said, so that a later one shows what people changed by hand since.
"""

import json
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers import sort_dependencies
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, transaction

from articles.models.publishing import number_what_is_public
from conventions.records import violated
from conventions.register.changes import remember

CONTENT = ["conventions.Convention", "conventions.Country", "articles.Article"]


class Command(BaseCommand):
    help = "Load fixtures/*.json, one file a model, into an empty database; a database with content is left as it is."

    def handle(self, **options):
        if any(apps.get_model(label)._base_manager.exists() for label in CONTENT):
            self.stdout.write("Content is already there: nothing loaded.")
            number_what_is_public()
            return
        files = [(model, folder / f"{model._meta.model_name}.json") for model in in_order() for folder in folders()]
        files = [(model, file) for model, file in files if file.exists()]
        refuse_strangers({file for model, file in files})
        with transaction.atomic():
            total = sum(load(model, file) for model, file in files)
            remember()
            number_what_is_public()
        self.stdout.write(f"Loaded {total:,} records from {len(files)} files.")


def folders():
    return [Path(folder) for folder in settings.FIXTURE_DIRS]


def in_order():
    """The models, each after those that its records refer to."""
    return sort_dependencies([(apps.get_app_config(label), None) for label in ("conventions", "articles")])


def refuse(file, cause):
    sentence = " ".join(str(cause).split()).rstrip(".")
    raise CommandError(f"{file.name}: {sentence}. Correct the file and start again; nothing was loaded.")


def refuse_strangers(known):
    """A file that no model would read is a slip of the name, and its content would be missing silently."""
    for folder in folders():
        for file in sorted(set(folder.glob("*.json")) - known):
            refuse(file, "there is no model of this name")


def load(model, file):
    """Load one file and check what it brought; return the number of its records."""
    try:
        expected = len(json.loads(file.read_text(encoding="utf-8")))
        call_command("loaddata", file, verbosity=0)
    except (OSError, ValueError, TypeError, AttributeError, DeserializationError, DatabaseError, ValidationError) as error:
        refuse(file, violated(model, error) or error)
    check(model, file)
    if (found := model._base_manager.count()) != expected:
        refuse(file, f"it holds {expected} records but only {found} different {model._meta.verbose_name_plural}")
    return expected


def check(model, file):
    """Refuse values that a form would refuse: loaddata takes any text for a choice."""
    references = {field.name for field in model._meta.concrete_fields if field.remote_field}
    for record in model._base_manager.all():
        try:
            record.clean_fields(exclude=references)
        except ValidationError as error:
            refuse(file, f"“{record}”: " + "; ".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items()))
