import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0005_initial_passwords'),
        ('registry', '0004_ledgers_may_be_undone'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Dump',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件')),
                ('sha256', models.CharField(max_length=64)),
                ('columns', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('mapping', '待核对列'), ('reading', '读取中'), ('ready', '可以比对'), ('failed', '读不出来')], default='mapping', max_length=16, verbose_name='状态')),
                ('message', models.CharField(blank=True, max_length=300)),
                ('total', models.PositiveIntegerField(default=0, verbose_name='行数')),
                ('faulty', models.PositiveIntegerField(default=0, verbose_name='读不懂的行')),
                ('uploaded_at', models.DateTimeField(verbose_name='上传')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '全国系统导出表',
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_format', models.CharField(max_length=8)),
                ('signed_only', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('waiting', '排队中'), ('done', '已完成'), ('failed', '没有完成')], default='waiting', max_length=16)),
                ('message', models.CharField(blank=True, max_length=300)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('requested_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '汇总表',
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80, verbose_name='名称')),
                ('basis', models.CharField(max_length=200, verbose_name='依据')),
                ('guidance', models.TextField(blank=True, verbose_name='填报说明')),
                ('layout', models.JSONField()),
                ('levels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('problem_kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None)),
                ('due_on', models.DateField(verbose_name='截止日期')),
                ('remind_days', models.PositiveSmallIntegerField(default=3, verbose_name='提前几天提醒')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('opening', '正在下发'), ('running', '填报中'), ('closed', '已结束')], default='draft', max_length=16, verbose_name='状态')),
                ('bodies', models.PositiveIntegerField(default=0, verbose_name='单位数')),
                ('created_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True, verbose_name='下发时间')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('chased_on', models.DateField(null=True)),
                ('warned_on', models.DateField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('scope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '排查',
            },
        ),
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('against', models.CharField(choices=[('register', '登记册现在的内容'), ('last', '上一次排查'), ('national', '全国系统导出表')], max_length=16, verbose_name='对照')),
                ('state', models.CharField(choices=[('waiting', '排队中'), ('done', '已完成'), ('failed', '没有完成')], default='waiting', max_length=16)),
                ('message', models.CharField(blank=True, max_length=300)),
                ('same', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comparisons', to='census.campaign')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('other', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='census.campaign')),
                ('dump', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='census.dump')),
            ],
            options={
                'verbose_name': '比对',
            },
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('only_here', '只有本次排查有'), ('only_there', '本次排查没有'), ('differs', '内容不一致')], max_length=16, verbose_name='差异')),
                ('platform', models.CharField(max_length=32, verbose_name='平台')),
                ('platform_kind', models.CharField(blank=True, max_length=32)),
                ('name', models.CharField(max_length=80, verbose_name='账号名称')),
                ('body_name', models.CharField(max_length=80, verbose_name='主办单位')),
                ('not_ours', models.BooleanField(default=False)),
                ('fields', models.JSONField(default=dict)),
                ('key', models.CharField(max_length=64)),
                ('settled_at', models.DateTimeField(null=True, verbose_name='销号')),
                ('settled_reason', models.CharField(blank=True, max_length=200, verbose_name='销号说明')),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='registry.account')),
                ('comparison', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='differences', to='census.comparison')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '差异',
            },
        ),
        migrations.CreateModel(
            name='DumpFile',
            fields=[
                ('dump', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='file', serialize=False, to='census.dump')),
                ('content', models.BinaryField()),
            ],
            options={
                'verbose_name': '导出表文件',
            },
        ),
        migrations.CreateModel(
            name='DumpRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField()),
                ('values', models.JSONField()),
                ('dump', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='census.dump')),
            ],
            options={
                'verbose_name': '导出表行',
            },
        ),
        migrations.CreateModel(
            name='ReportFile',
            fields=[
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='file', serialize=False, to='census.report')),
                ('content', models.BinaryField()),
            ],
            options={
                'verbose_name': '汇总表文件',
            },
        ),
        migrations.AddField(
            model_name='report',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='census.campaign'),
        ),
        migrations.AddField(
            model_name='report',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='report',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='Sheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('not_started', '未填'), ('filling', '填报中'), ('signing', '待签字'), ('signed', '已签字'), ('returned', '退回')], default='not_started', max_length=16, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=0)),
                ('version_hash', models.CharField(blank=True, max_length=64)),
                ('author_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('returned_comment', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField(null=True, verbose_name='最近变动')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='送签')),
                ('signed_at', models.DateTimeField(null=True, verbose_name='签字')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='census.campaign')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '统计表',
            },
        ),
        migrations.CreateModel(
            name='Row',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('nation', '国家级'), ('province', '省级'), ('city', '市级'), ('county', '县级'), ('township', '乡级')], max_length=16)),
                ('platform', models.CharField(max_length=32, verbose_name='平台')),
                ('kind', models.CharField(blank=True, max_length=32, verbose_name='类型')),
                ('name', models.CharField(max_length=80, verbose_name='账号名称')),
                ('state', models.CharField(max_length=16, verbose_name='账号状态')),
                ('standing', models.CharField(choices=[('listed', '登记册里有'), ('added', '本次补报'), ('not_ours', '不是本单位的')], default='listed', max_length=16, verbose_name='填报情况')),
                ('register', models.JSONField(default=dict)),
                ('told', models.JSONField(default=dict)),
                ('is_corrected', models.BooleanField(default=False)),
                ('problems', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None)),
                ('problem_note', models.CharField(blank=True, max_length=300, verbose_name='问题说明')),
                ('measure', models.CharField(choices=[('keep', '保留'), ('rectify', '整改'), ('merge', '合并'), ('close', '关停')], default='keep', max_length=16, verbose_name='处理措施')),
                ('measure_on', models.DateField(null=True, verbose_name='完成时限')),
                ('version', models.PositiveIntegerField(default=0)),
                ('last_change', models.JSONField(default=dict)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='census_rows', to='registry.account')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='census.campaign')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='census.sheet')),
            ],
            options={
                'verbose_name': '统计表行',
            },
        ),
        migrations.CreateModel(
            name='TableLayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('sheet_per_body', models.BooleanField(default=False, verbose_name='一个单位一张表')),
                ('columns', models.JSONField()),
                ('is_ready', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name': '表样',
            },
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(fields=['organisation', 'state', '-created_at'], name='census_campaign_list'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('remind_days__lte', 30)), name='census_reminder_within_a_month'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'opening']), ('opened_at__isnull', False), _connector='OR'), name='census_runs_since'),
        ),
        migrations.AddIndex(
            model_name='difference',
            index=models.Index(fields=['comparison', 'kind'], name='census_difference_kind'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.UniqueConstraint(fields=('comparison', 'key'), name='census_difference_once'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.CheckConstraint(condition=models.Q(('settled_at', None), models.Q(('settled_reason', ''), _negated=True), _connector='OR'), name='census_difference_settled_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='comparison',
            constraint=models.UniqueConstraint(fields=('campaign', 'organisation', 'against', 'other', 'dump'), name='census_comparison_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='dumprow',
            index=models.Index(fields=['dump'], name='census_dump_row'),
        ),
        migrations.AddIndex(
            model_name='sheet',
            index=models.Index(fields=['organisation', 'state'], name='census_sheet_body_state'),
        ),
        migrations.AddConstraint(
            model_name='sheet',
            constraint=models.UniqueConstraint(fields=('campaign', 'organisation'), name='census_sheet_once'),
        ),
        migrations.AddConstraint(
            model_name='sheet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'signed'), _negated=True), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False)), _connector='OR'), name='census_sheet_signed_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='row',
            index=models.Index(fields=['campaign', 'organisation'], name='census_row_body'),
        ),
        migrations.AddIndex(
            model_name='row',
            index=models.Index(fields=['sheet'], name='census_row_sheet'),
        ),
        migrations.AddConstraint(
            model_name='row',
            constraint=models.UniqueConstraint(fields=('sheet', 'account'), name='census_account_once_in_a_sheet'),
        ),
    ]
