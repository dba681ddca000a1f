"""Look-backs and what they found."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0007_sign_ins_of_vendors'),
        ('registry', '0009_who_wrote_a_filing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LookBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('term', '用语启用'), ('rules', '内置规则更新'), ('by_hand', '人工发起')], max_length=16, verbose_name='起因')),
                ('title', models.CharField(max_length=200, verbose_name='回查内容')),
                ('term_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None)),
                ('state', models.CharField(choices=[('proposed', '待决定'), ('running', '进行中'), ('done', '已完成'), ('cancelled', '已取消'), ('dismissed', '不回查')], default='proposed', max_length=16, verbose_name='状态')),
                ('stage', models.CharField(choices=[('articles', '已发稿件'), ('answers', '在用答问'), ('posts', '账号内容')], default='articles', max_length=16)),
                ('after_account', models.BigIntegerField(default=0)),
                ('after_thing', models.BigIntegerField(default=0)),
                ('total', models.PositiveIntegerField(null=True, verbose_name='总数')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='已查')),
                ('found', models.PositiveIntegerField(default=0, verbose_name='发现')),
                ('ended', models.PositiveIntegerField(default=0)),
                ('estimate', models.JSONField(default=dict)),
                ('ruleset_version', models.CharField(blank=True, max_length=64)),
                ('shipped_version', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField(verbose_name='提出')),
                ('started_at', models.DateTimeField(null=True, verbose_name='开始')),
                ('beat_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True, verbose_name='结束')),
                ('note', models.CharField(blank=True, max_length=200)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '回查',
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('article', '已发稿件'), ('answer', '答问'), ('post', '账号内容')], max_length=16, verbose_name='来源')),
                ('thing_id', models.BigIntegerField()),
                ('version_id', models.BigIntegerField()),
                ('text_sha256', models.CharField(max_length=64)),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='标题')),
                ('url', models.CharField(blank=True, max_length=1000, verbose_name='地址')),
                ('desk_url', models.CharField(max_length=200)),
                ('published_at', models.DateTimeField(null=True, verbose_name='发布时间')),
                ('rule_id', models.CharField(max_length=80, verbose_name='规则')),
                ('category', models.CharField(max_length=32, verbose_name='类别')),
                ('severity', models.CharField(choices=[('veto', '严重错误'), ('error', '错误'), ('warning', '提醒'), ('hint', '建议')], max_length=16, verbose_name='级别')),
                ('excerpt', models.CharField(max_length=200, verbose_name='原文')),
                ('before', models.CharField(blank=True, max_length=40)),
                ('after', models.CharField(blank=True, max_length=40)),
                ('places', models.PositiveIntegerField(default=1, verbose_name='处数')),
                ('message', models.CharField(max_length=500, verbose_name='说明')),
                ('suggestion', models.CharField(blank=True, max_length=300, verbose_name='建议')),
                ('source', models.CharField(max_length=300, verbose_name='依据')),
                ('ruleset_version', models.CharField(max_length=64)),
                ('found_at', models.DateTimeField(verbose_name='发现时间')),
                ('seen_at', models.DateTimeField(verbose_name='最近看到')),
                ('state', models.CharField(choices=[('open', '待处理'), ('mended', '已改'), ('gone', '已删'), ('set_aside', '误报'), ('lapsed', '规则已变动')], default='open', max_length=16, verbose_name='状态')),
                ('state_at', models.DateTimeField(verbose_name='状态时间')),
                ('ended_version', models.BigIntegerField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='理由')),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.account')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('set_aside_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('look_back', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='lookback.lookback')),
            ],
            options={
                'verbose_name': '回查问题',
            },
        ),
        migrations.AddIndex(
            model_name='lookback',
            index=models.Index(fields=['organisation', '-created_at'], name='lookback_list'),
        ),
        migrations.AddConstraint(
            model_name='lookback',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('organisation',), name='lookback_one_running_per_body'),
        ),
        migrations.AddConstraint(
            model_name='lookback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('started_at__isnull', False), ('started_by__isnull', False)), _connector='OR'), name='lookback_started_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['organisation', 'state', '-id'], name='lookback_finding_list'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['account', 'state'], name='lookback_finding_account'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['rule_id', 'state'], name='lookback_finding_rule'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['id'], name='lookback_finding_open'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(fields=('kind', 'thing_id', 'rule_id', 'excerpt'), name='lookback_finding_once'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'set_aside'), _negated=True), models.Q(('set_aside_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='lookback_set_aside_with_reason'),
        ),
    ]
