"""A figure may be of no single State, and of a number that its source does not give exactly."""

import django.db.models.deletion
from django.db import migrations, models

from conventions.edition import InstallEdition


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0016_page_rights"),
        ("conventions", "0005_recorded"),
    ]

    operations = [
        migrations.AddField(
            model_name="statistic",
            name="qualifier",
            field=models.CharField(blank=True, choices=[(None, "exactly"), ("about", "about"), ("fewer", "fewer than"), ("more", "more than"), ("up-to", "up to")], help_text="As the source gives the number: about 470,000, more than 50.", max_length=5, verbose_name="how exact"),
        ),
        migrations.AlterField(
            model_name="statistic",
            name="country",
            field=models.ForeignKey(blank=True, help_text="Empty for a figure of no single State: it is worldwide.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="statistics", to="conventions.country", verbose_name="country"),
        ),
        migrations.AddConstraint(
            model_name="statistic",
            constraint=models.UniqueConstraint(condition=models.Q(("country__isnull", True)), fields=("indicator", "year", "source"), name="statistic_worldwide_once", violation_error_message="This figure of this source is recorded already."),
        ),
        InstallEdition(),
    ]
