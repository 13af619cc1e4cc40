"""Who writes pages about the site, who reads them before the public does, and who withdraws them."""

from django.db import migrations

RIGHTS = [
    ("reporter", "page", "view add change submit"),
    ("editor", "page", "review publish delete"),
    ("chief", "page", "withdraw"),
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


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0015_page"),
    ]

    operations = [
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
