"""An instrument may be cited in a source whose own wording was not seen: the words may be empty."""

from django.db import migrations, models

from conventions.edition import InstallEdition


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0013_confirmed_in_public"),
    ]

    operations = [
        migrations.AlterField(
            model_name="citation",
            name="words",
            field=models.CharField(blank=True, help_text="As the source names it, letter by letter. Empty where the source’s own wording was not seen.", max_length=300, verbose_name="words used"),
        ),
        InstallEdition(),
    ]
