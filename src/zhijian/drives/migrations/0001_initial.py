"""Drives, the accounts they name, and what is said about each."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0006_past_names_of_bodies'),
        ('registry', '0008_findings_of_who_may_not'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Drive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80, verbose_name='名称')),
                ('basis', models.CharField(max_length=200, verbose_name='依据文件')),
                ('guidance', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('due_on', models.DateField(verbose_name='截止日期')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('sent', '进行中'), ('closed', '已结束')], default='draft', max_length=16, verbose_name='状态')),
                ('report', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True, verbose_name='下发')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='结束')),
                ('warned_on', models.DateField(null=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '清理整合行动',
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('merging', '并入其他账号'), ('closing', '关停'), ('exemption', '申请多开例外'), ('keep', '保留')], max_length=16, verbose_name='处理')),
                ('facts', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('waiting', '没有答复'), ('agreed', '同意办理'), ('asked', '申请保留'), ('kept', '准予保留'), ('refused', '不同意保留')], default='waiting', max_length=16, verbose_name='答复')),
                ('version', models.PositiveIntegerField(default=0)),
                ('answered_at', models.DateTimeField(null=True, verbose_name='最近答复')),
                ('added_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drive_targets', to='registry.account')),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drive', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='drives.drive')),
                ('filing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.filing')),
                ('into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.account')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '清理整合账号',
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('agreed', '同意办理'), ('asked', '申请保留'), ('accepted', '准予保留'), ('refused', '不同意保留')], max_length=16, verbose_name='答复')),
                ('text', models.CharField(blank=True, max_length=500, verbose_name='理由')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='drives.target')),
            ],
            options={
                'verbose_name': '清理整合答复',
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='drive',
            index=models.Index(fields=['organisation', 'state', '-created_at'], name='drives_drive_list'),
        ),
        migrations.AddConstraint(
            model_name='drive',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('sent_at__isnull', False), _connector='OR'), name='drives_sent_since'),
        ),
        migrations.AddConstraint(
            model_name='drive',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('closed_at__isnull', False), models.Q(('report', {}), _negated=True)), _connector='OR'), name='drives_closed_with_a_report'),
        ),
        migrations.AddIndex(
            model_name='target',
            index=models.Index(fields=['organisation', 'state'], name='drives_target_body'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('drive', 'account'), name='drives_account_once'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('into', None), models.Q(('act', 'merging'), models.Q(('into', models.F('account')), _negated=True)), _connector='OR'), name='drives_merged_into_another'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['agreed', 'accepted']), models.Q(('text', ''), _negated=True), _connector='OR'), name='drives_answer_gives_its_reason'),
        ),
    ]
