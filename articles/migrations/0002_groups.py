"""The three groups of the newsroom and their rights, as the README's table has them."""

from django.db import migrations

PARTS = [  # rows inside another record's form: whoever may change the whole may add and remove them
    "appearance",
    "citation",
    "membership",
    "organisationname",
    "outsidelink",
    "participation",
    "party",
    "personname",
    "priorityarea",
    "responsibility",
    "signature",
]
PUBLISHABLES = ["article", "progressupdate", "roadmap"]
DRAFTS = [*PUBLISHABLES, "commitment", "evidence", "image", "organisation", "person", "post", "statistic"]
REGISTER = ["convention", "country", "ratification", "topic"]
READ_ONLY = [("articles", "correction"), ("articles", "transition"), ("conventions", "oldaddress")]


def rights():
    """Yield (group, app, model, actions); each group also has the rights of the one before it."""
    yield from (("reporter", "articles", model, "view add change delete") for model in PARTS)
    yield from (("reporter", "articles", model, "view add change") for model in DRAFTS)
    yield from (("reporter", "articles", model, "submit") for model in PUBLISHABLES)
    yield from (("reporter", "conventions", model, "view") for model in REGISTER)
    yield from (("reporter", app, model, "view") for app, model in READ_ONLY)
    yield from (("editor", "articles", model, "review publish delete") for model in PUBLISHABLES)
    yield from (("editor", "articles", model, "delete") for model in DRAFTS if model not in PUBLISHABLES)
    yield "editor", "articles", "progressupdate", "confirm"
    yield "editor", "articles", "correction", "add change"
    yield from (("chief", "articles", model, "withdraw") for model in PUBLISHABLES)
    yield from (("chief", "conventions", model, "add change delete") for model in REGISTER)
    yield "chief", "auth", "user", "view add change"
    yield "chief", "auth", "group", "view"


def create(apps, schema_editor):
    """Make the groups; Django itself makes permissions only after all migrations, so make those needed here."""
    using = schema_editor.connection.alias
    Group, Permission, ContentType = (
        apps.get_model(*name) for name in [("auth", "Group"), ("auth", "Permission"), ("contenttypes", "ContentType")]
    )
    groups = {name: Group.objects.using(using).get_or_create(name=name)[0] for name in ("reporter", "editor", "chief")}
    heirs = {"reporter": ["reporter", "editor", "chief"], "editor": ["editor", "chief"], "chief": ["chief"]}
    for group, app, model, actions in rights():
        content_type, _ = ContentType.objects.using(using).get_or_create(app_label=app, model=model)
        for action in actions.split():
            permission, _ = Permission.objects.using(using).get_or_create(
                content_type=content_type,
                codename=f"{action}_{model}",
                defaults={"name": f"Can {action} {apps.get_model(app, model)._meta.verbose_name}"},
            )
            for heir in heirs[group]:
                groups[heir].permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("conventions", "0001_initial"),
    ]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
