from django.conf import settings
from django.db import migrations, models

from conventions.append_only import KeepRows
from conventions.edition import InstallEdition


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0012_commitment_rights'),
        ('conventions', '0005_recorded'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), ('drafted_by__isnull', True), models.Q(('confirmed_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='progressupdate_confirmed_by_no_author', violation_error_message='A verdict is confirmed by another person than the one who drafted it.'),
        ),
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), ('status__in', ['published', 'withdrawn']), _connector='OR'), name='progressupdate_confirmed_in_public', violation_error_message='Only what is public is confirmed: before that it can still be rewritten.'),
        ),
        KeepRows(
            "articles_progressupdate",
            columns=[
                "commitment_id", "number", "happened_on", "happened_on_precision", "summary", "delivery", "effect", "rung",
                "evidence_id", "supersedes_id", "reason", "recorded_at", "recorded_by_id",
            ],
            rows="OLD.status = 'published' OR OLD.withdrawn_at IS NOT NULL",
        ),
        InstallEdition(),
    ]
