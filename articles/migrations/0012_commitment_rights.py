"""Who records discrepancies, answers what readers send, and sees which links answer no more."""

from django.db import migrations

RIGHTS = [
    ("reporter", "discrepancy", "view add change submit"),
    ("reporter", "reading", "view add change delete"),
    ("reporter", "law", "view add change delete"),
    ("reporter", "wording", "view add change delete"),
    ("reporter", "link", "view"),
    ("reporter", "reply", "view"),
    ("editor", "discrepancy", "review publish delete"),
    ("editor", "reply", "change submit review publish"),
    ("chief", "discrepancy", "withdraw"),
    ("chief", "reply", "withdraw"),
]
HEIRS = {"reporter": ["reporter", "editor", "chief"], "editor": ["editor", "chief"], "chief": ["chief"]}


def grant(apps, schema_editor):
    """Give the groups their rights; each group also has those of the one before it."""
    using = schema_editor.connection.alias
    Group, Permission, ContentType = (
        apps.get_model(*name) for name in [("auth", "Group"), ("auth", "Permission"), ("contenttypes", "ContentType")]
    )
    for group, model, actions in RIGHTS:
        content_type, _ = ContentType.objects.using(using).get_or_create(app_label="articles", model=model)
        for action in actions.split():
            permission, _ = Permission.objects.using(using).get_or_create(
                content_type=content_type,
                codename=f"{action}_{model}",
                defaults={"name": f"Can {action} {apps.get_model('articles', model)._meta.verbose_name}"},
            )
            for heir in HEIRS[group]:
                Group.objects.using(using).get(name=heir).permissions.add(permission)


def ask_again(apps, schema_editor):
    """A verdict that was confirmed before it was public could be rewritten after that: let it be confirmed once it is read."""
    updates = apps.get_model("articles", "ProgressUpdate").objects.using(schema_editor.connection.alias)
    updates.exclude(status__in=["published", "withdrawn"]).update(confirmed_at=None, confirmed_by=None)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0011_commitments"),
    ]

    operations = [
        migrations.RunPython(grant, migrations.RunPython.noop),
        migrations.RunPython(ask_again, migrations.RunPython.noop),
    ]
