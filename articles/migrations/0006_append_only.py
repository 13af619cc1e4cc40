from django.db import migrations

from conventions.append_only import KeepRows


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_previewlink")]

    operations = [KeepRows("articles_transition"), KeepRows("articles_correction")]
