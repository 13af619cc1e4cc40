from django.db import migrations

from conventions.edition import InstallEdition


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_register_rights"),
        ("conventions", "0003_edition"),
    ]

    operations = [InstallEdition()]
