import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from conventions.append_only import KeepRows
from conventions.edition import InstallEdition


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0009_comments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='transition',
            name='to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked to review'),
        ),
        migrations.CreateModel(
            name='Notices',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review_requested', models.BooleanField(default=True, help_text='It was handed in to you, or to everybody who may review it.', verbose_name='a text waits for my review')),
                ('changes_requested', models.BooleanField(default=True, help_text='With the reason that the reviewer gave.', verbose_name='changes of my text are requested')),
                ('published', models.BooleanField(default=True, help_text='Or it is scheduled, or a change of it was applied.', verbose_name='my text is published')),
                ('user', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'mail settings',
                'verbose_name_plural': 'mail settings',
                'default_permissions': (),
            },
        ),
        KeepRows("articles_transition"),
        InstallEdition(),
    ]
