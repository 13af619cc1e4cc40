import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from conventions.append_only import KeepRows


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0008_review'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('conventions', '0004_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Embargo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_id', models.PositiveBigIntegerField()),
                ('headline', models.CharField(help_text='What the record was called at that moment.', max_length=400, verbose_name='headline')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('source', models.TextField(verbose_name='who asks for it')),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='set at')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='lifted at')),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='contenttypes.contenttype')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lifted by')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='set by')),
            ],
            options={
                'verbose_name': 'embargo',
                'verbose_name_plural': 'embargoes',
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Insider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('embargo', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='insiders', to='articles.embargo')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'insider',
                'verbose_name_plural': 'insiders',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='embargo',
            name='people',
            field=models.ManyToManyField(related_name='+', through='articles.Insider', to=settings.AUTH_USER_MODEL, verbose_name='who may see it besides'),
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_id', models.PositiveBigIntegerField()),
                ('headline', models.CharField(help_text='What the record was called at that moment.', max_length=400, verbose_name='headline')),
                ('field', models.CharField(blank=True, help_text='Empty: the whole.', max_length=60, verbose_name='field')),
                ('exact', models.TextField(blank=True, help_text='Empty: the whole field.', verbose_name='passage')),
                ('prefix', models.CharField(blank=True, max_length=100, verbose_name='before it')),
                ('suffix', models.CharField(blank=True, max_length=100, verbose_name='after it')),
                ('text', models.TextField(verbose_name='comment')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('resolved_at', models.DateTimeField(null=True, verbose_name='resolved at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='contenttypes.contenttype')),
                ('reply_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='articles.comment', verbose_name='reply to')),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='resolved by')),
                ('version', models.ForeignKey(help_text='What was read.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conventions.version', verbose_name='version')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ['pk'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['content_type', 'object_id'], name='comment_record')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('field', ''), _negated=True), ('exact', ''), _connector='OR'), name='comment_passage_stands_in_a_field', violation_error_message='A passage stands in a field.'), models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('resolved_by__isnull', True)), models.Q(('reply_to__isnull', True), ('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='comment_resolved_by_somebody', violation_error_message='What is resolved says when, and by whom; a reply is resolved with its comment.')],
            },
        ),
        migrations.AddConstraint(
            model_name='insider',
            constraint=models.UniqueConstraint(fields=('embargo', 'person'), name='insider_once', violation_error_message='This person is named already.'),
        ),
        migrations.AddIndex(
            model_name='embargo',
            index=models.Index(fields=['content_type', 'object_id'], name='embargo_record'),
        ),
        migrations.AddConstraint(
            model_name='embargo',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('set_at'))), name='embargo_ends_after_it_was_set', violation_error_message='An embargo ends after it was set.'),
        ),
        migrations.AddConstraint(
            model_name='embargo',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='embargo_lifted_by_somebody', violation_error_message='What was lifted says when, and by whom.'),
        ),
        KeepRows(
            "articles_embargo",
            columns=["content_type_id", "object_id", "headline", "until", "source", "set_by_id", "set_at"],
        ),
        KeepRows("articles_insider"),
        KeepRows(
            "articles_comment",
            columns=[
                "content_type_id", "object_id", "headline", "version_id", "reply_to_id", "field", "exact", "prefix", "suffix",
                "text", "by_id", "at",
            ],
        ),
    ]
