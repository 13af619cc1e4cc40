"""Pages about the site itself, which editors change."""

import conventions.records
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from conventions.edition import InstallEdition


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0014_citation_words'),
        ('conventions', '0005_recorded'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pending_status', models.CharField(blank=True, choices=[('draft', 'change in draft'), ('in_review', 'change in review')], db_index=True, editable=False, max_length=12, verbose_name='status of the change')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', editable=False, max_length=12, verbose_name='status')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published at')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn at')),
                ('public_note', models.TextField(blank=True, editable=False, verbose_name='public note on the withdrawal')),
                ('meant_for', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='meant for')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('slug', models.SlugField(help_text='Part of the address. Where the foot of every page leads to, it stays as it is once the page was public.', max_length=200, unique=True, verbose_name='slug')),
                ('standfirst', models.TextField(help_text='One or two sentences under the title.', verbose_name='standfirst')),
                ('body', conventions.records.RichTextField(help_text='Addresses on this site begin with a slash: /corrections/.', verbose_name='body')),
                ('position', models.PositiveSmallIntegerField(default=1, help_text='Its place in the list of pages.', verbose_name='position')),
                ('drafted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by')),
                ('pending', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conventions.version', verbose_name='change')),
                ('reviewer', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked to review')),
            ],
            options={
                'verbose_name': 'page about the site',
                'verbose_name_plural': 'pages about the site',
                'ordering': ['position', 'title'],
                'abstract': False,
                'default_permissions': ('add', 'change', 'delete', 'view', 'submit', 'review', 'publish', 'withdraw'),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='articles_page_published_has_time', violation_error_message='What is published has a time of publication.'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), _negated=True), models.Q(('withdrawn_at__isnull', False), models.Q(('public_note', ''), _negated=True)), _connector='OR'), name='articles_page_withdrawn_has_note', violation_error_message='What is withdrawn has a time and a public note that says why.'), models.CheckConstraint(condition=models.Q(models.Q(('pending__isnull', True), ('pending_status', '')), models.Q(('pending__isnull', False), ('status', 'published'), models.Q(('pending_status', ''), _negated=True)), _connector='OR'), name='articles_page_change_of_published', violation_error_message='Only what is published has a change that waits.')],
            },
        ),
        InstallEdition(),
    ]
