from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conventions", "0002_releases_and_supervision")]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(verbose_name="number")),
                ("raised_in", models.BigIntegerField(null=True, verbose_name="raised in")),
            ],
            options={"verbose_name": "edition", "verbose_name_plural": "editions", "default_permissions": ()},
        ),
    ]
