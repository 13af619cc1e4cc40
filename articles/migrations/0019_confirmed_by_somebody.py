from django.db import migrations, models

from conventions.append_only import KeepRows
from conventions.edition import InstallEdition


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0018_half_confirmed'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='progressupdate_confirmed_by_somebody', violation_error_message='A confirmation says when and by whom.'),
        ),
        migrations.AddConstraint(
            model_name='progressupdate',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), ('delivery__in', ('delivered', 'not-delivered')), _connector='OR'), name='progressupdate_confirmed_is_closing', violation_error_message='Only a closing verdict (delivered, not delivered) is confirmed.'),
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
