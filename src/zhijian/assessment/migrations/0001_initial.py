import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0004_tokens_expire'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Bulletin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年')),
                ('quarter', models.PositiveSmallIntegerField(verbose_name='季度')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('in_review', '审核中'), ('returned', '退回修改'), ('published', '已发布'), ('withdrawn', '已撤回')], default='draft', max_length=16, verbose_name='状态')),
                ('published_at', models.DateTimeField(null=True, verbose_name='发布时间')),
                ('returned_comment', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(verbose_name='起草时间')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '通报',
                'indexes': [models.Index(fields=['state', '-published_at'], name='assessment_bulletin_public')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('organisation', 'year', 'quarter'), name='assessment_bulletin_once'), models.CheckConstraint(condition=models.Q(('quarter__range', (1, 4))), name='assessment_bulletin_quarter')],
            },
        ),
        migrations.CreateModel(
            name='BulletinVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('sections', models.JSONField()),
                ('figures', models.JSONField()),
                ('content_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('bulletin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='assessment.bulletin')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '通报版本',
                'constraints': [models.UniqueConstraint(fields=('bulletin', 'number'), name='assessment_version_number'), models.CheckConstraint(condition=models.Q(('figures', {}), _negated=True), name='assessment_version_has_figures')],
            },
        ),
        migrations.AddField(
            model_name='bulletin',
            name='newest',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessment.bulletinversion'),
        ),
        migrations.AddField(
            model_name='bulletin',
            name='published',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessment.bulletinversion'),
        ),
        migrations.AddConstraint(
            model_name='bulletin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published__isnull', False), ('published_at__isnull', False), ('state', 'published')), models.Q(models.Q(('state', 'published'), _negated=True), ('published', None)), _connector='OR'), name='assessment_bulletin_shows_a_version'),
        ),
    ]
